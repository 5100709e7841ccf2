/** The embedded C SDK's sample: `$rid` is always 1, the poll has no body, and the token is encoded in upper case. */
import type { Dialect } from './dialect.ts';

export const embeddedC: Dialect = {
  whose: 'azure-sdk-for-c, the SAS sample over MQTT',
  over: 'mqtt',
  connect: ({ idScope, registrationId, expiry, sign }) => {
    const resource = `${idScope}%2Fregistrations%2F${registrationId}`;
    const signature = encodeURIComponent(sign(`${resource}\n${expiry}`));
    return {
      username: `${idScope}/registrations/${registrationId}/api-version=2019-03-31`,
      password: `SharedAccessSignature sr=${resource}&sig=${signature}&se=${expiry}&skn=registration`,
      keepalive: 240,
      clean: true,
    };
  },
  qos: 1,
  register: ({ registrationId }) => ({
    topic: '$dps/registrations/PUT/iotdps-register/?$rid=1',
    body: `{"registrationId":"${registrationId}","payload":{"modelId":"dtmi:com:example:Thermostat;1"}}`,
  }),
  poll: (operationId) => ({
    topic: `$dps/registrations/GET/iotdps-get-operationstatus/?$rid=1&operationId=${operationId}`,
    body: '',
  }),
  payload: { modelId: 'dtmi:com:example:Thermostat;1' },
};
