import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createAttester } from '../../../contracts/verify/attester.ts';
import { reordered, requestOf } from '../../../contracts/verify/request-body.ts';
import type { Shape, ShapeInputs } from '../../../contracts/verify/shape.ts';
import { shapesFor } from '../../../contracts/verify/shapes.ts';
import { CONTOSO_DEVICES, CONTOSO_HUBS, CONTOSO_PAYLOAD } from '../../../emulator/wire/contoso.ts';
import { isRegistrationId } from '../../../emulator/wire/registration-id.ts';
import { isJsonObject, type JsonObject } from '../../../emulator/wire/twin.ts';
import { LOGGED_REQUEST, LOGGED_WEBHOOK_URL } from './tutorial-log.ts';

const INPUTS: ShapeInputs = { registrationIds: CONTOSO_DEVICES, hubs: CONTOSO_HUBS, payload: CONTOSO_PAYLOAD };
const SHAPES = shapesFor(INPUTS);

function shapeNamed(id: string, shapes: readonly Shape[] = SHAPES): Shape {
  const shape = shapes.find((one) => one.id === id);
  if (shape === undefined) throw new Error(`no shape "${id}" in ${shapes.map((one) => one.id).join(' ')}`);
  return shape;
}

async function requestNamed(id: string): Promise<JsonObject> {
  const request = await requestOf(shapeNamed(id), LOGGED_WEBHOOK_URL, createAttester());
  if (!isJsonObject(request)) throw new Error('the request is no object');
  return request;
}

function member(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  return isJsonObject(value) ? value : {};
}

describe('the catalogue of requests', () => {
  it('gives every kind of request an id of its own and a sentence', () => {
    expect(new Set(SHAPES.map((shape) => shape.id)).size).toBe(SHAPES.length);
    for (const { title, source } of SHAPES) {
      expect(title).toMatch(/^[A-Z].*\.$/);
      expect(source).not.toBe('');
    }
  });

  it('keeps to the grammar of registration ids and to 1 to 50 hubs', () => {
    for (const shape of SHAPES) {
      expect(isRegistrationId(shape.registrationId), shape.id).toBe(true);
      expect(new Set(shape.linkedHubs).size, shape.id).toBe(shape.linkedHubs.length);
    }
    const counts = new Set(SHAPES.map((shape) => shape.linkedHubs.length));
    expect([...counts].sort((one, other) => one - other)).toEqual([1, 2, 3, 10, 50]);
  });

  it('combines kind, attestation, first or repeated registration and payload in every way that DPS knows', () => {
    const combinations = SHAPES.map((shape) =>
      [shape.kind, shape.attestation, shape.current ? 'again' : 'first', shape.payload ? 'payload' : 'bare'].join(' '),
    );
    // Four of TPM for a group do not exist: a TPM has one endorsement key.
    expect(new Set(combinations).size).toBe(2 * 3 * 2 * 2 - 4);
  });

  it('asks with ids at both ends of the length that the grammar allows', () => {
    const lengths = SHAPES.map((shape) => shape.registrationId.length);
    expect([Math.min(...lengths), Math.max(...lengths)]).toEqual([1, 128]);
  });

  it('asks with every api-version of the webhook, and with payloads only where the version knows them', () => {
    const versions = new Set(SHAPES.map((shape) => shape.apiVersion));
    expect([...versions].sort()).toEqual([
      '2018-09-01-preview',
      '2018-11-01',
      '2019-03-31',
      '2021-06-01',
      '2021-10-01',
    ]);
    for (const shape of SHAPES) if (shape.apiVersion < '2019-03-31') expect(shape.payload).toBeUndefined();
  });

  it('holds lists of hubs without any name of the demo', () => {
    const neutral = SHAPES.filter((shape) => shape.linkedHubs.every((hub) => !hub.includes('contoso')));
    expect(neutral.map((shape) => shape.id)).toEqual(['hubs.neutral-1', 'hubs.neutral-2']);
  });

  it('is made from the ids, the hubs and the payload that it is given', () => {
    const hubs = ['one.example', 'two.example', 'three.example'];
    const shapes = shapesFor({ registrationIds: ['a', 'b', 'c', 'd'], hubs, payload: 7 });
    for (const id of ['a', 'b', 'c', 'd']) expect(shapes.some((shape) => shape.registrationId === id)).toBe(true);
    expect(shapeNamed('hubs.50', shapes).linkedHubs).toEqual(expect.arrayContaining(hubs));
    expect(shapeNamed('group.x509.first.payload', shapes).payload).toBe(7);
  });

  it('offers a device that must never move nothing but its own hub', () => {
    const { current, linkedHubs } = shapeNamed('again.never');
    expect(linkedHubs).toEqual([current?.hub]);
  });
});

describe('the bytes of a request', () => {
  it('are those of the tutorial’s log', async () => {
    const logged = JSON.parse(LOGGED_REQUEST) as JsonObject;
    const request = await requestNamed('group.symmetricKey.again.payload');
    // The two instants differ here, because they differ in other logs.
    const enrollmentGroup = {
      ...member(request, 'enrollmentGroup'),
      lastUpdatedDateTimeUtc: '2022-08-03T17:15:10.8464255Z',
    };
    expect(JSON.stringify({ ...request, enrollmentGroup })).toBe(JSON.stringify(logged));
  });

  it('never hold the function key', async () => {
    for (const { id } of SHAPES) expect(JSON.stringify(await requestNamed(id))).not.toContain('a-key');
  });

  it('carry the certificate of an X.509 device, named as the device is', async () => {
    const context = member(await requestNamed('individual.x509.first.no-payload'), 'deviceRuntimeContext');
    expect(Object.keys(context)).toEqual(['registrationId', 'x509']);
    const text = String(member(context, 'x509').clientCertificate);
    expect(new X509Certificate(Buffer.from(text, 'base64')).subject).toBe(`CN=${context.registrationId}`);
  });

  it('carry two public areas of a TPM, each as long as it says', async () => {
    const request = await requestNamed('individual.tpm.again.payload');
    expect(member(member(request, 'individualEnrollment'), 'attestation')).toEqual({ type: 'tpm' });
    const tpm = member(member(request, 'deviceRuntimeContext'), 'tpm');
    expect(Object.keys(tpm)).toEqual(['endorsementKey', 'storageRootKey']);
    for (const text of Object.values(tpm)) {
      const bytes = Buffer.from(String(text), 'base64');
      expect(bytes.readUInt16BE(0)).toBe(bytes.length - 2);
    }
  });

  it('leave out what the enrollment never had', async () => {
    expect(Object.keys(member(await requestNamed('individual.minimal'), 'individualEnrollment'))).toEqual([
      'registrationId',
      'attestation',
      'etag',
      'provisioningStatus',
      'createdDateTimeUtc',
      'lastUpdatedDateTimeUtc',
      'allocationPolicy',
      'customAllocationDefinition',
    ]);
  });

  it('are the same JSON with the members in the opposite order', async () => {
    const request = await requestNamed('group.symmetricKey.again.payload');
    const other = reordered(request);
    expect(other).toEqual(request);
    expect(Object.keys(other as JsonObject)).toEqual(['linkedHubs', 'deviceRuntimeContext', 'enrollmentGroup']);
    expect(Object.keys(member(other as JsonObject, 'deviceRuntimeContext'))[0]).toBe('payload');
  });
});
