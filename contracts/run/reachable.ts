/** Finds out before a run whether anything listens where the user says that the webhook is. */
import { connect } from 'node:net';
import { maskQuery } from '../../emulator/wire/mask.ts';
import { RunError } from '../target/run-error.ts';

const CONNECT_TIMEOUT_MS = 5000;

/** @throws {RunError} when it is no http(s) URL, its name does not resolve, or nothing listens there */
export async function requireReachable(url: string): Promise<void> {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  if (target === undefined || !/^https?:$/.test(target.protocol)) {
    throw new RunError(`the webhook must be an http or https URL (is ${maskQuery(url)})`);
  }
  const port = Number(target.port || (target.protocol === 'https:' ? 443 : 80));
  const host = target.hostname.replace(/^\[(.*)\]$/, '$1');
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host, port, timeout: CONNECT_TIMEOUT_MS });
    const fail = (why: string): void => {
      socket.destroy();
      reject(new RunError(`the webhook ${maskQuery(url)} cannot be reached: ${why}`));
    };
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('timeout', () => fail(`no connection within ${CONNECT_TIMEOUT_MS / 1000} s`));
    // Several addresses of one name fail together, in an error without a message of its own.
    socket.once('error', (error: NodeJS.ErrnoException) => fail(error.message || (error.code ?? 'connection failed')));
  });
}
