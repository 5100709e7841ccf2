/** The server's certificates: one of each kind of key for all names, signed by the installation's CA and kept beside it until they run out. */
import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TlsFileOptions } from './ca.ts';
import { type CertificateName, certificateNames } from './certificate-names.ts';
import { type IssuedCertificate, issueServerCertificate } from './issue-certificate.ts';
import { replaceFile } from './replace-file.ts';
import { ensureRsaKey } from './rsa-key.ts';
import { type CertificateAuthority, codeOf } from './stored-ca.ts';

export interface ServerLeaf {
  readonly certPem: string;
  readonly keyPem: string;
  /** The leaf and its CA, in the order a server sends them. */
  readonly chainPem: string;
}

/** Raised when what a leaf contains changes, so that those already kept are not used any more. */
const TEMPLATE = 1;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Clients of some platforms refuse server certificates that live longer than 398 days. */
const VALIDITY_MS = 397 * DAY_MS;
const BACKDATED_MS = 60 * 60 * 1000;
const RENEWED_BEFORE_MS = 30 * DAY_MS;
const FILE_MODE = 0o600;

/**
 * A server certificate on P-256 for the standard names and `names` (host names or IP addresses; anything else is an Error that
 * names it). A hub such as `a.b.azure-devices.net` must be passed: a wildcard stands for one label.
 */
export async function ensureLeaf(
  ca: CertificateAuthority,
  names: readonly string[],
  options: TlsFileOptions = {},
): Promise<ServerLeaf> {
  const wanted = leafFor(ca, names, 'server.pem', options);
  return (await keptLeaf(wanted)) ?? issueLeaf(wanted);
}

/** The same on an RSA key, if it is kept already: it costs a start nothing. */
export async function keptRsaLeaf(
  ca: CertificateAuthority,
  names: readonly string[],
  options: TlsFileOptions = {},
): Promise<ServerLeaf | undefined> {
  return keptLeaf(leafFor(ca, names, 'server-rsa.pem', options));
}

/** Takes as long as making an RSA key does (a few tenths of a second), unless this installation has one. */
export async function issueRsaLeaf(
  ca: CertificateAuthority,
  names: readonly string[],
  options: TlsFileOptions = {},
): Promise<ServerLeaf> {
  return issueLeaf(leafFor(ca, names, 'server-rsa.pem', options), await ensureRsaKey(ca.directory, options));
}

interface WantedLeaf {
  readonly ca: CertificateAuthority;
  readonly names: readonly CertificateName[];
  readonly path: string;
  readonly nowMs: number;
  readonly warn: (message: string) => void;
}

function leafFor(
  ca: CertificateAuthority,
  names: readonly string[],
  file: string,
  options: TlsFileOptions,
): WantedLeaf {
  const { warn = () => undefined, nowMs = Date.now() } = options;
  const wanted = certificateNames(names);
  return { ca, names: wanted, path: join(leafDirectory(ca, wanted), file), nowMs, warn };
}

async function keptLeaf({ ca, path, nowMs }: WantedLeaf): Promise<ServerLeaf | undefined> {
  const kept = await readLeaf(path);
  return kept !== undefined && isUsable(kept, new X509Certificate(ca.certificatePem), nowMs)
    ? withChain(kept, ca)
    : undefined;
}

async function issueLeaf({ ca, names, path, nowMs, warn }: WantedLeaf, rsaKey?: KeyObject): Promise<ServerLeaf> {
  const caCertificate = new X509Certificate(ca.certificatePem);
  const notBefore = new Date(nowMs - BACKDATED_MS);
  const notAfter = new Date(Math.min(notBefore.getTime() + VALIDITY_MS, Date.parse(caCertificate.validTo)));
  const issuer = { certificatePem: ca.certificatePem, key: createPrivateKey(ca.keyPem) };
  const issued = await issueServerCertificate({ issuer, names, notBefore, notAfter, rsaKey });
  await keepLeaf(path, issued, warn);
  return withChain(issued, ca);
}

function leafDirectory(ca: CertificateAuthority, names: readonly CertificateName[]): string {
  const text = [TEMPLATE, ...names.map((name) => name.value)].join('\n');
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return join(ca.directory, `leaf-${hash}`);
}

/** Key and certificate share a file: read and replaced in one step, they can never belong to two different leaves. */
async function readLeaf(path: string): Promise<IssuedCertificate | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    const keyPem = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n/.exec(text)?.[0];
    const certPem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/.exec(text)?.[0];
    return keyPem !== undefined && certPem !== undefined ? { keyPem, certPem } : undefined;
  } catch {
    // Whatever the reason, a new one takes its place: nobody has been given this certificate to trust.
    return undefined;
  }
}

function isUsable(leaf: IssuedCertificate, caCertificate: X509Certificate, nowMs: number): boolean {
  try {
    const certificate = new X509Certificate(leaf.certPem);
    // In the CA's own last days a leaf cannot outlive it, and issuing another one would not help.
    const untilMs = Math.min(nowMs + RENEWED_BEFORE_MS, Date.parse(caCertificate.validTo));
    return (
      certificate.checkPrivateKey(createPrivateKey(leaf.keyPem)) &&
      certificate.checkIssued(caCertificate) &&
      certificate.verify(caCertificate.publicKey) &&
      Date.parse(certificate.validTo) >= untilMs &&
      Date.parse(certificate.validFrom) <= nowMs
    );
  } catch {
    return false;
  }
}

/** A CA on a read-only volume still serves: its leaf is then made anew at every start. */
async function keepLeaf(path: string, leaf: IssuedCertificate, warn: (message: string) => void): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await replaceFile(path, leaf.keyPem + leaf.certPem, { mode: FILE_MODE });
  } catch (error) {
    warn(`The server certificate could not be kept in ${path} (${codeOf(error)}): every start issues a new one.`);
  }
}

function withChain(leaf: IssuedCertificate, ca: CertificateAuthority): ServerLeaf {
  return { certPem: leaf.certPem, keyPem: leaf.keyPem, chainPem: leaf.certPem + ca.certificatePem };
}
