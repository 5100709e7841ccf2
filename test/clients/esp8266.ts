/** IoT Central's firmware for Arduino and the ESP8266: one connection a request, and an api-version that was never published. */
import { type Dialect, type FieldDevice, http } from './dialect.ts';

const headers = ({ host, idScope, registrationId, expiry, sign }: FieldDevice): readonly string[] => {
  const resource = `${idScope}%2fregistrations%2f${registrationId}`;
  const signature = encodeURIComponent(sign(`${resource}\n${expiry}`));
  return [
    `Host: ${host}`,
    'content-type: application/json; charset=utf-8',
    'user-agent: iot-central-client/1.0',
    'accept: */*',
    `authorization: SharedAccessSignature sr=${resource}&sig=${signature}&skn=registration&se=${expiry}`,
    'connection: close',
  ];
};

export const esp8266: Dialect = {
  whose: "IoT Central's firmware for the ESP8266, without the bytes that it sends behind the body",
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
    http([
      `GET /${device.idScope}/registrations/${device.registrationId}/operations/${operationId}?api-version=2019-01-15 HTTP/1.1`,
      ...headers(device),
    ]),
  noted: /2019-01-15 was never published/,
};
