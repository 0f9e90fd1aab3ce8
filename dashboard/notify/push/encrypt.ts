/**
 * Why: a push service carries what only the browser may read: RFC 8291 (keys) over RFC 8188 (aes128gcm), one record. Held to the RFC's own
 * example. By node:crypto, see docs/decisions/web-push.md.
 */
import { createCipheriv, createECDH, ECDH, hkdfSync, randomBytes } from 'node:crypto';

export interface Recipient {
  /** Uncompressed point of P-256, base64url. */
  p256dh: string;
  /** 16 bytes, base64url. */
  auth: string;
}
/** Fixed in tests only: both must be new for each message. */
export interface Chance {
  /** Private key of P-256, 32 bytes. */
  privateKey: Buffer;
  salt: Buffer;
}

/** Octets that one record may hold (RFC 8291, 4): 4096 less head (86), tag (16) and delimiter (1). */
export const PLAIN_BYTES_MAX = 3993;
const RECORD_BYTES = 4096;
const LAST_RECORD = Buffer.from([2]);

/** Whether there is such a point on P-256: to any other nothing can be sealed. */
export function isPoint(p256dh: string): boolean {
  const bytes = Buffer.from(p256dh, 'base64url');
  try {
    ECDH.convertKey(bytes, 'prime256v1');
    return bytes[0] === 4;
  } catch {
    return false;
  }
}

/** @throws RangeError where the text is too long, Error where the keys are none */
export function encrypt(plain: Buffer, { p256dh, auth }: Recipient, chance?: Chance): Buffer {
  if (plain.length > PLAIN_BYTES_MAX) throw new RangeError(`a push holds at most ${PLAIN_BYTES_MAX} bytes`);
  const ours = createECDH('prime256v1');
  if (chance) ours.setPrivateKey(chance.privateKey);
  else ours.generateKeys();
  const salt = chance?.salt ?? randomBytes(16);
  const theirs = Buffer.from(p256dh, 'base64url');
  const secret = ours.computeSecret(theirs);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), theirs, ours.getPublicKey()]);
  const key = derive(secret, Buffer.from(auth, 'base64url'), info, 32);
  const cipher = createCipheriv(
    'aes-128-gcm',
    derive(key, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16),
    derive(key, salt, Buffer.from('Content-Encoding: nonce\0'), 12),
  );
  const sealed = [cipher.update(Buffer.concat([plain, LAST_RECORD])), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat([headOf(salt, ours.getPublicKey()), ...sealed]);
}

/** Salt, size of a record, our public key (RFC 8188, 2.1). */
function headOf(salt: Buffer, publicKey: Buffer): Buffer {
  const sizes = Buffer.alloc(5);
  sizes.writeUInt32BE(RECORD_BYTES, 0);
  sizes.writeUInt8(publicKey.length, 4);
  return Buffer.concat([salt, sizes, publicKey]);
}

function derive(secret: Buffer, salt: Buffer, info: Buffer, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, info, bytes));
}
