import { describe, expect, it } from 'vitest';
import { resolveAssumptions } from '../../../emulator/core/assumptions.ts';
import { renderOperation, renderRegistration } from '../../../emulator/core/dps/render.ts';
import type { Outcome } from '../../../emulator/core/store/registrations.ts';
import { API_VERSIONS } from '../../../emulator/wire/api-version.ts';
import type { Substatus } from '../../../emulator/wire/registration.ts';

const ETAG = '"61008d46-0000-0100-0000-5e8fe3d10000"';
const OPERATION = '5.316aac5bdc130deb.b1e02da8-7d5f-4d5f-9b5f-0c5f0c5f0c5f';

const record: Outcome = {
  idScope: '0ne1',
  registrationId: 'dev1',
  status: 'assigned',
  substatus: 'initialAssignment',
  assignment: { hub: 'hub.azure-devices.net', deviceId: 'dev-1' },
  createdMs: Date.parse('2026-01-01T00:00:00.123Z'),
  updatedMs: Date.parse('2026-01-01T00:00:01Z'),
  etag: ETAG,
  version: 2,
  operationId: OPERATION,
  operationCount: 1,
};

/** The very text of a body, members in the order of the captures. [dps-device-protocol §1.5, dps-service-behaviour §5.2] */
const bodies: readonly (readonly [string, Partial<Outcome>, string])[] = [
  [
    'assigned, individual enrollment: no attestation member',
    {},
    `{"operationId":"${OPERATION}","status":"assigned","registrationState":{"registrationId":"dev1","createdDateTimeUtc":"2026-01-01T00:00:00.123Z","assignedHub":"hub.azure-devices.net","deviceId":"dev-1","status":"assigned","substatus":"initialAssignment","lastUpdatedDateTimeUtc":"2026-01-01T00:00:01Z","etag":"IjYxMDA4ZDQ2LTAwMDAtMDEwMC0wMDAwLTVlOGZlM2QxMDAwMCI="}}`,
  ],
  [
    'assigned, group, with a payload of the webhook',
    { enrollmentGroupId: 'grp', payload: { b: [1, { a: null }], a: 'x' } },
    `{"operationId":"${OPERATION}","status":"assigned","registrationState":{"symmetricKey":{"enrollmentGroupId":"grp"},"registrationId":"dev1","createdDateTimeUtc":"2026-01-01T00:00:00.123Z","assignedHub":"hub.azure-devices.net","deviceId":"dev-1","status":"assigned","substatus":"initialAssignment","lastUpdatedDateTimeUtc":"2026-01-01T00:00:01Z","etag":"IjYxMDA4ZDQ2LTAwMDAtMDEwMC0wMDAwLTVlOGZlM2QxMDAwMCI=","payload":{"b":[1,{"a":null}],"a":"x"}}}`,
  ],
  [
    'failed',
    { status: 'failed', errorCode: 400207, errorMessage: 'Custom allocation failed with status code: 400' },
    `{"operationId":"${OPERATION}","status":"failed","registrationState":{"registrationId":"dev1","createdDateTimeUtc":"2026-01-01T00:00:00.123Z","status":"failed","errorCode":400207,"errorMessage":"Custom allocation failed with status code: 400","lastUpdatedDateTimeUtc":"2026-01-01T00:00:01Z","etag":"IjYxMDA4ZDQ2LTAwMDAtMDEwMC0wMDAwLTVlOGZlM2QxMDAwMCI="}}`,
  ],
  [
    'disabled',
    { status: 'disabled', enrollmentGroupId: 'grp' },
    `{"operationId":"${OPERATION}","status":"disabled","registrationState":{"registrationId":"dev1","status":"disabled"}}`,
  ],
  [
    'assigning, also when the device has an assignment',
    { status: 'assigning', enrollmentGroupId: 'grp' },
    `{"operationId":"${OPERATION}","status":"assigning","registrationState":{"registrationId":"dev1","status":"assigning"}}`,
  ],
];

const at = (apiVersion: string) => ({ apiVersion, assumptions: resolveAssumptions() });

describe('what a device reads', () => {
  it.each(bodies)('%s', (_title, change, text) => {
    expect(JSON.stringify(renderOperation(OPERATION, { ...record, ...change }, at('2021-10-01')))).toBe(text);
  });

  it('the etag of a device is the base64 of the quoted guid', () => {
    const { etag = '' } = renderRegistration(record, at('2021-10-01'));
    expect(Buffer.from(etag, 'base64').toString()).toBe(ETAG);
  });

  it.each(API_VERSIONS)('%s reads the substatus that it knows [dps-service-behaviour §5.4]', (apiVersion) => {
    const shown = (substatus: Substatus) => renderRegistration({ ...record, substatus }, at(apiVersion)).substatus;
    const knowsFourth = apiVersion >= '2019-04-15';
    expect(shown('reprovisionedToInitialAssignment')).toBe(
      knowsFourth ? 'reprovisionedToInitialAssignment' : 'initialAssignment',
    );
    for (const other of ['initialAssignment', 'deviceDataMigrated', 'deviceDataReset'] as const) {
      expect(shown(other)).toBe(other);
    }
  });
});
