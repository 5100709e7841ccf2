/** An early MicroPython client of Microsoft's: custom data under the name that it had before 2019-03-31. */
import type { Dialect } from './dialect.ts';

export const microPython: Dialect = {
  whose: 'an early MicroPython client, until 2023',
  over: 'mqtt',
  connect: ({ idScope, registrationId, expiry, sign }) => {
    const resource = `${idScope}%2Fregistrations%2F${registrationId}`;
    const signature = encodeURIComponent(sign(`${resource}\n${expiry}`));
    return {
      username: `${idScope}/registrations/${registrationId}/api-version=2019-01-15`,
      password: `SharedAccessSignature sr=${resource}&sig=${signature}&se=${expiry}&skn=registration`,
      keepalive: 60,
      clean: true,
    };
  },
  qos: 0,
  register: ({ registrationId }) => ({
    topic: '$dps/registrations/PUT/iotdps-register/?$rid=1000',
    body: `{"registrationId": "${registrationId}", "data": {"iotcModelId": "urn:example:board:1"}}`,
  }),
  poll: (operationId) => ({
    topic: `$dps/registrations/GET/iotdps-get-operationstatus/?$rid=1001&operationId=${operationId}`,
    body: ' ',
  }),
  refused: { errorCode: 400012, until: { 'unknown-register-member': 'ignore' } },
  noted: /2019-01-15 was never published/,
};
