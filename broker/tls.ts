/** Why: which certificate the MQTTS listener shows: files that the operator gives, or one of Carrel's own authority. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '#lib/clock';
import { CarrelError, errnoOf, messageOf } from '#lib/errors';
import { certificateFits, type KeyPair, makeAuthority, makeServerCertificate } from './tls-authority.ts';

export interface ServerTls extends KeyPair {
  /** PEM of the authority that probes must trust; null where the operator gave a certificate. */
  authority: string | null;
}
export interface TlsOptions {
  dataDir: string;
  clock: Clock;
  certFile: string | undefined;
  keyFile: string | undefined /** Names besides this machine's own. */;
  names: readonly string[];
}

/** A certificate of our own is renewed when less than this is left. */
const RENEW_MS = 60 * 86_400_000;

/**
 * The certificate to serve now. Call it again once a day: it renews what runs out.
 * @throws CarrelError TLS_UNREADABLE, TLS_INVALID, TLS_NO_PAIR
 */
export async function serverTls(options: TlsOptions): Promise<ServerTls> {
  if (options.certFile && options.keyFile) return givenPair(options.certFile, options.keyFile);
  const dir = join(options.dataDir, 'tls');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const nowMs = options.clock.wallMs();
  const authority = await loadOr(
    dir,
    'authority',
    () => true,
    () => makeAuthority(nowMs),
  );
  const names = [...new Set([...options.names, ...machineNames()])];
  const fits = (pair: KeyPair): boolean => certificateFits(pair, authority, names, nowMs, RENEW_MS);
  const server = await loadOr(dir, 'server', fits, () => makeServerCertificate(authority, names, nowMs));
  return { ...server, authority: authority.cert };
}

async function givenPair(certFile: string, keyFile: string): Promise<ServerTls> {
  const cert = await readPem('CARREL_TLS_CERT', certFile);
  const key = await readPem('CARREL_TLS_KEY', keyFile);
  const [certificate, privateKey] = [
    parsed('CARREL_TLS_CERT', certFile, 'a certificate in PEM', () => new X509Certificate(cert)),
    parsed('CARREL_TLS_KEY', keyFile, 'a private key in PEM without a passphrase', () => createPrivateKey(key)),
  ];
  if (certificate.checkPrivateKey(privateKey)) return { cert, key, authority: null };
  throw new CarrelError(
    'TLS_NO_PAIR',
    `the key in ${keyFile} does not belong to the certificate in ${certFile}; give the two that were issued together`,
    { setting: 'CARREL_TLS_KEY' },
  );
}

async function readPem(setting: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new CarrelError(
      'TLS_UNREADABLE',
      `${setting} names ${path}, which cannot be read (${errnoOf(error) ?? messageOf(error)}); the file must exist and be readable by the user that runs Carrel`,
      { setting },
      { cause: error },
    );
  }
}

function parsed<T>(setting: string, path: string, accepted: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new CarrelError(
      'TLS_INVALID',
      `${setting} names ${path}, which is not ${accepted}`,
      { setting },
      { cause: error },
    );
  }
}

/** The pair in `dir` when it is there and fits, else a new one, written so that a crash leaves the old or the new. */
async function loadOr(
  dir: string,
  name: string,
  fits: (pair: KeyPair) => boolean,
  make: () => Promise<KeyPair>,
): Promise<KeyPair> {
  const path = join(dir, `${name}.pem`);
  const kept = await readPair(path);
  if (kept && fits(kept)) return kept;
  const made = await make();
  await writeFile(`${path}.new`, made.cert + made.key, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return made;
}

/** Null where there is no file yet. @throws CarrelError TLS_INVALID where it is damaged: a new authority would lock every probe out */
async function readPair(path: string): Promise<KeyPair | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw new CarrelError(
      'TLS_UNREADABLE',
      `${path} cannot be read (${errnoOf(error) ?? messageOf(error)})`,
      { path },
      { cause: error },
    );
  }
  const cert = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----\n/.exec(text)?.[0];
  const key = /-----BEGIN PRIVATE KEY-----[\s\S]+?-----END PRIVATE KEY-----\n/.exec(text)?.[0];
  if (cert && key) return { cert, key };
  throw new CarrelError(
    'TLS_INVALID',
    `${path} is damaged; restore it from a backup, since every probe trusts it (or remove it and give every probe a new credential)`,
    { path },
  );
}

/** Names and addresses under which probes may reach this machine. */
function machineNames(): string[] {
  const addresses = Object.values(networkInterfaces())
    .flat()
    .flatMap((one) => (one && !one.address.startsWith('fe80:') ? [one.address] : []));
  return ['localhost', hostname().toLowerCase(), ...addresses.sort()].filter((name) =>
    /^[a-z0-9.:-]{1,253}$/i.test(name),
  );
}
