/** The outcome of `register` as a person reads it. */
import type { DeviceEvent } from '../../device/device.ts';
import { maskJson } from '../../emulator/wire/mask.ts';
import type { JsonValue } from '../../emulator/wire/twin.ts';
import { paint, print, printable } from '../terminal.ts';
import { diagnosisText } from './diagnose.ts';
import type { RegisterReport } from './register-device.ts';

/** A line per answer; polls that are all answered the same way share one. */
export function progressPrinter(): (event: DeviceEvent) => void {
  let last = '';
  return (event) => {
    if (event.kind !== 'reply' || (event.reply.step !== 'register' && event.reply.step !== 'poll')) return;
    const { step, status, retryAfterSeconds } = event.reply;
    const again = retryAfterSeconds === undefined ? '' : `, asked to come back in ${retryAfterSeconds} s`;
    const line = `${step} answered ${status ?? '?'}${again}`;
    if (line !== last) print(paint.faint(line));
    last = line;
  };
}

export function outcomeLines(report: RegisterReport): readonly string[] {
  const { outcome, errorCode, message, why } = report;
  const isGood = outcome === 'assigned';
  const head = [outcome, errorCode, message].filter((part) => part !== undefined).join(' ');
  const rows: (readonly [string, string | undefined])[] = [
    ['hub', report.assignedHub],
    ['device id', report.deviceId],
    ['substatus', report.substatus],
    ['twin', jsonOf(report.twin && { tags: report.twin.tags, desired: report.twin.properties.desired })],
    ['payload', jsonOf(report.payload)],
    ['why', why && diagnosisText(why)],
    ['ID scope', report.idScope],
    ['key', `from ${report.keySource}`],
    ['C SDK', report.cSdkResult ?? 'still waiting'],
    ['next', report.nextStep],
  ];
  return [
    paint.strong(isGood ? paint.good(head) : paint.bad(printable(head))),
    ...rows.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(10)} ${printable(value)}`])),
  ];
}

/** What a webhook gave the device may be a secret of the device's; `--json` has it in clear. */
function jsonOf(value: object | undefined): string | undefined {
  return value === undefined ? undefined : JSON.stringify(maskJson(value as JsonValue));
}
