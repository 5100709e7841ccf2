/** Why a registration could not go on: raised by the transports, turned into an outcome in one place. */
import type { CSdkEnd } from './c-sdk-result.ts';

export interface DeviceFailureDetail {
  readonly outcome: 'refused' | 'transport-error' | 'timeout';
  readonly message: string;
  /** How the exchange ended for the C SDK; absent when the last reply says it. */
  readonly ended?: CSdkEnd;
}

export class DeviceFailure extends Error {
  readonly detail: DeviceFailureDetail;

  constructor(detail: DeviceFailureDetail) {
    super(detail.message);
    this.name = 'DeviceFailure';
    this.detail = detail;
  }
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** A connection that never stood. */
export function connectFailure(error: Error, endpoint: Endpoint): DeviceFailure {
  return new DeviceFailure({
    outcome: 'transport-error',
    message: explainConnect(error, endpoint),
    ended: 'not-connected',
  });
}

/** A connection that was lost in the middle. */
export function droppedFailure(error: Error | undefined, endpoint: Endpoint): DeviceFailure {
  const why = error === undefined ? '' : ` (${error.message})`;
  return new DeviceFailure({
    outcome: 'transport-error',
    message: `${endpoint.host}:${endpoint.port} closed the connection before it answered${why}`,
    ended: 'dropped',
  });
}

/** Nothing came in time. */
export function timeoutFailure(what: string, timeoutMs: number, ended: CSdkEnd): DeviceFailure {
  return new DeviceFailure({ outcome: 'timeout', message: `no ${what} within ${timeoutMs} ms`, ended });
}

/** The reasons of a chain that does not end at a trusted CA, as Node's TLS names them. */
const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
]);

function explainConnect(error: Error & { code?: string }, { host, port }: Endpoint): string {
  const where = `${host}:${port}`;
  const code = error.code ?? '';
  if (UNTRUSTED.has(code)) {
    return `the certificate of ${where} was refused (${error.message}): trust the CA in the file that \`dps-emulator ca --path\` prints`;
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `the certificate of ${where} was refused: it is not made out to ${host} (${error.message})`;
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return `the certificate of ${where} was refused (${error.message}): compare the clock of this machine`;
  }
  if (/wrong version number|packet length too long/.test(error.message)) {
    return `${where} speaks no TLS, so it is no port for devices`;
  }
  if (code === 'ECONNREFUSED') return `nothing listens on ${where}`;
  if (code === 'ENOTFOUND') return `the name ${host} does not resolve`;
  return `no connection to ${where}: ${error.message}`;
}
