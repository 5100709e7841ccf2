/** Plays the troubleshooting table: a webhook that really answers so, and a device that really registers. */

import type { Emulator } from '../../emulator/index.ts';
import { CONTOSO_GROUP_KEY, CONTOSO_HUBS, CONTOSO_ID_SCOPE, CONTOSO_PAYLOAD } from '../../emulator/wire/contoso.ts';
import { subjectName } from '../../emulator/wire/journal-subject.ts';
import type { GivenIndividualEnrollment, SetUp } from '../../emulator/wire/set-up.ts';
import { deriveDeviceKey } from '../../emulator/wire/symmetric-key.ts';
import { type StandIn, startStandIn } from '../../webhook/stand-in/index.ts';
import type { DeviceClient } from './device-client.ts';
import type { TroubleshootingRow } from './document.ts';
import { errorNameOf, observe } from './observe.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';

/** All rows at once: each has an enrollment, a webhook and a timeline of its own. */
export async function playTroubleshooting(
  emulator: Emulator,
  client: DeviceClient,
): Promise<readonly TroubleshootingRow[]> {
  const standIns = new Map<number, StandIn>();
  try {
    for (const { row, answer } of SCENARIOS) {
      if (answer !== undefined) standIns.set(row, await startStandIn([answer]));
    }
    await emulator.seed(await enrollmentsFor(emulator, standIns), 'tutorial');
    const durations = measureOperations(emulator);
    try {
      return await Promise.all(SCENARIOS.map((scenario) => playRow(scenario, emulator, client, durations.realMs)));
    } finally {
      durations.stop();
    }
  } finally {
    await Promise.all([...standIns.values()].map((standIn) => standIn.stop()));
  }
}

/** An individual enrollment for each row, added to the tutorial's own instance. */
async function enrollmentsFor(emulator: Emulator, standIns: ReadonlyMap<number, StandIn>): Promise<SetUp> {
  const { dps = [] } = await emulator.exportSetUp();
  const enrollments = SCENARIOS.map((scenario): GivenIndividualEnrollment => {
    const url = standIns.get(scenario.row)?.url;
    const { registrationId } = scenario;
    // The tutorial's blocked device: its key is the group's, and the individual enrollment only bars the way.
    if (url === undefined)
      return { registrationId, attestation: { type: 'symmetricKey' }, provisioningStatus: 'disabled' };
    return {
      registrationId,
      attestation: { type: 'symmetricKey', symmetricKey: { primaryKey: keyOf(scenario) } },
      allocationPolicy: 'custom',
      iotHubs: CONTOSO_HUBS,
      customAllocationDefinition: { webhookUrl: url, apiVersion: '2021-10-01' },
    };
  });
  return {
    dps: dps.map((instance) => (instance.idScope === CONTOSO_ID_SCOPE ? { ...instance, enrollments } : instance)),
  };
}

function keyOf({ registrationId }: Scenario): string {
  return deriveDeviceKey(CONTOSO_GROUP_KEY, registrationId);
}

async function playRow(
  scenario: Scenario,
  emulator: Emulator,
  client: DeviceClient,
  realMs: ReadonlyMap<string, number>,
): Promise<TroubleshootingRow> {
  const { registrationId, promises } = scenario;
  const outcome = await client.register({ registrationId, key: keyOf(scenario), payload: CONTOSO_PAYLOAD });
  const { registration, cDevice, calls, callsAtSeconds } = observe(emulator, CONTOSO_ID_SCOPE, registrationId);
  const isAsDocumented =
    registration.status === promises.status &&
    registration.errorCode === promises.errorCode &&
    cDevice.result === promises.result &&
    callsAtSeconds.join() === promises.calls.join();
  return {
    row: scenario.row,
    scenario: scenario.scenario,
    registrationId,
    registrationStatus: registration.status,
    errorCode: registration.errorCode ?? null,
    errorName: errorNameOf(registration.errorCode),
    errorMessage: registration.errorMessage ?? null,
    client: outcome,
    cDevice,
    webhookCalls: calls.length,
    callsAtSeconds,
    realMs: Math.round((realMs.get(registrationId) ?? 0) * 10) / 10,
    isAsDocumented,
  };
}

/** Real time from the opening of each operation to its end, whatever the emulator's clock says. */
function measureOperations(emulator: Emulator): { readonly realMs: ReadonlyMap<string, number>; stop(): void } {
  const opened = new Map<string, number>();
  const realMs = new Map<string, number>();
  const stop = emulator.journal.subscribe((subject, { event }) => {
    const registrationId = subjectName(subject);
    if (event.kind === 'operation-opened') opened.set(registrationId, performance.now());
    const from = opened.get(registrationId);
    if (event.kind === 'concluded' && from !== undefined) realMs.set(registrationId, performance.now() - from);
  });
  return { realMs, stop };
}
