/** Tells the tutorial in a terminal: what was set up, what each device and the webhook said, and the table. */
import { paint, print } from '../terminal.ts';
import type { DeviceChapter, TroubleshootingRow } from './document.ts';
import type { Narrator } from './play.ts';

export function terminalNarrator(): Narrator {
  // The bundled webhook's log tells what was asked and answered; a webhook of the user's own logs elsewhere.
  let hasWebhookLog = false;

  return {
    setUp: printSetUp,
    deviceStarts: (registrationId) => {
      print();
      print(paint.strong(registrationId));
    },
    webhookLog: (text) => {
      hasWebhookLog = true;
      for (const part of text.split('\n')) print(paint.faint(`  webhook | ${part}`));
    },
    device: (chapter) => {
      if (!hasWebhookLog) for (const text of webhookLines(chapter)) print(paint.faint(text));
      hasWebhookLog = false;
      for (const text of deviceLines(chapter)) print(text);
    },
    troubleshooting: (rows) => {
      print();
      print(paint.strong('Troubleshooting: every row of the table, provoked'));
      for (const row of rows) for (const text of rowLines(row)) print(text);
    },
    end: ({ ok, devices }) => {
      print();
      if (ok) {
        print('Both devices are provisioned, and all six rows came out as documented.');
        print('Next: npx dps-emulator start, and point your own device or webhook at it.');
        return;
      }
      const isDevice = devices.some((device) => device.registration.status !== 'assigned');
      print(
        isDevice
          ? 'Not every device was provisioned; the reason stands with it above.'
          : 'A row differs from the documentation; see above.',
      );
    },
  };
}

function printSetUp(
  ...[{ dps, linkedHubs, enrollmentGroup, client }, deviceKeys]: Parameters<Narrator['setUp']>
): void {
  print(paint.strong('Custom allocation, offline'));
  print();
  print(`Provisioning service  ${dps.name}, at ${dps.provisioningHost} (MQTT over TLS)`);
  print(`ID scope              ${dps.idScope}`);
  print(`Linked hubs           ${linkedHubs.join('\n                      ')}`);
  print(
    `Enrollment group      ${enrollmentGroup.enrollmentGroupId}, allocation policy ${enrollmentGroup.allocationPolicy}`,
  );
  print(`Webhook               ${enrollmentGroup.webhookUrl}`);
  print(`Group primary key     ${enrollmentGroup.primaryKey}`);
  print();
  print('Device keys, derived from the group key:');
  for (const [id, key] of deviceKeys) print(`  ${id.padEnd(34)}${key}`);
  print();
  const version = client.version === undefined ? '' : ` ${client.version}`;
  const isOfficial = client.kind === 'official-sdk';
  print(`The devices run ${client.name}${version}${isOfficial ? ', the official SDK, unmodified' : ''}.`);
  if (client.hint !== undefined)
    print(`The official SDK is not installed, so no SDK result is shown. To see it: ${client.hint}`);
}

function deviceLines({ registration, client, cDevice, twin, reason }: DeviceChapter): readonly string[] {
  const assigned = registration.status === 'assigned';
  return [
    `  Registration          ${registration.status}${registration.errorCode === undefined ? '' : ` ${registration.errorCode} ${registration.errorMessage ?? ''}`}`,
    `  The device program    ${client.isRegistered ? 'registered' : (client.error ?? 'failed')}`,
    `  A C device reports    ${cDevice.result}`,
    ...(assigned
      ? [
          `  Assigned hub          ${registration.assignedHub ?? ''}`,
          `  Device id             ${registration.deviceId ?? ''}`,
        ]
      : [`  Why                   ${reason ?? 'unknown'}`]),
    ...(twin === null
      ? []
      : [`  Twin at the hub       ${JSON.stringify({ tags: twin.tags, properties: twin.properties })}`]),
  ];
}

function rowLines(row: TroubleshootingRow): readonly string[] {
  const code = row.errorCode === null ? '' : `, ${row.errorName} (${row.errorCode}): ${row.errorMessage}`;
  const ladder = row.callsAtSeconds.length > 1;
  return [
    '',
    `  ${row.row}. ${row.scenario}`,
    `     Registration       ${row.registrationStatus}${code}`,
    `     This device got    ${row.client.isRegistered ? 'a registration' : (row.client.error ?? 'an error')}`,
    `     A C device gets    ${ladder ? 'assigning at every poll while DPS retries, then ' : ''}${row.cDevice.result}`,
    ...(ladder
      ? [
          `     webhook called ${row.webhookCalls} times, at ${row.callsAtSeconds.join(' ')} s`,
          `     (on the emulator's clock; ${row.realMs} ms of yours)`,
        ]
      : []),
    ...(row.isAsDocumented ? [] : ['     NOT as documented']),
  ];
}

function webhookLines({ webhook }: DeviceChapter): readonly string[] {
  if (webhook === null) return [];
  return [
    `  webhook | asked     ${JSON.stringify(webhook.request)}`,
    `  webhook | answered  ${webhook.status ?? 'nothing'} ${webhook.response ?? ''}`,
  ];
}
