import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CONTROL_ERRORS } from '../../emulator/control/errors.ts';
import { controlRoutes } from '../../emulator/control/routes.ts';
import { call } from './support/call.ts';
import {
  ASSIGN,
  BUSY,
  type Contoso,
  contosoForFile,
  DEVICE,
  HUB,
  lentContosoForTests,
  register,
  SCOPE,
} from './support/contoso.ts';

const start = lentContosoForTests();
const startForFile = contosoForFile([ASSIGN, BUSY]);
const document = readFileSync(new URL('../../docs/control-api.md', import.meta.url), 'utf8');

const sections = new Map(
  document
    .split(/^### /m)
    .slice(1)
    .map((text): [string, string] => [text.slice(0, text.indexOf('\n')), text.split(/^## /m)[0] ?? '']),
);

/** The routes that answer JSON: a stream is compared by its own tests. */
const answering = [...sections.keys()].filter((route) => route !== 'GET /journal/events');

async function madeBusy(contoso: Contoso): Promise<Contoso> {
  await register(contoso.emulator, DEVICE);
  await register(contoso.emulator, 'waits-for-a-retry');
  return contoso;
}

let shared: Promise<Contoso> | undefined;

/** What only reads may have what others have read. */
function busyFor(method: string): Promise<Contoso> {
  if (method !== 'GET') return start([ASSIGN, BUSY]).then(madeBusy);
  shared ??= startForFile().then(madeBusy);
  return shared;
}

const BODIES: Readonly<Record<string, unknown>> = {
  'POST /seed': { hubs: [] },
  'POST /clock/mode': { mode: 'manual' },
  'POST /clock/advance': { seconds: 1 },
  'POST /sas/explain': { token: 'SharedAccessSignature sr=a&sig=b' },
  'PUT /resource-groups/{name}': { location: 'westus', tags: { stage: 'test' } },
  'PUT /provisioning-services/{name}': { properties: { allocationPolicy: 'GeoLatency' } },
  'PUT /iot-hubs/{name}': { tags: {} },
};

const QUERIES: Readonly<Record<string, string>> = { 'DELETE /journal': `?idScope=${SCOPE}` };

/** A resource of the set-up, by the first part of the address. */
const RESOURCES: Readonly<Record<string, string>> = {
  'resource-groups': 'dps-emulator',
  'provisioning-services': 'contoso-provisioning-service-1098',
  'iot-hubs': 'contoso-toasters-hub-1098',
};

describe('docs/control-api.md', () => {
  it('has a section for every route, and no other', async () => {
    const { emulator } = await start();
    const streamLimits = { keepAliveMs: 1000, backlogBytesMax: 1 };
    const routes = controlRoutes({
      state: emulator,
      around: emulator,
      connections: () => [],
      controlUrl: () => '',
      streamLimits,
    }).map(({ method, path }) => `${method} ${path}`);
    expect([...sections.keys()].sort()).toEqual(routes.sort());
  });

  it('lists every error code with its status, and no other', () => {
    const rows = [...document.matchAll(/^\| `([A-Za-z-]+)` \| (\d{3}) \|/gm)].map(([, code, status]) => [
      code,
      Number(status),
    ]);
    expect(Object.fromEntries(rows)).toEqual(CONTROL_ERRORS);
  });

  it.each([...sections.keys()])('%s: has a curl example of that very route', (route) => {
    const [method, path = ''] = route.split(' ');
    const [, command = ''] = /```sh\n([\s\S]*?)```/.exec(sections.get(route) ?? '') ?? [];
    expect(command).toMatch(/^curl /);
    const pattern = path.replaceAll(/\{\w+\}/g, '[^/\\s"?]+');
    expect(command).toMatch(new RegExp(`\\$DPS${pattern}(?=[\\s"?])`));
    const [, given = / -d /.test(command) ? 'POST' : 'GET'] = / -X (\w+) /.exec(command) ?? [];
    expect(given).toBe(method);
  });

  it.each(answering)('%s: the answer has the shape of the example', async (route) => {
    const [method = '', path = ''] = route.split(' ');
    const { control } = await busyFor(method);
    const address = path
      .replace('{idScope}', SCOPE)
      .replace('{hub}', HUB)
      .replace('{name}', RESOURCES[path.split('/')[1] ?? ''] ?? '')
      .replace(/\{\w+\}/, DEVICE);
    const { status, json } = await call(control, `${address}${QUERIES[route] ?? ''}`, { method, body: BODIES[route] });
    expect(status).toBe(200);
    const [, example = 'null'] = /```json\n([\s\S]*?)```/.exec(sections.get(route) ?? '') ?? [];
    expect(Object.keys(json as object).sort()).toEqual(Object.keys(JSON.parse(example)).sort());
    expect(missing(JSON.parse(example), json, '')).toEqual([]);
  });
});

/** Members of the example that the answer does not have; of lists, the first items are compared. */
function missing(example: unknown, actual: unknown, path: string): readonly string[] {
  if (Array.isArray(example)) {
    if (!Array.isArray(actual)) return [path];
    return example.length === 0 || actual.length === 0 ? [] : missing(example[0], actual[0], `${path}[0]`);
  }
  // `null` stands for a value that is not there, in the example as in the answer.
  if (example === null || actual === null) return [];
  if (typeof example !== 'object') return typeof example === typeof actual ? [] : [path];
  if (typeof actual !== 'object') return [path];
  return Object.entries(example).flatMap(([name, value]) => {
    // What a webhook or a device chose is theirs.
    if (['tags', 'desired', 'event'].includes(name)) return name in actual ? [] : [`${path}.${name}`];
    return name in actual
      ? missing(value, (actual as Record<string, unknown>)[name], `${path}.${name}`)
      : [`${path}.${name}`];
  });
}
