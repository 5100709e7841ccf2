/** dps-keygen: a Node program that writes its requests by hand, with `UserAgent` and a poll that has a body. */
import { type Dialect, type FieldDevice, http } from './dialect.ts';

const headers = ({ host, idScope, registrationId, expiry, sign }: FieldDevice): readonly string[] => {
  const resource = encodeURIComponent(`${idScope}/registrations/${registrationId}`);
  const signature = encodeURIComponent(sign(`${resource}\n${expiry}`));
  return [
    'Accept: application/json',
    'Content-Type: application/json; charset=utf-8',
    'Connection: keep-alive',
    'UserAgent: prov_device_client/1.0',
    `Authorization: SharedAccessSignature sr=${resource}&sig=${signature}&skn=registration&se=${expiry}`,
    `Host: ${host}`,
  ];
};

export const dpsKeygen: Dialect = {
  whose: 'dps-keygen',
  over: 'https',
  register: (device) =>
    http(
      [
        `PUT /${device.idScope}/registrations/${device.registrationId}/register?api-version=2019-01-15 HTTP/1.1`,
        ...headers(device),
      ],
      `{"registrationId":"${device.registrationId}"}`,
    ),
  poll: (device, operationId) =>
    http(
      [
        `GET /${device.idScope}/registrations/${device.registrationId}/operations/${operationId}?api-version=2019-01-15 HTTP/1.1`,
        ...headers(device),
      ],
      '{}',
    ),
  noted: /2019-01-15 was never published/,
};
