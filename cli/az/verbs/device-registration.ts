/** `az iot device registration`: a device that registers, played by the built-in client. [dps-service-behaviour §8.2] */
import { readJsonObject, stringMember } from '../../../device/json-body.ts';
import { DPS_HOST_SUFFIX } from '../../../emulator/wire/access-policy.ts';
import { dpsNameOf, parseConnectionString } from '../../../emulator/wire/resource.ts';
import type { JsonValue } from '../../../emulator/wire/twin.ts';
import { checkedRegistrationId } from '../../credentials.ts';
import { diagnosisText } from '../../register/diagnose.ts';
import { type RegisterReport, registerAndReport } from '../../register/register-device.ts';
import type { AzArguments } from '../arguments.ts';
import { AzError, argumentError } from '../az-error.ts';
import type { AzContext } from '../context.ts';
import { derivedFrom, keyFromGroup, keyOfIndividual } from '../device-key.ts';
import { registrationId, serviceOptions } from '../shared-options.ts';
import { type AzOption, type AzVerb, option, required } from '../verb.ts';

const certificates: readonly AzOption[] = [
  option('--certificate-file-path, --cp', 'X.509: not emulated yet', { dest: 'certificateFile' }),
  option('--key-file-path, --kp', 'X.509: not emulated yet', { dest: 'keyFile' }),
  option('--passphrase, --pass', 'X.509: not emulated yet'),
];

export const deviceRegistrationVerbs: readonly AzVerb[] = [
  {
    path: 'iot device registration create',
    summary: 'Register a device, and wait for its hub.',
    options: [
      required(registrationId),
      option('--id-scope, --scope', 'ID scope (default: that of the named service)'),
      ...serviceOptions,
      option(
        '--enrollment-group-id, --group-id, --gid',
        'enrollment group to take the key from (default: the enrollment of the device itself)',
        { dest: 'groupId' },
      ),
      option('--symmetric-key, --key', "the device's own key, base64; with --compute-key its group's"),
      option('--compute-key, --ck', "derive the device's key from the given one", { kind: 'boolean' }),
      option('--payload', 'what the webhook is told: JSON or @file', { kind: 'json' }),
      option(
        '--provisioning-host, --host',
        `host to connect to; a name that ends in ${DPS_HOST_SUFFIX} is the emulator (default: the emulator)`,
        { dest: 'host' },
      ),
      ...certificates,
    ],
    examples: [
      'az iot device registration create --dps-name contoso-provisioning-service --group-id contoso-custom-allocated-devices --registration-id breakroom499-contoso-tstrsd-007',
      'az iot device registration create --id-scope 0ne00002193 --registration-id my-device --key "$GROUP_KEY" --compute-key',
    ],
    run: create,
  },
];

async function create(args: AzArguments, context: AzContext): Promise<JsonValue> {
  checkUsage(args);
  const id = checkedRegistrationId(args.required('registrationId'));
  const host = args.text('host');
  const { result, report } = await registerAndReport({
    registrationId: id,
    idScope: args.text('idScope') ?? (await idScopeOf(args, context)),
    key: await keyFor(id, args, context),
    transport: 'mqtt',
    payload: args.json('payload'),
    host: host?.toLowerCase().endsWith(DPS_HOST_SUFFIX) ? undefined : host,
    emulator: context.emulator,
    onStatus: undefined,
    adviceFor: 'az',
  });
  if (result.outcome !== 'assigned') throw failure(report);
  const state = result.registrationState;
  const last = readJsonObject(result.replies.at(-1)?.body ?? '') ?? {};
  // What is not there the CLI prints as null.
  return {
    operationId: stringMember(last, 'operationId') ?? null,
    status: result.outcome,
    registrationState: {
      registrationId: id,
      deviceId: state?.deviceId ?? null,
      assignedHub: state?.assignedHub ?? null,
      substatus: state?.substatus ?? null,
      createdDateTimeUtc: state?.createdDateTimeUtc ?? null,
      lastUpdatedDateTimeUtc: state?.lastUpdatedDateTimeUtc ?? null,
      etag: state?.etag ?? null,
      responsePayload: state?.payload ?? null,
    },
  };
}

function checkUsage(args: AzArguments): void {
  if (certificates.some(({ dest }) => args.isGiven(dest))) {
    throw argumentError('X.509 certificates are not emulated yet: register with a symmetric key (--symmetric-key).');
  }
  const hasKey = args.isGiven('symmetricKey');
  if (args.isSet('computeKey') && !hasKey && !args.isGiven('groupId')) {
    throw argumentError('Enrollment group id via --group-id is required if --compute-key is used.');
  }
  if (args.isGiven('dpsName') || args.isGiven('login')) return;
  if (!args.isGiven('idScope')) {
    throw argumentError('Please provide --id-scope, a DPS name (--dps-name/-n) or a login (--login/-l).');
  }
  if (!hasKey) {
    throw argumentError(
      'Please provide the key (--symmetric-key), or a DPS name (--dps-name/-n) or a login (--login/-l) to ask for it.',
    );
  }
}

async function idScopeOf(args: AzArguments, context: AzContext): Promise<string> {
  const login = args.text('login');
  const service = (login === undefined ? undefined : parseConnectionString(login)?.host) ?? args.text('dpsName');
  if (service === undefined) throw argumentError('argument --login/-l: must be a connection string');
  const management = await context.management();
  return (await management.provisioningServices.get(dpsNameOf(service), args.text('resourceGroup'))).properties.idScope;
}

async function keyFor(id: string, args: AzArguments, context: AzContext): Promise<string> {
  const given = args.text('symmetricKey');
  if (given !== undefined) return args.isSet('computeKey') ? derivedFrom(given, id) : given;
  const client = await context.provisioningService(args);
  const groupId = args.text('groupId');
  return groupId === undefined ? keyOfIndividual(client, id) : keyFromGroup(client, groupId, id);
}

const FAILED: Readonly<Record<RegisterReport['outcome'], string>> = {
  assigned: '',
  failed: 'Registration failed.',
  disabled: 'Created registration is disabled.',
  refused: 'Unauthorized.',
  'transport-error': 'Connection Failed.',
  timeout: 'Operation Timeout.',
};

/** The CLI tells little more than that it failed; here the service's code and the emulator's reason stand behind it. */
function failure({ outcome, errorCode, message, why, nextStep }: RegisterReport): AzError {
  const code = errorCode === undefined ? undefined : `(${errorCode})`;
  const isUnauthorized = outcome === 'refused' && String(errorCode ?? '').startsWith('401');
  const head = outcome === 'refused' && !isUnauthorized ? 'Registration refused.' : FAILED[outcome];
  const said = [head, code, message].filter((part) => part !== undefined).join(' ');
  const reason = why === undefined ? '' : `\nReason: ${diagnosisText(why)}`;
  return new AzError('service', `${said}${reason}`, nextStep);
}
