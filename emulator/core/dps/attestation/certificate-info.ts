/** What the service computes from an enrollment's certificate and shows as its `info`. [dps-service-behaviour §3.2] */
import { X509Certificate } from 'node:crypto';
import type { X509CertificateInfo } from '../../../wire/attestation.ts';
import { instantOf, utcTimestamp } from '../../../wire/timestamp.ts';

/**
 * Reads PEM, the base64 of DER (C#) or the base64 of PEM (C, CLI); `undefined` when it is none of them.
 * Several certificates in one PEM text: the first counts.
 */
export function certificateInfo(text: string): X509CertificateInfo | undefined {
  try {
    const isPem = text.includes('-----BEGIN');
    return infoOf(new X509Certificate(isPem ? text : Buffer.from(text, 'base64')));
  } catch {
    return undefined;
  }
}

function infoOf(certificate: X509Certificate): X509CertificateInfo {
  return {
    subjectName: distinguishedName(certificate.subject),
    sha1Thumbprint: certificate.fingerprint.replaceAll(':', ''),
    sha256Thumbprint: certificate.fingerprint256.replaceAll(':', ''),
    issuerName: distinguishedName(certificate.issuer),
    notBeforeUtc: utcTimestamp(instantOf(certificate.validFrom)),
    notAfterUtc: utcTimestamp(instantOf(certificate.validTo)),
    serialNumber: certificate.serialNumber,
    version: versionOf(certificate.raw),
  };
}

/** Node prints a line per part, outermost first; the service prints one line, innermost first: `CN=…, O=…`. */
function distinguishedName(lines: string | undefined): string {
  return (lines ?? '').split('\n').reverse().join(', ');
}

/** `[0] EXPLICIT Version` is the first member of the TBSCertificate and absent in version 1. [RFC 5280 §4.1] */
function versionOf(der: Buffer): number {
  const tbs = contentStart(der, 0);
  const first = contentStart(der, tbs);
  const EXPLICIT_0 = 0xa0;
  return der[first] === EXPLICIT_0 ? (der[first + 4] ?? 0) + 1 : 1;
}

/** Where the content of the DER element at `at` begins: after its tag and its length. */
function contentStart(der: Buffer, at: number): number {
  const length = der[at + 1] ?? 0;
  return at + 2 + (length > 0x80 ? length - 0x80 : 0);
}
