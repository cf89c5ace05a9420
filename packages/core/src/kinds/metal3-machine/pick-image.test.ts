import { expect, test } from 'vitest';
import { type OsImageFacts, pickImage } from './pick-image.ts';

const sum = (digit: string) => digit.repeat(64);
const os = (name: string, family: string, kubernetesVersion: string, url: string, checksum: string): OsImageFacts => ({
  metadata: { name },
  spec: { family, kubernetesVersion, url, checksum, checksumType: 'sha256', format: 'qcow2' },
});
const images = [
  os('u-1320', 'ubuntu', 'v1.32.0', 'https://i/u.qcow2', sum('a')),
  os('u-1321', 'ubuntu', 'v1.32.1', 'https://i/u-v1.32.1.qcow2', sum('b')),
  os('u-1330', 'ubuntu', 'v1.33.0', 'https://i/u-v1.33.0.qcow2', 'sha256:tbd'),
  os('f-1340', 'flatcar', 'v1.34.0', 'https://i/f.qcow2', sum('c')),
];
const template = { url: 'https://i/u.qcow2', checksum: sum('a'), checksumType: 'sha256' as const, diskFormat: 'qcow2' as const };

test.each([
  ["the template's own version", template, 'v1.32.0', { image: template, osImage: 'u-1320' }],
  [
    'another version of the family',
    template,
    'v1.32.1',
    {
      image: { url: 'https://i/u-v1.32.1.qcow2', checksum: sum('b'), checksumType: 'sha256', diskFormat: 'qcow2' },
      osImage: 'u-1321',
    },
  ],
  ['no version given', template, undefined, { image: template, osImage: 'u-1320' }],
])('%s', (_name, image, version, picked) => {
  expect(pickImage(image, images, version)).toEqual(picked);
});

test.each([
  [
    'a version only another family has',
    template,
    'v1.34.0',
    'no OSImage of family ubuntu holds v1.34.0; it has v1.32.0, v1.32.1, v1.33.0',
    'OSImage',
  ],
  ['an unknown url', { ...template, url: 'https://i/x.qcow2' }, 'v1.32.0', 'no OSImage has the url https://i/x.qcow2', 'OSImage'],
  [
    "the seed's placeholder",
    { ...template, checksum: 'sha256:abc123...' },
    'v1.32.0',
    'image.checksum "sha256:abc123..." is a placeholder',
    'template',
  ],
  [
    'the placeholder also for another version',
    { ...template, checksum: 'sha256:abc123...' },
    'v1.32.1',
    'is a placeholder',
    'template',
  ],
  [
    'a placeholder in the OSImage',
    template,
    'v1.33.0',
    'OSImage u-1330: image.checksum "sha256:tbd" is a placeholder',
    'OSImage',
  ],
  ['no image', undefined, 'v1.32.0', 'the template names no image', 'template'],
])('%s is refused', (_name, image, version, sentence, waitsFor) => {
  const picked = pickImage(image, images, version);
  expect('refusal' in picked && picked.refusal).toContain(sentence);
  expect('refusal' in picked && picked.waitsFor).toBe(waitsFor);
});
