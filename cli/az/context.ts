/** What the verbs of `az` work with: the running emulator's management plane, its service APIs, and the person at the terminal. */
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { dialledHost } from '../../client/dialled-host.ts';
import { findEmulator } from '../../client/find-emulator.ts';
import { createServiceClient, type ServiceClient, type ServiceEndpoint } from '../../client/service-client.ts';
import {
  dpsNameOf,
  hubNameOf,
  type ParsedConnectionString,
  parseConnectionString,
} from '../../emulator/wire/resource.ts';
import { io } from '../io.ts';
import type { AzArguments } from './arguments.ts';
import { AzError, argumentError } from './az-error.ts';
import { createManagementClient, type ManagementClient } from './management-client.ts';

export interface AzContext {
  /** URL of the control API that the user named. */
  readonly emulator: string | undefined;
  /** @throws {CliError} when no emulator runs, with how to start one */
  management(): Promise<ManagementClient>;
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
  const management = async (): Promise<ManagementClient> =>
    createManagementClient(await findEmulator(emulator, io().env));
  const serviceClient =
    (ownCredential: typeof dpsCredential, apiVersion: string) =>
    async (args: AzArguments): Promise<ServiceClient> => {
      const client = await management();
      const login = args.text('login');
      const credential = login === undefined ? await ownCredential(client, args) : parsed(login);
      return createServiceClient(await endpointOf(client, emulator), credential, apiVersion);
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

async function dpsCredential(client: ManagementClient, args: AzArguments): Promise<ParsedConnectionString> {
  const given = args.text('dpsName');
  if (given === undefined) throw argumentError('Please provide a DPS name (--dps-name/-n) or a login (--login/-l).');
  const target = [dpsNameOf(given), args.text('resourceGroup')] as const;
  const { properties } = await client.provisioningService(...target);
  const [owner] = await client.provisioningServicePolicies(...target);
  return credentialOf(properties.serviceOperationsHostName, owner);
}

async function hubCredential(client: ManagementClient, args: AzArguments): Promise<ParsedConnectionString> {
  const given = args.text('hubName');
  if (given === undefined)
    throw argumentError('Please provide an IoT hub name (--hub-name/-n) or a login (--login/-l).');
  const target = [hubNameOf(given), args.text('resourceGroup')] as const;
  const { properties } = await client.iotHub(...target);
  const [owner] = await client.iotHubPolicies(...target);
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

async function endpointOf(client: ManagementClient, emulator: string | undefined): Promise<ServiceEndpoint> {
  const { endpoints, ca } = await client.ready();
  const pem = await readFile(ca.certificatePath, 'utf8').catch(() => undefined);
  if (pem === undefined) {
    const next = 'copy it here, at the same path, or run the command where the emulator runs';
    throw new AzError('service', `the emulator's CA ${ca.certificatePath} is not on this machine: ${next}`);
  }
  const { host, port } = endpoints.https;
  return { host: dialledHost(host, (await findEmulator(emulator, io().env)).url), port, ca: pem };
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
