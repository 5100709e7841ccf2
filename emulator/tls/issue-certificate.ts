/** Makes keys and certificates; the only file that loads the certificate library, and only when it issues. */
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, webcrypto } from 'node:crypto';
import type { CertificateName } from './certificate-names.ts';

export interface IssuedCertificate {
  readonly certPem: string;
  readonly keyPem: string;
}

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface Issuer {
  readonly certificatePem: string;
  readonly key: KeyObject;
}

const ECDSA_P256 = { name: 'ECDSA', namedCurve: 'P-256' };
const ECDSA_SHA256 = { name: 'ECDSA', hash: 'SHA-256' };
const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

/** A new self-signed CA that may sign leaves and nothing below them. */
export async function issueCaCertificate(validity: Validity): Promise<IssuedCertificate> {
  const x509 = await loadX509();
  const pair = newKeyPair();
  const publicKey = await verifyingKey(pair.publicKey);
  // A name of its own keeps two installations apart in one trust store, where issuers are looked up by name.
  const unique = createHash('sha256').update(pair.publicDer).digest('hex').slice(0, 8);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [`dps-emulator CA ${unique}`] }],
    keys: { publicKey, privateKey: await signingKey(pair.privateKey) },
    signingAlgorithm: ECDSA_SHA256,
    serialNumber: randomSerial(),
    ...validity,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return { certPem: `${certificate.toString('pem')}\n`, keyPem: pkcs8Pem(pair.privateKey) };
}

export interface ServerCertificateRequest extends Validity {
  readonly issuer: Issuer;
  readonly names: readonly CertificateName[];
  /** An RSA key that takes long to make and is kept. Default: a new one on P-256. */
  readonly rsaKey?: KeyObject | undefined;
}

/** A new server certificate for `names`, signed by `issuer`. */
export async function issueServerCertificate(options: ServerCertificateRequest): Promise<IssuedCertificate> {
  const x509 = await loadX509();
  const { rsaKey } = options;
  const key = rsaKey ?? newKeyPair().privateKey;
  const publicKey = await verifyingKey(createPublicKey(key), rsaKey === undefined ? ECDSA_P256 : RSA);
  const { digitalSignature, keyEncipherment } = x509.KeyUsageFlags;
  const caCertificate = new x509.X509Certificate(options.issuer.certificatePem);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: ['localhost'] }],
    issuer: caCertificate.subjectName,
    publicKey,
    signingKey: await signingKey(options.issuer.key),
    signingAlgorithm: ECDSA_SHA256,
    serialNumber: randomSerial(),
    notBefore: options.notBefore,
    notAfter: options.notAfter,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      // The second is for suites that send a secret under the RSA key: clients of the option `tls` may want them.
      new x509.KeyUsagesExtension(rsaKey === undefined ? digitalSignature : digitalSignature | keyEncipherment, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(options.names.map(({ type, value }) => ({ type, value }))),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(await verifyingKey(createPublicKey(options.issuer.key))),
    ],
  });
  return { certPem: `${certificate.toString('pem')}\n`, keyPem: pkcs8Pem(key) };
}

/** Loading takes longer than everything else at start-up, and most starts issue nothing. */
async function loadX509() {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(webcrypto);
  return x509;
}

function newKeyPair() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey, publicKey, publicDer: publicKey.export({ type: 'spki', format: 'der' }) };
}

function signingKey(key: KeyObject): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('pkcs8', key.export({ type: 'pkcs8', format: 'der' }), ECDSA_P256, false, ['sign']);
}

function verifyingKey(key: KeyObject, algorithm: typeof ECDSA_P256 | typeof RSA = ECDSA_P256) {
  return webcrypto.subtle.importKey('spki', key.export({ type: 'spki', format: 'der' }), algorithm, true, ['verify']);
}

export function pkcs8Pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** 16 random bytes; the first is kept between 0x40 and 0x7f, so that the integer is positive and needs no padding. */
function randomSerial(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x3f) | 0x40, 0);
  return bytes.toString('hex');
}
