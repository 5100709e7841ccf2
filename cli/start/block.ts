/** The block that `start` prints when it is ready: everything a person copies from it, keys of the demo in clear. */

import type { ReadyDocument } from '../../client/ready-file.ts';
import type { Emulator } from '../../emulator/index.ts';
import { LISTENERS } from '../../emulator/service-door.ts';
import { CONTOSO_DEVICES, CONTOSO_GROUP, CONTOSO_ID_SCOPE } from '../../emulator/wire/contoso.ts';
import { maskQuery } from '../../emulator/wire/mask.ts';
import type { SetUp } from '../../emulator/wire/set-up.ts';
import { deriveDeviceKey } from '../../emulator/wire/symmetric-key.ts';
import type { Paint } from '../terminal.ts';

export interface BlockFacts {
  readonly emulator: Emulator;
  readonly ready: ReadyDocument;
  /** Whether the emulator holds the demo; a person's own set-up is not repeated to them. */
  readonly isDemo: boolean;
  /** Whether commands find another emulator unless they are told. */
  readonly isSecond: boolean;
  readonly notices: readonly string[];
}

export async function readyBlock(
  { emulator, ready, isDemo, isSecond, notices }: BlockFacts,
  paint: Paint,
  listeners: Readonly<Record<string, { readonly title: string }>> = LISTENERS,
): Promise<readonly string[]> {
  const { provisioningHost: _, ...addresses } = ready.endpoints;
  const setUp = await emulator.exportSetUp();
  const rows: (readonly [string, string])[] = [
    ...Object.entries(addresses).map(
      ([name, { host, port }]) => [listeners[name]?.title ?? name, `${host}:${port}`] as const,
    ),
    [LISTENERS.control.title, ready.control],
    ...scopeRows(setUp),
    ...(isDemo ? demoRows(emulator, setUp) : []),
    ['CA file', ready.caPath],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    paint.strong(`dps-emulator ${ready.version} is ready`),
    '',
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    '',
    '  Register a device from another terminal:',
    `    ${paint.strong(`npx dps-emulator register ${deviceToTry(setUp, isDemo)}${isSecond ? ` --emulator ${ready.control}` : ''}`)}`,
    ...notices.flatMap((notice) => ['', `  ${notice}`]),
  ];
}

function scopeRows({ dps = [] }: SetUp): (readonly [string, string])[] {
  if (dps.length === 0) return [['ID scope', 'none yet: give --config FILE, or POST /seed']];
  return dps.map(({ idScope, name }) => ['ID scope', dps.length === 1 ? idScope : `${idScope}  (${name})`]);
}

function demoRows(emulator: Emulator, { dps = [] }: SetUp): (readonly [string, string])[] {
  const group = dps
    .find((instance) => instance.idScope === CONTOSO_ID_SCOPE)
    ?.enrollmentGroups?.find((one) => one.enrollmentGroupId === CONTOSO_GROUP);
  const groupKey = group?.attestation.symmetricKey?.primaryKey;
  if (group === undefined || groupKey === undefined) return [];
  return [
    ['enrollment group', group.enrollmentGroupId],
    ['group key', groupKey],
    ...CONTOSO_DEVICES.map((id) => [`key of ${id}`, deriveDeviceKey(groupKey, id)] as const),
    ['webhook', webhookOf(emulator)],
  ];
}

/** The bundled webhook's key is new at each start and known to nobody else; the user's own stays with the user. */
function webhookOf({ webhookUrl = '', options }: Emulator): string {
  return options.webhook === undefined ? webhookUrl : maskQuery(webhookUrl);
}

function deviceToTry({ dps = [] }: SetUp, isDemo: boolean): string {
  if (isDemo) return CONTOSO_DEVICES[0];
  return dps.flatMap((instance) => instance.enrollments ?? [])[0]?.registrationId ?? 'my-device';
}
