/** What a person is told to do next, in the words of the command that was used. */
import { describe, expect, it } from 'vitest';
import { type AdviceFor, nextStep, type Trouble } from '../../../cli/register/next-step.ts';

const step = (trouble: Partial<Trouble>): string => nextStep({ registrationId: 'a', outcome: 'failed', ...trouble });

describe('the next step', () => {
  it.each<[Partial<Trouble>, string, string]>([
    [{ reason: 'wrong-key' }, '--group-key', '--compute-key'],
    [{ reason: 'group-key-used-directly' }, '--group-key', '--compute-key'],
    [{ reason: 'unknown-registration' }, 'start --config FILE', 'az iot dps enrollment create'],
    [{ reason: 'IdScopeNotFound' }, '--id-scope away', '--dps-name in place of'],
    [
      { outcome: 'disabled', reason: 'disabled' },
      'dps-emulator az iot dps enrollment update',
      '--provisioning-status enabled',
    ],
    [{ outcome: 'transport-error' }, 'dps-emulator ready', 'dps-emulator ready'],
    [{ errorCode: 400207 }, 'what the webhook was asked', 'what the webhook was asked'],
    [{ errorCode: 400209 }, 'dps-emulator log a', 'dps-emulator log a'],
    [{}, 'the whole story: dps-emulator log a', 'the whole story: dps-emulator log a'],
  ])('of %j names what each command has', (trouble, register, az) => {
    const advice = (adviceFor?: AdviceFor) => step({ ...trouble, adviceFor });
    expect(advice()).toContain(register);
    expect(advice('register')).toBe(advice());
    expect(advice('az')).toContain(az);
    for (const foreign of ['--group-key', '--config']) expect(advice('az')).not.toContain(foreign);
    expect(advice('register')).not.toContain('--compute-key');
  });

  it('for a webhook without its key is the line that gives it', () => {
    const withoutKey = { enrollmentKind: 'group', enrollmentId: 'g', dpsName: 'd', url: 'http://h/api/f' } as const;
    expect(step({ errorCode: 400209, withoutKey })).toMatch(
      /: dps-emulator az iot dps enrollment-group update --dps-name d --enrollment-id g --webhook-url 'http:\/\/h\/api\/f\?code=<function key>'$/,
    );
    const individual = {
      ...withoutKey,
      enrollmentKind: 'individual',
      dpsName: undefined,
      url: 'http://h/f?****',
    } as const;
    expect(step({ errorCode: 400209, withoutKey: individual })).toMatch(
      /: dps-emulator az iot dps enrollment update --dps-name … --enrollment-id g --webhook-url 'http:\/\/h\/f\?…&code=<function key>'$/,
    );
  });
});
