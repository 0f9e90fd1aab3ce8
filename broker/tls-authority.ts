/** Why: makes keys and certificates: an authority of Carrel's own and the server's certificate that it signs. Pure of files. */
import 'reflect-metadata'; // the X.509 library's container asks for it
import { createPublicKey, X509Certificate as NodeCertificate, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

/** PEM texts. */
export interface KeyPair {
  cert: string;
  key: string;
}

const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
// Routers without a battery start in 1970 and need TLS to learn the time: nothing may be "not valid yet" there.
const SINCE = new Date(0);
const YEAR_MS = 365.25 * 86_400_000;

/** A new authority, valid for 20 years (a probe in a cupboard must not need a visit). */
export async function makeAuthority(nowMs: number): Promise<KeyPair> {
  const keys = await crypto.subtle.generateKey(P256, true, ['sign', 'verify']);
  const cert = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serial(),
      name: [{ CN: ['Carrel authority'] }],
      notBefore: SINCE,
      notAfter: new Date(nowMs + 20 * YEAR_MS),
      signingAlgorithm: P256,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
      ],
    },
    crypto,
  );
  return { cert: `${cert.toString('pem')}\n`, key: await pemOf(keys.privateKey) };
}

/** A certificate for a server under these names and addresses, valid for two years, signed by the authority. */
export async function makeServerCertificate(
  authority: KeyPair,
  names: readonly string[],
  nowMs: number,
): Promise<KeyPair> {
  const keys = await crypto.subtle.generateKey(P256, true, ['sign', 'verify']);
  const issuer = new x509.X509Certificate(authority.cert);
  const cert = await x509.X509CertificateGenerator.create(
    {
      serialNumber: serial(),
      issuer: issuer.subject,
      subject: [{ CN: ['Carrel server'] }],
      notBefore: SINCE,
      notAfter: new Date(nowMs + 2 * YEAR_MS),
      signingAlgorithm: P256,
      publicKey: keys.publicKey,
      signingKey: await importKey(authority.key),
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(
          names.map((name) => ({ type: isIP(name) ? 'ip' : 'dns', value: name }) as const),
        ),
        await x509.AuthorityKeyIdentifierExtension.create(issuer, false, crypto),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
      ],
    },
    crypto,
  );
  return { cert: `${cert.toString('pem')}\n`, key: await pemOf(keys.privateKey) };
}

/** The certificate serves all these names, for at least `leftMs` more, and the authority signed it. */
export function certificateFits(
  pair: KeyPair,
  authority: KeyPair,
  names: readonly string[],
  nowMs: number,
  leftMs: number,
): boolean {
  const cert = new x509.X509Certificate(pair.cert);
  const served = new Set(cert.getExtension(x509.SubjectAlternativeNameExtension)?.names.items.map((one) => one.value));
  return (
    names.every((name) => served.has(name)) &&
    cert.notAfter.getTime() - nowMs >= leftMs &&
    cert.issuer === new x509.X509Certificate(authority.cert).subject &&
    signedBy(pair, authority)
  );
}

function signedBy(pair: KeyPair, authority: KeyPair): boolean {
  return new NodeCertificate(pair.cert).verify(createPublicKey(authority.cert));
}

async function importKey(pem: string): Promise<CryptoKey> {
  return crypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(pem), P256, false, ['sign']);
}

async function pemOf(key: CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

/** 127 random bits: positive and unguessable. */
function serial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}
