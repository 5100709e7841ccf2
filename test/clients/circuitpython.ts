/** CircuitPython's client over MQTT: QoS 0, a session that it wants kept, spaces in its JSON, and a body in the poll. */
import type { Dialect } from './dialect.ts';

export const circuitPython: Dialect = {
  whose: 'Adafruit_CircuitPython_AzureIoT',
  over: 'mqtt',
  connect: ({ idScope, registrationId, expiry, sign }) => {
    const resource = `${idScope}%2Fregistrations%2F${registrationId}`;
    const signature = encodeURIComponent(sign(`${resource}\n${expiry}`));
    return {
      username: `${idScope}/registrations/${registrationId}/api-version=2019-03-31`,
      password: `SharedAccessSignature sr=${resource}&sig=${signature}&se=${expiry}&skn=registration`,
      keepalive: 120,
      clean: false,
    };
  },
  qos: 0,
  register: ({ registrationId }) => ({
    topic: '$dps/registrations/PUT/iotdps-register/?$rid=7c1f4f3e',
    body: `{"registrationId": "${registrationId}", "payload": {"modelId": "dtmi:com:example:Board;2"}}`,
  }),
  poll: (operationId) => ({
    topic: `$dps/registrations/GET/iotdps-get-operationstatus/?$rid=7c1f4f3e&operationId=${operationId}`,
    body: `{"operationId": "${operationId}"}`,
  }),
  payload: { modelId: 'dtmi:com:example:Board;2' },
};
