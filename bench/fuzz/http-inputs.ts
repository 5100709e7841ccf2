/** HTTP requests of the fuzzer: every address of the device, service, hub and control API, good ones bent. */
import fc, { type Arbitrary } from 'fast-check';
import { CONTOSO_GROUP, CONTOSO_HUBS, contosoSetUp } from '../../emulator/wire/contoso.ts';
import { makeDeviceSas } from '../../emulator/wire/device-sas.ts';
import { makeServiceSas } from '../../emulator/wire/sas-token.ts';
import { type Attacked, INDIVIDUALS, keyOf } from './emulator-process.ts';
import { type Json, mutated } from './json.ts';

export type Surface = 'device' | 'service' | 'hub' | 'control';

export interface HttpInput {
  readonly kind: 'http';
  readonly surface: Surface;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An address, what is asked there, and documents that would do well; `{…}` in the path takes one of the names. */
interface Route {
  readonly method: string;
  readonly path: string;
  readonly documents?: readonly Json[];
  readonly headers?: Readonly<Record<string, string>>;
}

const METHODS = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE'];
/** Long enough that no token ends in the longest run. */
const TOKEN_SECONDS = 86_400;

export function httpInputs(attacked: Attacked): Arbitrary<HttpInput> {
  return fc.oneof(
    { weight: 4, arbitrary: deviceInputs(attacked) },
    { weight: 3, arbitrary: serviceInputs(attacked) },
    { weight: 2, arbitrary: hubInputs(attacked) },
    { weight: 2, arbitrary: controlInputs(attacked) },
  );
}

export function deviceInputs({ idScope }: Attacked): Arbitrary<HttpInput> {
  return fc.constantFrom(...INDIVIDUALS).chain((registrationId) => {
    const token = deviceToken(idScope, registrationId);
    const body = { registrationId, payload: { a: 1 } };
    const one = `/${idScope}/registrations/${registrationId}`;
    return inputsOf(
      'device',
      { 'Content-Type': 'application/json', Authorization: token },
      ['2019-03-31', '2021-06-01'],
      [
        { method: 'PUT', path: `${one}/register`, documents: [body] },
        { method: 'GET', path: `${one}/operations/{any}` },
        { method: 'POST', path: one, documents: [body, { registrationId }] },
      ],
    );
  });
}

export function deviceToken(idScope: string, registrationId: string): string {
  const expiresAtSeconds = Math.floor(Date.now() / 1000) + TOKEN_SECONDS;
  return makeDeviceSas({ idScope, registrationId, key: keyOf(registrationId), expiresAtSeconds }, 0);
}

function serviceInputs(attacked: Attacked): Arbitrary<HttpInput> {
  const attestation = {
    type: 'symmetricKey',
    symmetricKey: { primaryKey: keyOf('any'), secondaryKey: keyOf('other') },
  };
  const common = {
    initialTwin: { tags: { a: 1 }, properties: { desired: { b: [1, { c: null }] } } },
    iotHubs: CONTOSO_HUBS,
  };
  const individual = { registrationId: 'fuzz-1', attestation, allocationPolicy: 'hashed', ...common };
  const group = { enrollmentGroupId: 'fuzz-group', attestation, provisioningStatus: 'disabled', ...common };
  const query = { query: 'SELECT * FROM enrollments' };
  const page = { 'x-ms-max-item-count': '3' };
  const kinds = [
    { at: '/enrollments', document: individual },
    { at: '/enrollmentGroups', document: group },
  ];
  return inputsOf(
    'service',
    signedFor(attacked, 0),
    ['2021-10-01', '2019-03-31'],
    [
      ...kinds.flatMap(({ at, document }): readonly Route[] => [
        { method: 'PUT', path: `${at}/{id}`, documents: [document] },
        { method: 'PUT', path: `${at}/{id}`, documents: [document], headers: { 'If-Match': '"x"' } },
        { method: 'GET', path: `${at}/{id}` },
        { method: 'DELETE', path: `${at}/{id}` },
        { method: 'POST', path: `${at}/query`, documents: [query], headers: page },
        { method: 'POST', path: `${at}/{id}/attestationmechanism` },
        { method: 'POST', path: at, documents: [{ mode: 'create', enrollments: [document] }] },
      ]),
      { method: 'GET', path: '/registrations/{id}' },
      { method: 'DELETE', path: '/registrations/{id}' },
      { method: 'POST', path: '/registrations/{id}/query', documents: [{}, query], headers: page },
    ],
  );
}

function hubInputs(attacked: Attacked): Arbitrary<HttpInput> {
  const device = { deviceId: 'fuzz-1', status: 'enabled', authentication: { type: 'sas' } };
  return inputsOf(
    'hub',
    signedFor(attacked, 1),
    ['2021-04-12', '2020-05-31-preview'],
    [
      { method: 'GET', path: '/devices' },
      { method: 'GET', path: '/devices?top=2' },
      { method: 'POST', path: '/devices', documents: [[{ id: 'fuzz-1', importMode: 'delete' }]] },
      { method: 'GET', path: '/devices/{id}' },
      { method: 'DELETE', path: '/devices/{id}', headers: { 'If-Match': '*' } },
      { method: 'PUT', path: '/devices/{id}', documents: [device] },
      { method: 'POST', path: '/devices/query', documents: [{ query: 'SELECT * FROM devices' }] },
      { method: 'GET', path: '/twins/{id}' },
      { method: 'PATCH', path: '/twins/{id}', documents: [{ tags: { a: 1 } }] },
      { method: 'POST', path: '/twins/{id}/methods', documents: [{ methodName: 'm', payload: {} }] },
      { method: 'GET', path: '/statistics/devices' },
    ],
  );
}

/** The host and the token of the policy that may do everything. */
function signedFor({ connections }: Attacked, which: number): Readonly<Record<string, string>> {
  const { host = '', connectionString = '' } = connections[which] ?? {};
  const fields = new Map(
    connectionString.split(';').map((part): [string, string] => {
      const equals = part.indexOf('=');
      return [part.slice(0, equals), part.slice(equals + 1)];
    }),
  );
  const signer = { host, keyName: fields.get('SharedAccessKeyName') ?? '', key: fields.get('SharedAccessKey') ?? '' };
  const token = makeServiceSas(signer, Math.floor(Date.now() / 1000) + TOKEN_SECONDS);
  return { Host: host, Authorization: token, 'Content-Type': 'application/json' };
}

function controlInputs({ idScope, controlPort }: Attacked): Arbitrary<HttpInput> {
  const reads = [
    '/health',
    '/ready',
    '/ca',
    '/config',
    '/set-up',
    '/connections',
    '/registrations',
    '/journal',
    '/trace',
  ];
  const more = ['/journal/events?replay=true', '/hubs', '/clock', '/clock/pending', '/resource-groups', '/iot-hubs'];
  const setUp = JSON.parse(JSON.stringify(contosoSetUp('http://127.0.0.1:9/api/x?code=fuzzed-code'))) as Json;
  const service = { location: 'westus2', properties: { allocationPolicy: 'Hashed', iotHubs: [] } };
  const token = deviceToken(idScope, 'fuzz-1');
  const headers = { Host: `127.0.0.1:${controlPort}`, 'Content-Type': 'application/json' };
  return inputsOf(
    'control',
    headers,
    [],
    [
      ...[...reads, ...more].map((path) => ({ method: 'GET', path })),
      { method: 'GET', path: `/registrations/${idScope}/{id}` },
      { method: 'GET', path: `/journal/${idScope}/{id}` },
      { method: 'DELETE', path: `/journal?idScope=${idScope}` },
      { method: 'GET', path: `/hubs/${CONTOSO_HUBS[0]}/devices/{id}?showKeys=true` },
      { method: 'GET', path: `/hubs/${CONTOSO_HUBS[0]}/twins/{id}` },
      { method: 'POST', path: '/seed', documents: [setUp, { dps: [] }] },
      { method: 'POST', path: '/reset', documents: [{}] },
      { method: 'POST', path: '/clock/mode', documents: [{ mode: 'skip' }, { mode: 'scaled', factor: 60 }] },
      { method: 'POST', path: '/clock/advance', documents: [{ ms: 10 }, { seconds: 1 }] },
      { method: 'POST', path: '/clock/next', documents: [{}] },
      { method: 'POST', path: '/sas/explain', documents: [{ token, idScope, registrationId: 'fuzz-1' }] },
      { method: 'PUT', path: '/resource-groups/{id}', documents: [{ location: 'westus2', tags: { a: 'b' } }] },
      { method: 'DELETE', path: '/resource-groups/{id}' },
      { method: 'PUT', path: '/provisioning-services/{id}', documents: [service] },
      { method: 'DELETE', path: '/provisioning-services/{id}' },
      { method: 'PUT', path: '/iot-hubs/{id}', documents: [{ location: 'westus2', sku: { name: 'S1' } }] },
      { method: 'DELETE', path: '/iot-hubs/{id}' },
      { method: 'GET', path: '/iot-hubs/{id}/policies' },
    ],
  );
}

const NAMES = [...INDIVIDUALS.slice(0, 5), 'fuzz-group', CONTOSO_GROUP, CONTOSO_HUBS[1], 'new-1', 'new-2'];
/** In a path, where Node's client lets them through. */
const ODD_NAMES = [
  '%00',
  '%2F',
  '%ZZ',
  '%F0%9F%98%80',
  '%ud800',
  '..',
  '.',
  '%20',
  '*',
  '$',
  'a'.repeat(2000),
  '__proto__',
  '',
];
const ODD_VERSIONS = ['', '1', '2099-01-01', '%00', '2021-10-01&api-version=2019-03-31'];
const ODD_TOKENS = [
  '',
  'Bearer x',
  'SharedAccessSignature sr=a&sig=b&se=1',
  'SharedAccessSignature ',
  'x'.repeat(9000),
];

function inputsOf(
  surface: Surface,
  headers: Readonly<Record<string, string>>,
  versions: readonly string[],
  routes: readonly Route[],
): Arbitrary<HttpInput> {
  const name = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...NAMES) }, fc.constantFrom(...ODD_NAMES));
  const version = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...versions, '') },
    fc.constantFrom(...ODD_VERSIONS),
  );
  const spoilt = fc.oneof(
    { weight: 12, arbitrary: fc.constant({}) },
    fc.constantFrom(...ODD_TOKENS).map((Authorization) => ({ Authorization })),
    fc.constantFrom('text/plain', '', 'application/json; charset=latin1').map((type) => ({ 'Content-Type': type })),
    fc.constantFrom('x', 'localhost:1', '[::1]', '127.0.0.1').map((Host) => ({ Host })),
    fc.constantFrom('0', '-1', '9'.repeat(30), 'x').map((count) => ({ 'x-ms-max-item-count': count })),
    fc.constantFrom('AAAA', '%', '{}', 'x'.repeat(3000)).map((token) => ({ 'x-ms-continuation': token })),
  );
  return fc.constantFrom(...routes).chain((route) =>
    fc
      .record({
        method: fc.oneof({ weight: 20, arbitrary: fc.constant(route.method) }, fc.constantFrom(...METHODS)),
        name,
        version,
        spoilt,
        body: route.documents === undefined ? fc.constantFrom('', '', '{}') : mutated(...route.documents),
      })
      .map(({ method, name: one, version: api, spoilt: other, body }) => {
        const path = route.path.replaceAll(/\{\w+\}/g, () => one);
        const query = versions.length === 0 ? '' : `${path.includes('?') ? '&' : '?'}api-version=${api}`;
        return {
          kind: 'http',
          surface,
          method,
          path: path + query,
          headers: { ...headers, ...route.headers, ...other },
          body,
        };
      }),
  );
}
