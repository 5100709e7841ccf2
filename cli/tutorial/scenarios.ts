/** The six rows of the tutorial's troubleshooting table: how each is provoked, and what the documentation promises. */

import { CONTOSO_HUBS } from '../../emulator/wire/contoso.ts';
import type { Answer } from '../../webhook/stand-in/index.ts';

export interface Scenario {
  readonly row: number;
  readonly scenario: string;
  readonly registrationId: string;
  /** What the stand-in webhook answers; absent: no webhook is asked, because the enrollment is disabled. */
  readonly answer?: Answer;
  readonly promises: {
    readonly status: 'assigned' | 'failed' | 'disabled';
    readonly errorCode?: number;
    readonly result: string;
    readonly calls: readonly number[];
  };
}

/** Instants of eleven calls: ten retries, 1 s at first, 9 s more each time. [dps-service-behaviour §1.7] */
const LADDER = [0, 1, 11, 30, 58, 95, 141, 196, 260, 333, 415] as const;

export const SCENARIOS: readonly Scenario[] = [
  {
    row: 1,
    scenario: 'The webhook answers 200 OK, and iotHubHostName is a linked hub',
    registrationId: 'row-1-valid-hub',
    answer: { kind: 'json', body: { iotHubHostName: CONTOSO_HUBS[0] } },
    promises: { status: 'assigned', result: 'PROV_DEVICE_RESULT_OK', calls: [0] },
  },
  {
    row: 2,
    scenario: 'The webhook answers 200 OK, and iotHubHostName is an empty string',
    registrationId: 'row-2-empty-hub',
    answer: { kind: 'json', body: { iotHubHostName: '' } },
    promises: { status: 'failed', errorCode: 400208, result: 'PROV_DEVICE_RESULT_HUB_NOT_SPECIFIED', calls: [0] },
  },
  {
    row: 3,
    scenario: 'The webhook answers 401 Unauthorized',
    registrationId: 'row-3-unauthorized',
    answer: { kind: 'status', status: 401 },
    promises: { status: 'failed', errorCode: 400209, result: 'PROV_DEVICE_RESULT_UNAUTHORIZED', calls: [0] },
  },
  {
    row: 4,
    scenario: 'An individual enrollment disables the device, and its group would admit it',
    registrationId: 'row-4-contoso-tstrsd-007',
    promises: { status: 'disabled', result: 'PROV_DEVICE_RESULT_DISABLED', calls: [] },
  },
  {
    row: 5,
    scenario: 'The webhook answers >= 429 (here 503), every time',
    registrationId: 'row-5-unavailable',
    answer: { kind: 'status', status: 503 },
    promises: { status: 'failed', errorCode: 400207, result: 'PROV_DEVICE_RESULT_DEV_AUTH_ERROR', calls: LADDER },
  },
  {
    row: 6,
    scenario: 'The webhook answers any other status code (here 400)',
    registrationId: 'row-6-bad-request',
    answer: { kind: 'text', status: 400, text: 'Unrecognized device registration.' },
    promises: { status: 'failed', errorCode: 400207, result: 'PROV_DEVICE_RESULT_DEV_AUTH_ERROR', calls: [0] },
  },
];
