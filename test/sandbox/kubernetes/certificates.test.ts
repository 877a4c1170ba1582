import { createPrivateKey, X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { createAuthority, issueServerCertificate } from '../../../sandbox/google/kubernetes/certificates.ts';

it('a server certificate is valid for the loopback address and signed by its own authority only', async () => {
  const [authority, other] = await Promise.all([createAuthority(), createAuthority()]);
  const ca = new X509Certificate(authority.certificate);
  const { certificate, privateKey } = await issueServerCertificate(authority);
  const leaf = new X509Certificate(certificate);
  expect(leaf.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(leaf.checkHost('localhost')).toBe('localhost');
  expect(leaf.checkPrivateKey(createPrivateKey(privateKey))).toBe(true);
  expect([ca.ca, leaf.ca]).toEqual([true, false]);
  expect([leaf.checkIssued(ca), leaf.verify(ca.publicKey)]).toEqual([true, true]);
  expect(leaf.verify(new X509Certificate(other.certificate).publicKey)).toBe(false);
  expect(ca.subject).not.toBe(new X509Certificate(other.certificate).subject);
  expect(leaf.serialNumber).not.toBe(ca.serialNumber);
  expect(Date.parse(leaf.validFrom)).toBeLessThan(Date.now());
  expect(Date.parse(leaf.validTo)).toBeGreaterThan(Date.now() + 365 * 86_400_000);
});
