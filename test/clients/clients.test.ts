/** Requests of clients in the field, sent literally: most of them are nobody's SDK. (docs/fidelity.md, D38, D40, E17, S41) */
import type { Packet } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import type { Emulator, EmulatorOptions } from '../../emulator/index.ts';
import { signed } from '../../emulator/wire/symmetric-key.ts';
import { startStandIn } from '../../webhook/stand-in/index.ts';
import { deviceKey, emulatorsForTests, HUB, SCOPE, setUpForDevices } from '../flows/support/emulators.ts';
import { openRawHttps } from '../http/support/https-client.ts';
import { connectPacket, publishPacket, subscribePacket } from '../mqtt/support/packets.ts';
import { openRaw } from '../mqtt/support/raw-client.ts';
import { circuitPython } from './circuitpython.ts';
import type { Dialect, FieldDevice } from './dialect.ts';
import { dpsKeygen } from './dps-keygen.ts';
import { embeddedC } from './embedded-c.ts';
import { esp8266 } from './esp8266.ts';
import { go } from './go.ts';
import { microPython } from './micropython.ts';
import { rust } from './rust.ts';

const DIALECTS: readonly Dialect[] = [embeddedC, rust, circuitPython, esp8266, microPython, dpsKeygen, go];

const start = emulatorsForTests();
const ID = 'field-device';

/** With an expiry for which the signature of the encoded resource has a "+": half of all have one. */
function deviceAt({ endpoints }: Emulator): FieldDevice {
  const sign = (text: string): string => signed(deviceKey(ID), text).toString('base64');
  let expiry = Math.floor(Date.now() / 1000) + 3600;
  while (!sign(`${SCOPE}%2Fregistrations%2F${ID}\n${expiry}`).includes('+')) expiry += 1;
  return { host: `localhost:${endpoints.https.port}`, idScope: SCOPE, registrationId: ID, expiry, sign };
}

type Answer = Readonly<Record<string, unknown>>;

/** A session of a client: what it is answered to its register, and to the poll after it. */
interface Session {
  register(): Promise<Answer>;
  poll(operationId: string): Promise<Answer>;
}

async function sessionOf(dialect: Dialect, emulator: Emulator): Promise<Session> {
  const device = deviceAt(emulator);
  if (dialect.over === 'https') {
    const ask = async (text: string): Promise<Answer> => {
      const raw = await openRawHttps(emulator);
      raw.write(text);
      const isWhole = (answer: string) => /\r\n\r\n\{.*\}$/s.test(answer);
      const answer = await raw.read(isWhole);
      raw.destroy();
      return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')));
    };
    return {
      register: () => ask(dialect.register(device)),
      poll: (operationId) => ask(dialect.poll(device, operationId)),
    };
  }
  const raw = await openRaw(emulator);
  const { username, password, keepalive, clean } = dialect.connect(device);
  const spoilt = { username, password: Buffer.from(password), keepalive, clean };
  const nextOf = async (cmd: Packet['cmd']): Promise<Packet> => {
    for (;;) {
      const packet = await raw.next();
      if (packet === 'closed') throw new Error(`closed before ${cmd}`);
      if (packet.cmd === cmd) return packet;
    }
  };
  raw.send(connectPacket({ registrationId: ID }, spoilt));
  await nextOf('connack');
  raw.send(subscribePacket(dialect.qos));
  await nextOf('suback');
  const ask = async ({ topic, body }: { readonly topic: string; readonly body: string }): Promise<Answer> => {
    const { messageId: _id, ...atMostOnce } = publishPacket(topic, body, { qos: 0 });
    raw.send(dialect.qos === 0 ? atMostOnce : publishPacket(topic, body, { qos: dialect.qos }));
    const packet = await nextOf('publish');
    return packet.cmd === 'publish' ? JSON.parse(packet.payload.toString()) : {};
  };
  return { register: () => ask(dialect.register(device)), poll: (operationId) => ask(dialect.poll(operationId)) };
}

async function emulatorWith(webhookUrl: string, assume: Readonly<Record<string, string>> = {}): Promise<Emulator> {
  const custom = {
    allocationPolicy: 'custom',
    customAllocationDefinition: { webhookUrl, apiVersion: '2021-10-01' },
  } as const;
  return start({ setUp: setUpForDevices(custom), assume: assume as NonNullable<EmulatorOptions['assume']> });
}

describe.each(DIALECTS.map((dialect) => [dialect.whose, dialect] as const))('%s', (_whose, dialect) => {
  it('is served as it speaks, its data reaches the webhook, and the journal notes what is odd about it', async () => {
    const webhook = await startStandIn([{ kind: 'json', body: { iotHubHostName: HUB } }]);
    const emulator = await emulatorWith(webhook.url, dialect.refused?.until);
    const session = await sessionOf(dialect, emulator);
    const { status, operationId } = await session.register();
    expect(status).toBe('assigning');
    await emulator.clock.untilSleeping(0);
    expect(await session.poll(String(operationId))).toMatchObject({
      status: 'assigned',
      registrationState: { assignedHub: HUB, deviceId: ID },
    });
    const { deviceRuntimeContext } = JSON.parse(webhook.requests[0]?.bodyText ?? '{}');
    expect(deviceRuntimeContext.payload).toEqual(dialect.payload);
    const entries = emulator.journal.timeline(SCOPE, ID)?.entries ?? [];
    const notes = entries.filter(({ event }) => event.kind === 'noted').map(({ text }) => text);
    expect(notes).toHaveLength(dialect.noted === undefined ? 0 : 1);
    if (dialect.noted !== undefined) expect(notes[0]).toMatch(dialect.noted);
    await webhook.stop();
  });
});

const REFUSED = DIALECTS.filter(({ refused }) => refused !== undefined);

it.each(
  REFUSED.map((dialect) => [dialect.whose, dialect] as const),
)('%s is refused without its switch', async (...row) => {
  const [, dialect] = row;
  const session = await sessionOf(dialect, await emulatorWith('http://webhook.invalid/'));
  expect(await session.register()).toMatchObject({ errorCode: dialect.refused?.errorCode });
});
