import { expect, test } from 'vitest';
import { OSImage } from './kind.ts';

const GOOD = {
  family: 'f',
  kubernetesVersion: 'v1.32.0',
  url: 'https://x/y.qcow2',
  checksum: 'a'.repeat(64),
  checksumType: 'sha256',
  format: 'qcow2',
};

test.each([
  ['complete', {}, []],
  ['checksum by URL', { checksum: 'https://x/SHA256SUMS' }, []],
  ['a placeholder', { checksum: 'sha256:abc123...' }, ['spec.checksum']],
  ['a digest of another length', { checksumType: 'sha512' }, ['spec.checksum']],
  ['no URL', { url: 'somewhere' }, ['spec.url']],
])('%s', (_name, more, fields) => {
  expect(OSImage.validate?.({ metadata: { name: 'i' }, spec: { ...GOOD, ...more } } as never).map(({ field }) => field)).toEqual(
    fields,
  );
});
