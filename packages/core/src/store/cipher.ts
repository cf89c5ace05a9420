/**
 * Secrets at rest: AES-256-GCM with a master key that is never in the database, and tokens derived from it.
 * A sealed text names its key, so that a wrong key is noticed before a wrong plain text.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { AppError } from '../errors.ts';

/** Seals and opens texts. `aad` binds a sealed text to its place: moved elsewhere it does not open. */
export interface Cipher {
  /** Public name of the key: tells two keys apart and nothing about them. */
  keyId: string;
  seal(text: string, aad: string): string;
  /** Throws `internal` if the text was sealed with another key, for another place, or altered. */
  open(sealed: string, aad: string): string;
}

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 'v1';

/** Reads a master key file: 32 bytes as 64 hex digits or base64. Throws `internal` with what to do. */
export async function loadMasterKey(file: string): Promise<Buffer> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? 'does not exist' : `cannot be read (${cause.code})`;
    throw new AppError('internal', `The master key file ${file} ${why}. Put back the file this database was made with.`, {
      cause,
    });
  });
  const value = text.trim();
  const key = /^[0-9a-f]{64}$/i.test(value) ? Buffer.from(value, 'hex') : Buffer.from(value, 'base64');
  if (key.length !== KEY_BYTES) {
    throw new AppError(
      'internal',
      `The master key file ${file} must hold 32 bytes as 64 hex digits or base64; it holds ${key.length}.`,
    );
  }
  return key;
}

/** Makes a master key file (mode 0600) unless it exists, and reads it. */
export async function ensureMasterKey(file: string): Promise<Buffer> {
  // "wx" fails on an existing file: of two processes that start at once, one makes the key and both read it.
  await writeFile(file, `${randomBytes(KEY_BYTES).toString('hex')}\n`, { flag: 'wx', mode: 0o600 }).catch((error) => {
    if (error.code !== 'EEXIST') throw error;
  });
  return loadMasterKey(file);
}

/** A cipher over a master key of 32 bytes. */
export function createCipher(masterKey: Uint8Array): Cipher {
  // Own keys for own purposes: the sealing key never serves for tokens, nor the other way round.
  const key = Buffer.from(hkdfSync('sha256', masterKey, '', 'slipway/seal', KEY_BYTES));
  const keyId = Buffer.from(hkdfSync('sha256', masterKey, '', 'slipway/key-id', 6)).toString('hex');
  return {
    keyId,
    seal(text, aad) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(aad));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return [VERSION, keyId, Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')].join('.');
    },
    open(sealed, aad) {
      const [version, sealedBy, body] = sealed.split('.');
      if (version !== VERSION || !body) throw new AppError('internal', 'A sealed value in the database has an unknown form.');
      if (sealedBy !== keyId) {
        throw new AppError(
          'internal',
          `A value in the database was sealed with master key ${sealedBy}; this process holds ${keyId}.`,
        );
      }
      const bytes = Buffer.from(body, 'base64url');
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
        decipher.setAAD(Buffer.from(aad)).setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
        return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
      } catch (cause) {
        throw new AppError('internal', 'A sealed value in the database has been altered or moved: it does not open.', { cause });
      }
    },
  };
}

/** A token for a purpose, the same each time: HMAC-SHA256 as base64url, 43 characters. Parts cannot run into each other. */
export function deriveToken(masterKey: Uint8Array, purpose: string, ...parts: string[]): string {
  return createHmac('sha256', Buffer.from(hkdfSync('sha256', masterKey, '', 'slipway/token', KEY_BYTES)))
    .update(JSON.stringify([purpose, ...parts]))
    .digest('base64url');
}
