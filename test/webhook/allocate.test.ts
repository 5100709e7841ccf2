import { describe, expect, it } from 'vitest';
import { allocate } from '../../webhook/src/allocate.ts';
import { allocationRequest, heatPumpHub, toasterHub } from './tutorial-request.ts';

/** The response texts of the tutorial's log, byte for byte. */
const toasterAnswer =
  '{"iotHubHostName":"contoso-toasters-hub-1098.azure-devices.net","initialTwin":{"properties":{"desired":' +
  '{"state":"ready","darknessSetting":"medium"}},"tags":{"deviceType":"toaster"}}}';
const heatPumpAnswer =
  '{"iotHubHostName":"contoso-heatpumps-hub-1098.azure-devices.net","initialTwin":{"properties":{"desired":' +
  '{"state":"on","temperatureSetting":"65"}},"tags":{"deviceType":"heatpump"}}}';

function answerTo(body: string): string | undefined {
  const decision = allocate(body);
  return decision.kind === 'allocated' ? JSON.stringify(decision.answer) : undefined;
}

describe('the tutorial’s allocation', () => {
  it('sends the toaster to the toasters hub, in the member order of the tutorial’s log', () => {
    expect(answerTo(allocationRequest())).toBe(toasterAnswer);
  });

  it('sends the heat pump to the heat pumps hub, with its temperature as a string', () => {
    expect(answerTo(allocationRequest({ registrationId: 'mainbuilding167-contoso-hpsd-088' }))).toBe(heatPumpAnswer);
  });

  it('logs nothing of its own for an allocated device', () => {
    expect(allocate(allocationRequest()).logLines).toEqual([]);
  });

  it.each([
    ['-contoso-tstrsd-007', 'a-toasters-1', 'b-toasters-2', 'x-heatpumps-y'],
    ['-contoso-hpsd-088', 'a-heatpumps-1', 'b-heatpumps-2', 'x-toasters-y'],
  ])('chooses the last of several hubs that fit %s', (registrationId, first, last, other) => {
    const decision = allocate(allocationRequest({ registrationId, linkedHubs: [first, last, other] }));
    expect(decision).toMatchObject({ kind: 'allocated', answer: { iotHubHostName: last } });
  });

  it('finds the model anywhere in the registration id and prefers the toaster', () => {
    const registrationId = 'a-contoso-hpsd-088-and-contoso-tstrsd-007-b';
    expect(answerTo(allocationRequest({ registrationId }))).toBe(toasterAnswer);
  });

  const refusals: readonly (readonly [what: string, body: string, message: string, logLine: string])[] = [
    ['an empty body', '', 'Registration ID not provided for the device.', 'Registration ID : NULL'],
    ['null', 'null', 'Registration ID not provided for the device.', 'Registration ID : NULL'],
    ['no device context', '{}', 'Registration ID not provided for the device.', 'Registration ID : NULL'],
    [
      'no registration id, and no hubs either',
      '{"deviceRuntimeContext":{}}',
      'Registration ID not provided for the device.',
      'Registration ID : NULL',
    ],
    [
      'a registration id of null',
      allocationRequest({ registrationId: null }),
      'Registration ID not provided for the device.',
      'Registration ID : NULL',
    ],
    [
      'no linked hubs',
      '{"deviceRuntimeContext":{"registrationId":"x"}}',
      'No hub group defined for the enrollment.',
      'linkedHubs : NULL',
    ],
    [
      'linked hubs of null',
      allocationRequest({ linkedHubs: null }),
      'No hub group defined for the enrollment.',
      'linkedHubs : NULL',
    ],
    [
      'a toaster without a toasters hub',
      allocationRequest({ linkedHubs: [heatPumpHub] }),
      'No toasters hub found for the enrollment.',
      'No toasters hub found for the enrollment.',
    ],
    [
      'a heat pump without a heat pumps hub',
      allocationRequest({ registrationId: 'a-contoso-hpsd-088', linkedHubs: [toasterHub] }),
      'No heat pumps hub found for the enrollment.',
      'No heat pumps hub found for the enrollment.',
    ],
    [
      'an empty list of hubs',
      allocationRequest({ linkedHubs: [] }),
      'No toasters hub found for the enrollment.',
      'No toasters hub found for the enrollment.',
    ],
    [
      'an unknown model',
      allocationRequest({ registrationId: 'fridge-001' }),
      'Unrecognized device registration.',
      'Unknown device registration',
    ],
    [
      'an empty registration id',
      allocationRequest({ registrationId: '' }),
      'Unrecognized device registration.',
      'Unknown device registration',
    ],
    [
      'the model in another case',
      allocationRequest({ registrationId: 'a-CONTOSO-tstrsd-007' }),
      'Unrecognized device registration.',
      'Unknown device registration',
    ],
    ['no JSON', '{"deviceRuntimeContext":', 'Request body is not valid JSON.', 'Request body is not valid JSON.'],
    ['an array', '[]', 'Request body is not a JSON object.', 'Request body is not a JSON object.'],
    ['a number', '5', 'Request body is not a JSON object.', 'Request body is not a JSON object.'],
    [
      'a registration id that is a number',
      allocationRequest({ registrationId: 7 }),
      'Registration ID is not a string.',
      'Registration ID is not a string.',
    ],
    [
      'linked hubs that are a string',
      allocationRequest({ linkedHubs: toasterHub }),
      'linkedHubs is not an array of host names.',
      'linkedHubs is not an array of host names.',
    ],
    [
      'a linked hub that is null',
      allocationRequest({ linkedHubs: [toasterHub, null] }),
      'linkedHubs is not an array of host names.',
      'linkedHubs is not an array of host names.',
    ],
  ];

  it.each(refusals)('refuses %s', (_what, body, message, logLine) => {
    expect(allocate(body)).toEqual({ kind: 'refused', message, logLines: [logLine] });
  });
});
