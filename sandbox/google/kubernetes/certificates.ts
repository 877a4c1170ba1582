import 'reflect-metadata'; // @peculiar/x509 needs it, and it must come first.
import { KeyObject, randomUUID, webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** The certificate authority of one cluster, and the keys that sign with it. */
export interface Authority {
  /** The distinguished name: CN=… */
  name: string;
  /** PEM. */
  certificate: string;
  keys: webcrypto.CryptoKeyPair;
}

/** A server's certificate and private key, both PEM. */
export interface ServerCertificate {
  certificate: string;
  privateKey: string;
}

const dnsNames = ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'];
const hourMs = 3_600_000;
const tenYearsMs = 10 * 365 * 24 * hourMs;

/** Creates a self-signed authority (EC P-256), named by a UUID as GKE names its own. */
export async function createAuthority(): Promise<Authority> {
  const name = `CN=${randomUUID()}`;
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name,
    keys,
    ...validity(),
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { name, certificate: certificate.toString('pem'), keys };
}

/** Issues a certificate for 127.0.0.1 and the names an API server answers to, signed by `authority`. */
export async function issueServerCertificate(authority: Authority): Promise<ServerCertificate> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.create({
    issuer: authority.name,
    subject: 'CN=kube-apiserver',
    publicKey: keys.publicKey,
    signingKey: authority.keys.privateKey,
    ...validity(),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([
        ...dnsNames.map(value => ({ type: 'dns' as const, value })),
        { type: 'ip', value: '127.0.0.1' },
      ]),
      await AuthorityKeyIdentifierExtension.create(authority.keys.publicKey),
    ],
  });
  const privateKey = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
  return { certificate: certificate.toString('pem'), privateKey };
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
}

/** From an hour ago, for clients whose clocks are behind, for ten years. */
function validity(): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - hourMs), notAfter: new Date(now + tenYearsMs) };
}
