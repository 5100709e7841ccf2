/** Which verb the words of a line name. */
import { describe, expect, it } from 'vitest';
import { AzError } from '../../../cli/az/az-error.ts';
import { findVerb } from '../../../cli/az/find-verb.ts';
import { AZ_VERBS } from '../../../cli/az/verbs.ts';

const found = (line: string) => findVerb(AZ_VERBS, line === '' ? [] : line.split(' '));

function complaint(line: string): string {
  try {
    found(line);
  } catch (error) {
    if (error instanceof AzError && error.exitCode === 2) return error.message;
    throw error;
  }
  throw new Error('nothing was complained of');
}

describe('a line', () => {
  it.each([
    ['group create -n a', 'group create', ['-n', 'a']],
    ['iot dps enrollment-group list', 'iot dps enrollment-group list', []],
    [
      'iot dps enrollment-group registration list --gid a',
      'iot dps enrollment-group registration list',
      ['--gid', 'a'],
    ],
    ['iot dps create extra --name a', 'iot dps create', ['extra', '--name', 'a']],
    ['iot dps access-policy list', 'iot dps policy list', []],
    ['iot dps registration show --rid a', 'iot dps enrollment-group registration show', ['--rid', 'a']],
    ['iot dps compute-device-key --key a', 'iot dps enrollment-group compute-device-key', ['--key', 'a']],
    ['iot hub show-connection-string -n a', 'iot hub connection-string show', ['-n', 'a']],
  ])('names a verb, by an older name too: %s', (line, path, rest) => {
    expect(found(line)).toMatchObject({ kind: 'verb', verb: { path }, rest });
  });

  it.each([
    ['', AZ_VERBS.length],
    ['--help', AZ_VERBS.length],
    ['iot dps enrollment', 7],
    ['iot dps enrollment -h', 7],
    ['iot hub device-twin', 1],
    ['iot dps registration', 3],
  ])('names a group of verbs, whose help lists them: %j', (line, count) => {
    const result = found(line);
    const help = result.kind === 'group' ? result.help : [];
    expect(help.filter((one) => one.startsWith('  az '))).toHaveLength(count);
    expect(help.at(-1)).toContain('Exit codes: 0 done, 1');
  });

  it.each([
    ['iot dps enrolment-group create', 'az iot dps enrollment-group create'],
    ['iot dps enrollment-group compute-key --key a', 'az iot dps enrollment-group compute-device-key'],
    ['iot hub device-identity create', 'az iot hub device-identity delete'],
    ['grop list', 'az group list'],
  ])('names nothing, and is told the nearest: %s', (line, nearest) => {
    expect(complaint(line)).toContain(`most similar that it has: ${nearest}`);
  });

  it.each([
    ['-o json group list', 'a verb is missing in front of -o; the verbs: az --help'],
    ['iot dps enrollment-group --dps-name a', 'in front of --dps-name; the verbs: az iot dps enrollment-group --help'],
    ['iot dps --login=HostName=a;SharedAccessKey=secret', 'in front of --login; the verbs: az iot dps --help'],
  ])('without its verb does not end well: %s', (line, text) => {
    expect(complaint(line)).toContain(text);
    expect(complaint(line)).not.toContain('secret');
  });
});
