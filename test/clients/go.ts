/** A public Go client: members as Go names them, and a signature that was not percent-encoded. */
import { type Dialect, type FieldDevice, http } from './dialect.ts';

const headers = ({ host, idScope, registrationId, expiry, sign }: FieldDevice): readonly string[] => {
  const resource = `${idScope}%2Fregistrations%2F${registrationId}`;
  return [
    `Host: ${host}`,
    'User-Agent: Go-http-client/1.1',
    `Authorization: SharedAccessSignature sr=${resource}&sig=${sign(`${resource}\n${expiry}`)}&se=${expiry}&skn=registration`,
    'Content-Type: application/json',
    'Accept-Encoding: gzip',
  ];
};

export const go: Dialect = {
  whose: 'a public Go client',
  over: 'https',
  register: (device) =>
    http(
      [
        `PUT /${device.idScope}/registrations/${device.registrationId}/register?api-version=2021-06-01 HTTP/1.1`,
        ...headers(device),
      ],
      `{"RegistrationId":"${device.registrationId}","Payload":{"Model":"a"}}\n`,
    ),
  poll: (device, operationId) =>
    http([
      `GET /${device.idScope}/registrations/${device.registrationId}/operations/${operationId}?api-version=2021-06-01 HTTP/1.1`,
      ...headers(device),
    ]),
  payload: { Model: 'a' },
  noted: /a "\+" in its sig/,
};
