/** A Rust client over HTTPS: header names in lower case, no media type on the poll, skn after se. */
import { type Dialect, type FieldDevice, http } from './dialect.ts';

const headers = ({ host, idScope, registrationId, expiry, sign }: FieldDevice): readonly string[] => {
  const resource = `${idScope}%2fregistrations%2f${registrationId}`;
  const signature = encodeURIComponent(sign(`${resource}\n${expiry}`));
  return [
    `authorization: SharedAccessSignature sr=${resource}&sig=${signature}&se=${expiry}&skn=registration`,
    'accept: */*',
    `host: ${host}`,
  ];
};

export const rust: Dialect = {
  whose: 'a Rust client on hyper',
  over: 'https',
  register: (device) =>
    http(
      [
        `PUT /${device.idScope}/registrations/${device.registrationId}/register?api-version=2019-03-31 HTTP/1.1`,
        'content-type: application/json',
        ...headers(device),
      ],
      `{"registrationId":"${device.registrationId}"}`,
    ),
  poll: (device, operationId) =>
    http([
      `GET /${device.idScope}/registrations/${device.registrationId}/operations/${operationId}?api-version=2019-03-31 HTTP/1.1`,
      ...headers(device),
    ]),
};
