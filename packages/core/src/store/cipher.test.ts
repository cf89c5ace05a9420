import { rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createCipher, deriveToken, ensureMasterKey, loadMasterKey } from './cipher.ts';

const KEY = Buffer.alloc(32, 1);
const OTHER = Buffer.alloc(32, 2);

async function file(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'slipway-key-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  return join(dir, 'master.key');
}

it('opens what it sealed, at the same place only', () => {
  const cipher = createCipher(KEY);
  const sealed = cipher.seal('geheim – 秘密', 'uid/data');
  expect(cipher.open(sealed, 'uid/data')).toBe('geheim – 秘密');
  expect(cipher.seal('geheim – 秘密', 'uid/data')).not.toBe(sealed);
  expect(() => cipher.open(sealed, 'other/data')).toThrow('altered or moved');
  const altered = sealed.slice(0, -2) + (sealed.endsWith('AA') ? 'BB' : 'AA');
  expect(() => cipher.open(altered, 'uid/data')).toThrow('altered or moved');
  expect(() => cipher.open('nonsense', 'uid/data')).toThrow('unknown form');
});

it('names its key and refuses what another sealed', () => {
  const [one, two] = [createCipher(KEY), createCipher(OTHER)];
  expect(one.keyId).not.toBe(two.keyId);
  expect(createCipher(KEY).keyId).toBe(one.keyId);
  expect(() => two.open(one.seal('x', 'p'), 'p')).toThrow(`sealed with master key ${one.keyId}`);
});

it('makes a key file once, readable by its owner alone', async () => {
  const path = await file();
  const key = await ensureMasterKey(path);
  expect(key).toHaveLength(32);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(await ensureMasterKey(path)).toEqual(key);
  expect(await loadMasterKey(path)).toEqual(key);
});

it('reads hex and base64, and says what is wrong with anything else', async () => {
  const path = await file();
  await expect(loadMasterKey(path)).rejects.toThrow('does not exist');
  writeFileSync(path, `${KEY.toString('base64')}\n`);
  expect(await loadMasterKey(path)).toEqual(KEY);
  writeFileSync(path, KEY.toString('hex').toUpperCase());
  expect(await loadMasterKey(path)).toEqual(KEY);
  writeFileSync(path, 'short');
  await expect(loadMasterKey(path)).rejects.toThrow('must hold 32 bytes');
});

it('derives tokens that differ by key, purpose and every part', () => {
  const token = deriveToken(KEY, 'agent', 'host', 'boot');
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(deriveToken(KEY, 'agent', 'host', 'boot')).toBe(token);
  const others = [
    deriveToken(OTHER, 'agent', 'host', 'boot'),
    deriveToken(KEY, 'iso', 'host', 'boot'),
    deriveToken(KEY, 'agent', 'host', 'boot2'),
    deriveToken(KEY, 'agent', 'hostboot'),
    deriveToken(KEY, 'agent', 'host', 'boot', ''),
  ];
  expect(new Set([token, ...others]).size).toBe(6);
});
