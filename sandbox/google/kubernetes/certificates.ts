import { createHash, generateKeyPairSync, type KeyObject, randomBytes, randomUUID, sign } from 'node:crypto';

/** A certificate authority of one cluster, and the key that signs with it. */
export interface Authority {
  name: string;
  certificate: string;
  privateKey: KeyObject;
  keyIdentifier: Buffer;
}

/** A server's certificate and key, both PEM. */
export interface ServerCertificate {
  certificate: string;
  privateKey: string;
}

const oid = {
  commonName: [2, 5, 4, 3],
  subjectKeyIdentifier: [2, 5, 29, 14],
  keyUsage: [2, 5, 29, 15],
  subjectAltName: [2, 5, 29, 17],
  basicConstraints: [2, 5, 29, 19],
  authorityKeyIdentifier: [2, 5, 29, 35],
  extendedKeyUsage: [2, 5, 29, 37],
  serverAuth: [1, 3, 6, 1, 5, 5, 7, 3, 1],
  ecdsaWithSha256: [1, 2, 840, 10045, 4, 3, 2],
};

const dnsNames = ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'];
const loopback = Buffer.from([127, 0, 0, 1]);

/** A new self-signed authority (EC P-256), named by a UUID as GKE names its own. */
export function createAuthority(): Authority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = randomUUID();
  const spki = keys.publicKey.export({ type: 'spki', format: 'der' });
  const keyIdentifier = createHash('sha1').update(spki).digest();
  const certificate = signCertificate({
    issuer: name,
    subject: name,
    spki,
    signer: keys.privateKey,
    extensions: [
      extension(oid.basicConstraints, sequence(tagged(0x01, Buffer.from([0xff]))), true),
      // keyCertSign and cRLSign: bits 5 and 6.
      extension(oid.keyUsage, tagged(0x03, Buffer.from([1, 0x06])), true),
      extension(oid.subjectKeyIdentifier, tagged(0x04, keyIdentifier)),
    ],
  });
  return { name, certificate, privateKey: keys.privateKey, keyIdentifier };
}

/** A certificate for 127.0.0.1 and the names an API server answers to, signed by `authority`. */
export function issueServerCertificate(authority: Authority): ServerCertificate {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const names = [...dnsNames.map(name => tagged(0x82, Buffer.from(name))), tagged(0x87, loopback)];
  const certificate = signCertificate({
    issuer: authority.name,
    subject: 'kube-apiserver',
    spki: keys.publicKey.export({ type: 'spki', format: 'der' }),
    signer: authority.privateKey,
    extensions: [
      extension(oid.basicConstraints, sequence(), true),
      // digitalSignature: bit 0.
      extension(oid.keyUsage, tagged(0x03, Buffer.from([7, 0x80])), true),
      extension(oid.extendedKeyUsage, sequence(objectIdentifier(oid.serverAuth))),
      extension(oid.subjectAltName, sequence(...names)),
      extension(oid.authorityKeyIdentifier, sequence(tagged(0x80, authority.keyIdentifier))),
    ],
  });
  return { certificate, privateKey: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

interface CertificateRequest {
  issuer: string;
  subject: string;
  spki: Buffer;
  signer: KeyObject;
  extensions: Buffer[];
}

/** X.509 v3 (RFC 5280, section 4.1), valid from an hour ago for ten years; returned as PEM. */
function signCertificate(request: CertificateRequest): string {
  const algorithm = sequence(objectIdentifier(oid.ecdsaWithSha256));
  const now = Date.now();
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(serialNumber()),
    algorithm,
    distinguishedName(request.issuer),
    sequence(utcTime(now - 3_600_000), utcTime(now + 10 * 365 * 86_400_000)),
    distinguishedName(request.subject),
    request.spki,
    tagged(0xa3, sequence(...request.extensions)),
  );
  const signature = sign('sha256', body, request.signer);
  const der = sequence(body, algorithm, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function tagged(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content]);
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  if (length < 0x100) return [0x81, length];
  return [0x82, length >> 8, length & 0xff];
}

function sequence(...parts: Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

/** An INTEGER of bytes that begin with neither a sign bit nor a needless zero, which DER forbids. */
function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes);
}

function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
}

function objectIdentifier([first = 0, second = 0, ...rest]: number[]): Buffer {
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return tagged(0x06, Buffer.from(bytes));
}

function distinguishedName(commonName: string): Buffer {
  const attribute = sequence(objectIdentifier(oid.commonName), tagged(0x0c, Buffer.from(commonName)));
  return sequence(tagged(0x31, attribute));
}

/** UTCTime, YYMMDDHHMMSSZ: good until 2049. */
function utcTime(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replace(/[-:T]/g, '');
  return tagged(0x17, Buffer.from(`${digits.slice(2, 14)}Z`));
}

function extension(id: number[], value: Buffer, critical = false): Buffer {
  const flag = critical ? [tagged(0x01, Buffer.from([0xff]))] : [];
  return sequence(objectIdentifier(id), ...flag, tagged(0x04, value));
}
