/** A secret that was given to the wrong option is not repeated: of every option of the table, by every way to give it. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gatherOptions } from '../../cli/start/gather-options.ts';
import { OPTIONS, type OptionName, resolveOptions, variableOf } from '../../emulator/config.ts';
import { run, temporaryHome } from './support/in-process.ts';

const KEY = 'oiK77Oy7rBw8YB6IS6ukRChAw+Yq6GC61RMrPLSTiOOtdI+XDu0LmLuNm11p+qv2I+adqGUdZHm46zXAQdZoOA==';
const SHORT_KEY = 'Z3Vlc3MgdGhpcyBrZXkgYWdhaW4gaWYgeW91IGNhbiE=';
const CODE = 'x9-Yb_3kQ0TzWm8RfLc2VdNj7HsPg5AeUo1IyXt4Ki6BnMqDvCwFAzFuKd3p1Q==';
const SIGNATURE = 'sb8Zn0Qk3TLp1vYcHd7RwXe2FmJ9uGiA4oBxNzMtKqE%3D';

/** What was planted, and the part of it that must not be seen. */
const SECRETS: readonly (readonly [what: string, planted: string, secret: string])[] = [
  ['a key', KEY, KEY.slice(0, 40)],
  ['a short key', SHORT_KEY, SHORT_KEY.slice(0, 30)],
  ['a function code', CODE, CODE.slice(10, 40)],
  ['a token', `SharedAccessSignature sr=0ne1%2Fregistrations%2Fd&sig=${SIGNATURE}&se=1`, SIGNATURE],
  [
    'a connection string',
    `HostName=h.azure-devices.net;SharedAccessKeyName=n;SharedAccessKey=${KEY}`,
    KEY.slice(0, 40),
  ],
  ['a URL with a code', `ftp://host/api/HttpTrigger1?clientId=app&code=${CODE}`, CODE.slice(10, 40)],
];
const NAMES = Object.keys(OPTIONS) as OptionName[];

describe.each(SECRETS)('%s', (_what, planted, secret) => {
  it.each(NAMES)('given as %s', (name) => {
    const said = [
      faultOf(() => gatherOptions({ flags: new Map([[name, planted]]), env: {} })),
      faultOf(() => gatherOptions({ flags: new Map(), env: { [variableOf(OPTIONS[name])]: planted } })),
      ...[planted, [planted], { [planted]: planted }, { 'webhook-timeout': planted }].flatMap((value) => [
        faultOf(() => gatherOptions({ flags: new Map(), env: {}, file: { path: 'f', options: { [name]: value } } })),
        faultOf(() => resolveOptions({ [name]: value }, 'in-process')),
      ]),
      faultOf(() => resolveOptions({ [planted]: 1 } as object, 'in-process')),
    ].join('\n');
    expect(said).not.toContain(secret);
    // A text is right for some; a list or an object of it never is.
    expect(said).toContain(name === 'assume' ? 'is not a named assumption' : 'must be');
  });
});

it.each([
  ['start', '--webhook-ca'],
  ['start', '--config'],
  ['start', '--clok'],
  ['register', '--transport'],
  ['register', '--port'],
  ['register', '--payload'],
  ['register', '--emulator'],
  ['register'],
  ['sas', 'make', 'd', '--ttl'],
  ['sas', 'make', 'd', '--spelling'],
  ['clock', 'mode'],
  ['clock', 'advance'],
  ['clock', 'mode', 'scaled', '--factor'],
  ['ready', '--wait'],
  ['webhook', '--port'],
  ['verify', '--webhook'],
  ['contracts', 'run', '--jobs'],
  ['contracts', 'run', '--mqtt'],
  ['az', 'iot', 'dps', 'list', '--output'],
  ['az', 'iot', 'hub', 'device-identity', 'list', '--hub-name', 'h', '--top'],
  ['az', 'iot', 'dps', 'list', '--query'],
  [],
])('a key and a code behind %s %s %s %s', async (...words) => {
  const home = await temporaryHome();
  const own = { ...home, env: { ...home.env, DPS_EMULATOR_URL: 'x:' } };
  for (const [, planted, secret] of SECRETS.filter(([what]) => what === 'a key' || what === 'a function code')) {
    const { stdout, stderr } = await run(own, [...words, planted]);
    expect(stderr).not.toBe('');
    expect(stdout + stderr).not.toContain(secret);
  }
});

it('what is no secret is told', async () => {
  const home = await temporaryHome();
  const path = join(home.directory, 'my-configuration/of-the-Plant-7/emulator.json');
  const { stderr } = await run(home, ['start', '--config', path, '--clock', 'fast']);
  expect(stderr).toBe(`dps-emulator: ${path}: cannot be read (no such file)\n`);
  expect(faultOf(() => resolveOptions({ assume: { 'webhook-payload-scaler': 'x' } as object }, 'command'))).toContain(
    'assume.webhook-payload-scaler: is not a named assumption',
  );
});

function faultOf(work: () => unknown): string {
  try {
    work();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
