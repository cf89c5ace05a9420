import { expect, test } from 'vitest';
import type { KubeObject } from '../../store/object.ts';
import { Metal3MachineTemplate } from '../metal3-machine-template/kind.ts';
import { Metal3Machine } from './kind.ts';
import { machineSpecErrors, placeholderIn } from './parts.ts';

const image = { url: 'https://images.example.com/a.qcow2', checksum: 'ab'.repeat(32), checksumType: 'sha256' as const };

test.each([
  ['a digest', image, null],
  ['a digest with its type before it', { ...image, checksum: `sha256:${'0'.repeat(64)}` }, null],
  ['a checksum file', { ...image, checksum: 'https://images.example.com/a.sha256' }, null],
  ["the seed's placeholder", { ...image, checksum: 'sha256:abc123...' }, 'image.checksum "sha256:abc123..." is a placeholder'],
  ['a digest of another type', { ...image, checksum: 'ab'.repeat(16) }, 'is a placeholder'],
  ['a live ISO without a checksum', { ...image, checksum: '', diskFormat: 'live-iso' as const }, null],
])('%s as checksum', (_name, given, sentence) => {
  const said = placeholderIn(given);
  if (sentence === null) expect(said).toBeNull();
  else expect(said).toContain(sentence);
});

test.each([
  [{}, ['spec.image']],
  [{ image }, []],
  [{ customDeploy: { method: 'x' } }, []],
  [{ image: { ...image, checksum: 'sha256:abc123...' } }, []],
  [{ image: { ...image, url: '' } }, ['spec.image.url']],
  [{ image: { ...image, url: 'no-scheme/a' } }, ['spec.image.url']],
  [{ image: { ...image, checksum: '' } }, ['spec.image.checksum']],
  [
    {
      image,
      hostSelector: {
        matchExpressions: [
          { key: 'a', operator: 'in', values: ['b'] },
          { key: 'a', operator: 'like' },
          { key: 'a', operator: 'In' },
        ],
      },
    },
    ['spec.hostSelector.matchExpressions[1].operator', 'spec.hostSelector.matchExpressions[2].values'],
  ],
])('spec %j is refused at %j', (spec, refused) => {
  expect(machineSpecErrors(spec, 'spec').map((error) => error.field)).toEqual(refused);
});

test("the seed's template is accepted in v1beta1 and its format becomes diskFormat", () => {
  const seed = {
    template: {
      spec: {
        image: { url: image.url, checksum: 'sha256:abc123...', checksumType: 'sha256', format: 'qcow2' },
        hostSelector: { matchLabels: { role: 'control-plane' } },
      },
    },
  };
  const v1beta1 = Metal3MachineTemplate.versions[1]!;
  expect(v1beta1.schema!.spec!.safeParse(seed).success).toBe(true);
  const object = {
    apiVersion: 'x/v1',
    kind: 'Metal3MachineTemplate',
    metadata: { name: 'a' },
    spec: seed,
  } as unknown as KubeObject;
  const hub = v1beta1.toHub!(object);
  expect(hub.spec).toMatchObject({ template: { spec: { image: { diskFormat: 'qcow2' } } } });
  expect(Metal3MachineTemplate.schema.spec!.safeParse(hub.spec).success).toBe(true);
  expect(v1beta1.fromHub!(hub).spec).toEqual(seed);
});

test('ready of v1beta1 is initialization.provisioned', () => {
  const object = { apiVersion: 'x/v1', kind: 'Metal3Machine', metadata: { name: 'a' }, spec: { image } } as unknown as KubeObject;
  const v1beta1 = Metal3Machine.versions[1]!;
  expect(v1beta1.toHub!({ ...object, status: { ready: true } }).status).toEqual({ initialization: { provisioned: true } });
  expect(v1beta1.fromHub!({ ...object, status: { initialization: { provisioned: true } } }).status).toEqual({ ready: true });
});
