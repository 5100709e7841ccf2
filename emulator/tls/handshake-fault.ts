/** Why a handshake failed: what the alert or the offer says, whether the real service would refuse it too, and the next step. */
import type { ClientHello, Opening } from './client-hello.ts';
import { curveName, isPublishedSuite, PUBLISHED_SUITES, suiteName, versionName } from './published-suites.ts';

export interface HandshakeFault {
  readonly reason: string;
  readonly detail: string;
}

export interface FailedHandshake {
  /** Of Node's error, such as `ERR_SSL_NO_SHARED_CIPHER`. */
  readonly code: string;
  readonly opening: Opening;
  readonly caPath: string;
}

const TLS_12 = 0x0303;
const TLS_13 = 0x0304;

/** Equal for equal failures of one client: the journal folds them. */
export function handshakeFault({ code, opening, caPath }: FailedHandshake): HandshakeFault {
  if (opening.kind === 'plain') return plainText(opening.speaks);
  const alert = /_ALERT_(?:ALERT_)?(\w+)$/.exec(code)?.[1]?.toLowerCase();
  if (alert !== undefined) return clientAlert(alert, caPath);
  const hello = opening.kind === 'hello' ? opening.hello : undefined;
  switch (code) {
    case 'ERR_SSL_UNSUPPORTED_PROTOCOL':
    case 'ERR_SSL_VERSION_TOO_LOW':
      return tooOldOrNew(hello);
    case 'ERR_SSL_NO_SHARED_CIPHER':
    case 'ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM':
      return nothingShared(hello);
    case 'ERR_TLS_HANDSHAKE_TIMEOUT':
      return {
        reason: 'tls-timeout',
        detail: 'the handshake was not finished in time; the real service waits no longer',
      };
    case 'ECONNRESET':
      return {
        reason: 'tls-broken-off',
        detail: `the client hung up in the middle of the handshake, without an alert that says why; if it does not trust the CA: ${trustIt(caPath)}`,
      };
    default:
      return {
        reason: 'tls-broken',
        detail: `the handshake cannot be understood (${code}); the real service would refuse it too. Is a proxy in between?`,
      };
  }
}

/** After the handshake, before the first byte: how Node refuses a certificate. */
export function closedUnused(caPath: string): HandshakeFault {
  return {
    reason: 'tls-closed-unused',
    detail:
      'the client hung up after the handshake without a word: Node does so when it does not trust the certificate (a probe of ' +
      `the port does it too). The real service's certificate ends at a public root. ${trustIt(caPath)}`,
  };
}

function plainText(speaks: string): HandshakeFault {
  return {
    reason: 'tls-plain-text',
    detail: `${speaks} was sent to a port that speaks TLS; the real service refuses it too. Connect with TLS (mqtts, https, wss)`,
  };
}

/** What clients say when they do not like a server's certificate. [RFC 5246 §7.2.2] */
const ABOUT_THE_CERTIFICATE: Readonly<Record<string, string>> = {
  unknown_ca: 'the client does not trust the CA',
  certificate_unknown: 'the client does not accept the certificate; mostly it does not trust the CA',
  bad_certificate:
    'the client does not accept the certificate: it does not trust the CA, or dialled a name that is not in it',
  unsupported_certificate: 'the client cannot use this kind of certificate',
  certificate_expired: "the client finds the certificate expired or not yet valid: is the device's clock right?",
};

function clientAlert(alert: string, caPath: string): HandshakeFault {
  const said = `alert ${alert.replaceAll('_', ' ')}`;
  const what = ABOUT_THE_CERTIFICATE[alert];
  if (what !== undefined) {
    return {
      reason: 'tls-not-trusted',
      detail: `${what} (${said}). The real service's certificate ends at a public root, so this says nothing of it. ${trustIt(caPath)}`,
    };
  }
  return {
    reason: 'tls-alert',
    detail: `the client ended the handshake (${said}). It would do so with the real service as well unless it is about the certificate; the client's own log says more`,
  };
}

function trustIt(caPath: string): string {
  return `Set SSL_CERT_FILE=${caPath} (Node: NODE_EXTRA_CA_CERTS) as 'dps-emulator env' prints it, or start the program with 'dps-emulator exec'`;
}

function tooOldOrNew(hello: ClientHello | undefined): HandshakeFault {
  const versions = hello?.versions ?? [];
  const offered = listed(versions.map(versionName));
  const said =
    offered === '' ? 'the client offers no version of TLS that is spoken here' : `the client offers only ${offered}`;
  const isNew = versions.length > 0 && versions.every((version) => version >= TLS_13);
  const isOld = versions.length > 0 && versions.every((version) => version < TLS_12);
  const next = isNew ? '. --tls service-and-1.3 accepts it here' : isOld ? '. --tls any accepts it here' : '';
  return {
    reason: 'tls-version',
    detail: `${said}; the real service would refuse it too: it speaks TLS 1.2 and nothing else${next}`,
  };
}

function nothingShared(hello: ClientHello | undefined): HandshakeFault {
  const reason = 'tls-no-shared-suite';
  if (hello === undefined) {
    return {
      reason,
      detail:
        'the client offers none of the eight suites; the real service would refuse it too. --tls any accepts more here',
    };
  }
  const shared = hello.suites.filter(isPublishedSuite);
  if (shared.length > 0) {
    const curves = listed(hello.curves.map(curveName)) || 'none';
    return {
      reason,
      detail:
        `the client offers ${listed(shared.map(suiteName))}, but no curve or signature that goes with it (curves: ${curves}). ` +
        'What the real service takes is not published; P-256 and SHA-256 are safe',
    };
  }
  return {
    reason,
    detail:
      `the client offers only ${listed(hello.suites.map(suiteName))}; the real service would refuse it too: it takes ` +
      `${PUBLISHED_SUITES.join(', ')}. --tls any accepts it here`,
  };
}

const LISTED_MAX = 8;

function listed(names: readonly string[]): string {
  const rest = names.length > LISTED_MAX ? ` and ${names.length - LISTED_MAX} more` : '';
  return `${names.slice(0, LISTED_MAX).join(', ')}${rest}`;
}
