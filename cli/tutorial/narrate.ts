/** Tells the tutorial in a terminal: what was set up, what each device and the webhook said, and the table. */
import type { DeviceChapter, TroubleshootingRow } from './document.ts';
import type { Narrator } from './play.ts';

export function terminalNarrator(write: (text: string) => void, isColoured: boolean): Narrator {
  const line = (text = ''): void => write(`${text}\n`);
  const bold = (text: string): string => (isColoured ? `\u001b[1m${text}\u001b[22m` : text);
  const dim = (text: string): string => (isColoured ? `\u001b[2m${text}\u001b[22m` : text);

  // The bundled webhook's log tells what was asked and answered; a webhook of the user's own logs elsewhere.
  let hasWebhookLog = false;

  return {
    setUp: ({ dps, linkedHubs, enrollmentGroup, client }, deviceKeys) => {
      line(bold('Custom allocation, offline'));
      line();
      line(`Provisioning service  ${dps.name}, at ${dps.provisioningHost} (MQTT over TLS)`);
      line(`ID scope              ${dps.idScope}`);
      line(`Linked hubs           ${linkedHubs.join('\n                      ')}`);
      line(
        `Enrollment group      ${enrollmentGroup.enrollmentGroupId}, allocation policy ${enrollmentGroup.allocationPolicy}`,
      );
      line(`Webhook               ${enrollmentGroup.webhookUrl}`);
      line(`Group primary key     ${enrollmentGroup.primaryKey}`);
      line();
      line('Device keys, derived from the group key:');
      for (const [id, key] of deviceKeys) line(`  ${id.padEnd(34)}${key}`);
      line();
      const version = client.version === undefined ? '' : ` ${client.version}`;
      line(
        `The devices run ${client.name}${version}${client.kind === 'official-sdk' ? ', the official SDK, unmodified' : ''}.`,
      );
      if (client.hint !== undefined)
        line(`The official SDK is not installed, so no SDK result is shown. To see it: ${client.hint}`);
    },
    deviceStarts: (registrationId) => {
      line();
      line(bold(registrationId));
    },
    webhookLog: (text) => {
      hasWebhookLog = true;
      for (const part of text.split('\n')) line(dim(`  webhook | ${part}`));
    },
    device: (chapter) => {
      if (!hasWebhookLog) for (const text of webhookLines(chapter)) line(dim(text));
      hasWebhookLog = false;
      for (const text of deviceLines(chapter)) line(text);
    },
    troubleshooting: (rows) => {
      line();
      line(bold('Troubleshooting: every row of the table, provoked'));
      for (const row of rows) for (const text of rowLines(row)) line(text);
    },
    end: ({ ok, devices }) => {
      line();
      if (ok) {
        line('Both devices are provisioned, and all six rows came out as documented.');
        line('Next: npx dps-emulator start, and point your own device or webhook at it.');
        return;
      }
      const isDevice = devices.some((device) => device.registration.status !== 'assigned');
      line(
        isDevice
          ? 'Not every device was provisioned; the reason stands with it above.'
          : 'A row differs from the documentation; see above.',
      );
    },
  };
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

/** For `--json`: nothing is told on the way. */
export const silentNarrator: Narrator = {
  setUp: () => undefined,
  deviceStarts: () => undefined,
  webhookLog: () => undefined,
  device: () => undefined,
  troubleshooting: () => undefined,
  end: () => undefined,
};
