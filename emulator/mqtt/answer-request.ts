/** Answers one publish of a device: the call, and the reply to that very client and nobody else. */
import type { Client, PublishPacket } from 'aedes';
import type { Assumptions } from '../core/assumptions.ts';
import type { Reply } from '../core/dps/device-call.ts';
import type { DpsService } from '../core/dps/dps-service.ts';
import { MESSAGE_BYTES_MAX, messageTooLarge } from '../core/dps/message-size.ts';
import type { Journal } from '../core/journal/journal.ts';
import { registrationSubject } from '../wire/journal-subject.ts';
import { parseRequestTopic, type RequestTopic, responseTopic } from '../wire/mqtt-topics.ts';
import { type Connection, callOf, prove } from './connection.ts';

export interface AnswerOptions {
  readonly dps: DpsService;
  readonly journal: Pick<Journal, 'record'>;
  readonly replyDelayMs: number;
  readonly assumptions: Pick<Assumptions, 'connection-after-401'>;
}

export async function answerRequest(
  client: Client,
  connection: Connection,
  packet: PublishPacket,
  { dps, journal, replyDelayMs, assumptions }: AnswerOptions,
): Promise<void> {
  const topic = parseRequestTopic(packet.topic);
  if (topic === undefined) return;
  connection.live?.did(topic.operation);
  connection.pendingReplies += 1;
  const holds = connection.live?.holder();
  holds?.(packet.topic.length + packet.payload.length);
  try {
    const reply = await replyTo(topic, packet.payload, connection, { dps, journal });
    if (replyDelayMs > 0) await new Promise((resolve) => setTimeout(resolve, replyDelayMs));
    // Its enrollment may have been made, or enabled, since it connected.
    if (!connection.isProved && reply.status < 300) await prove(connection, dps);
    await publish(client, connection, topic.requestId, reply);
    if (reply.status === 401 && assumptions['connection-after-401'] === 'close') closeLater(client, connection);
  } finally {
    connection.pendingReplies -= 1;
    holds?.(0);
  }
}

/** Node's SDK waits for ever for the UNSUBACK of its farewell when the connection is closed before it. */
const FAREWELL_MS = 1000;

function closeLater(client: Client, connection: Connection): void {
  setTimeout(() => {
    if (client.closed) return;
    connection.brokenBecause ??= 'a request was answered with 401, and then the connection is closed';
    client.conn.end();
  }, FAREWELL_MS).unref();
}

async function replyTo(
  topic: RequestTopic,
  payload: PublishPacket['payload'],
  connection: Connection,
  { dps, journal }: Pick<AnswerOptions, 'dps' | 'journal'>,
): Promise<Reply> {
  if (payload.length > MESSAGE_BYTES_MAX) {
    const error = messageTooLarge();
    const { errorCode, errorName: reason, reason: detail = error.message } = error;
    const { operation } = topic;
    journal.record(registrationSubject(connection), {
      kind: 'refused',
      operation,
      transport: connection.transport,
      errorCode,
      reason,
      detail,
    });
    return dps.refuse(error);
  }
  const request =
    topic.operation === 'register'
      ? ({ operation: 'register', body: payload.toString('utf8') } as const)
      : ({ operation: 'poll', operationId: topic.operationId } as const);
  return dps.call(callOf(connection, request));
}

/** Without a subscription nothing is sent: a broker would have nobody to send it to. */
async function publish(client: Client, connection: Connection, requestId: string, reply: Reply): Promise<void> {
  const qos = connection.grantedQos;
  if (qos === undefined || client.closed) return;
  const message = {
    cmd: 'publish',
    topic: responseTopic(reply.status, requestId, reply.retryAfterSeconds),
    payload: Buffer.from(reply.text, 'utf8'),
    qos,
    dup: false,
    retain: false,
  } as const;
  // An error here means that the client has gone; there is nobody left to tell.
  await new Promise<void>((resolve) => client.publish(message, () => resolve()));
}
