/** Certificates for https webhooks: a CA, a leaf of it for 127.0.0.1, and one whose time is over. */
import { createPrivateKey } from 'node:crypto';
import { issueCaCertificate, issueServerCertificate } from '../../emulator/tls/issue-certificate.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** @param host the address or name that the leaf is for */
export async function authorityWithLeaf(host: string, { isExpired = false } = {}) {
  const nowMs = Date.now();
  const current = { notBefore: new Date(nowMs - 10 * DAY_MS), notAfter: new Date(nowMs + 10 * DAY_MS) };
  const past = { notBefore: new Date(nowMs - 3 * DAY_MS), notAfter: new Date(nowMs - DAY_MS) };
  const ca = await issueCaCertificate(current);
  const leaf = await issueServerCertificate({
    issuer: { certificatePem: ca.certPem, key: createPrivateKey(ca.keyPem) },
    names: [{ type: /^[\d.]+$/.test(host) ? 'ip' : 'dns', value: host }],
    ...(isExpired ? past : current),
  });
  return { ca: ca.certPem, tls: { cert: leaf.certPem, key: leaf.keyPem } };
}
