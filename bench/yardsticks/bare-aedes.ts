/** Bare Aedes over TLS that answers a device with fixed bodies: what the broker alone costs. */
import type { AddressInfo } from 'node:net';
import { createServer, type TlsOptions } from 'node:tls';
import { Aedes, type Client, type PublishPacket } from 'aedes';

const OPERATION_ID = '5.0011223344556677.00112233-4455-4677-8899-aabbccddeeff';
const ASSIGNING = Buffer.from(JSON.stringify({ operationId: OPERATION_ID, status: 'assigning' }));
const ASSIGNED = Buffer.from(
  JSON.stringify({
    operationId: OPERATION_ID,
    status: 'assigned',
    registrationState: {
      registrationId: 'member-0',
      createdDateTimeUtc: '2026-01-01T00:00:00.000Z',
      assignedHub: 'bench-hub-1.azure-devices.net',
      deviceId: 'member-0',
      status: 'assigned',
      substatus: 'initialAssignment',
      lastUpdatedDateTimeUtc: '2026-01-01T00:00:00.000Z',
      etag: 'IjAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMCI=',
    },
  }),
);

/** Listens on a free port of loopback, with the options that the product's listener has, and returns the port. */
export async function startBareAedes(tls: TlsOptions): Promise<number> {
  const broker = await Aedes.createBroker({
    authorizePublish: (client, packet, done) => {
      done(null);
      if (client !== null) answer(client, packet);
    },
  });
  const server = createServer({ ...tls, noDelay: true }, (socket) => broker.handle(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function answer(client: Client, { topic }: PublishPacket): void {
  const isRegister = topic.startsWith('$dps/registrations/PUT/');
  const rid = topic.slice(topic.indexOf('$rid='));
  client.publish(
    {
      cmd: 'publish',
      topic: isRegister ? `$dps/registrations/res/202/?${rid}&retry-after=0` : `$dps/registrations/res/200/?${rid}`,
      payload: isRegister ? ASSIGNING : ASSIGNED,
      qos: 1,
      dup: false,
      retain: false,
    },
    () => undefined,
  );
}
