/** What the verbs of `az` work with: the running emulator's management plane, its service APIs, and the person at the terminal. */
import { createInterface } from 'node:readline/promises';
import { type ControlClient, controlClient } from '../../client/control-client.ts';
import { createServiceClient, type ServiceClient, type ServiceEndpoint } from '../../client/service-client.ts';
import { whereaboutsOf } from '../../client/whereabouts.ts';
import {
  dpsNameOf,
  hubNameOf,
  type ParsedConnectionString,
  parseConnectionString,
} from '../../emulator/wire/resource.ts';
import { io } from '../io.ts';
import type { AzArguments } from './arguments.ts';
import { AzError, argumentError } from './az-error.ts';

export interface AzContext {
  /** URL of the control API that the user named. */
  readonly emulator: string | undefined;
  /** @throws {ClientError} when no emulator runs, with how to start one */
  management(): Promise<ControlClient>;
  /**
   * The service API of the DPS instance that the arguments name, or whose connection string `--login` is; without one it is
   * signed with the policy that may do everything.
   */
  provisioningService(args: AzArguments): Promise<ServiceClient>;
  /** The REST API of a hub, likewise. */
  iotHub(args: AzArguments): Promise<ServiceClient>;
  /** A question that is answered with y; without a terminal to ask on, `--yes` is needed. */
  confirm(question: string): Promise<boolean>;
  /** A line on stderr. */
  warn(line: string): void;
}

const DPS_API_VERSION = '2021-10-01';
const HUB_API_VERSION = '2021-04-12';

export function createContext(emulator: string | undefined): AzContext {
  const management = (): Promise<ControlClient> => controlClient(emulator, io().env);
  const serviceClient =
    (ownCredential: typeof dpsCredential, apiVersion: string) =>
    async (args: AzArguments): Promise<ServiceClient> => {
      const client = await management();
      const login = args.text('login');
      const credential = login === undefined ? await ownCredential(client, args) : parsed(login);
      // It may judge tokens by a clock of its own that has been moved on.
      const now = async (): Promise<number> => Math.max(Date.now(), (await client.clock()).nowMs);
      return createServiceClient({ endpoint: await endpointOf(client), credential, apiVersion, now });
    };
  return {
    emulator,
    management,
    provisioningService: serviceClient(dpsCredential, DPS_API_VERSION),
    iotHub: serviceClient(hubCredential, HUB_API_VERSION),
    confirm,
    warn: (line) => io().stderr.write(`WARNING: ${line}\n`),
  };
}

async function dpsCredential(client: ControlClient, args: AzArguments): Promise<ParsedConnectionString> {
  const given = args.text('dpsName');
  if (given === undefined) throw argumentError('Please provide a DPS name (--dps-name/-n) or a login (--login/-l).');
  const target = [dpsNameOf(given), args.text('resourceGroup')] as const;
  const { properties } = await client.provisioningServices.get(...target);
  const [owner] = await client.provisioningServices.policies(...target);
  return credentialOf(properties.serviceOperationsHostName, owner);
}

async function hubCredential(client: ControlClient, args: AzArguments): Promise<ParsedConnectionString> {
  const given = args.text('hubName');
  if (given === undefined)
    throw argumentError('Please provide an IoT hub name (--hub-name/-n) or a login (--login/-l).');
  const target = [hubNameOf(given), args.text('resourceGroup')] as const;
  const { properties } = await client.iotHubs.get(...target);
  const [owner] = await client.iotHubs.policies(...target);
  return credentialOf(properties.hostName, owner);
}

function credentialOf(
  host: string,
  policy: { readonly keyName: string; readonly primaryKey: string } | undefined,
): ParsedConnectionString {
  if (policy === undefined) throw new AzError('service', `${host} has no shared access policy`);
  return { host, keyName: policy.keyName, key: policy.primaryKey };
}

function parsed(login: string): ParsedConnectionString {
  const credential = parseConnectionString(login);
  if (credential !== undefined) return credential;
  throw argumentError(
    'argument --login/-l: must be a connection string: HostName=…;SharedAccessKeyName=…;SharedAccessKey=…',
  );
}

async function endpointOf(client: ControlClient): Promise<ServiceEndpoint> {
  const { endpoints, ca, caPath } = await whereaboutsOf(client);
  if (ca !== undefined) return { ...endpoints.https, ca };
  const next = 'copy it here, at the same path, or run the command where the emulator runs';
  throw new AzError('service', `the emulator's CA ${caPath} is not on this machine: ${next}`);
}

async function confirm(question: string): Promise<boolean> {
  const { stdin, stderr } = io();
  if (!stdin.isTTY) {
    throw new AzError('service', `${question} There is no terminal to ask on: say --yes. Operation cancelled.`);
  }
  const terminal = createInterface({ input: stdin, output: stderr });
  try {
    const answer = await terminal.question(`${question} (y/n): `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
