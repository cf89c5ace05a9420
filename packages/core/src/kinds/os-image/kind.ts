/** OSImage (fleet.slipway.dev/v1alpha1): one disk image of a family, and the Kubernetes version that its kubelet and kubeadm have. */
import { z } from 'zod';
import type { FieldError } from '../../errors.ts';
import { defineKind, type ObjectOf } from '../../registry/define-kind.ts';
import { invalid } from '../shared/fields.ts';

const spec = z.object({
  family: z.string().min(1).max(128).describe('Images that differ by Kubernetes version only.'),
  kubernetesVersion: z
    .string()
    .regex(/^v\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/, 'must be a version such as v1.32.0'),
  url: z.string().min(1).max(2048),
  checksum: z.string().min(1).max(2048).describe('Hexadecimal digest, or the URL of a checksum file.'),
  checksumType: z.enum(['md5', 'sha256', 'sha512']),
  format: z.enum(['raw', 'qcow2']),
});

type Spec = z.output<typeof spec>;

const DIGEST_LENGTH = { md5: 32, sha256: 64, sha512: 128 } as const;

function validate(object: { spec: Spec }): FieldError[] {
  const errors: FieldError[] = [];
  const { url, checksum, checksumType } = object.spec;
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) errors.push(invalid('spec.url', url, 'must be an http or https URL'));
  const isURL = /^https?:\/\//.test(checksum);
  if (!isURL && !(/^[0-9a-fA-F]+$/.test(checksum) && checksum.length === DIGEST_LENGTH[checksumType])) {
    const digits = DIGEST_LENGTH[checksumType];
    errors.push(invalid('spec.checksum', checksum, `must be ${digits} hexadecimal digits (${checksumType}) or a URL`));
  }
  return errors;
}

export const OSImage = defineKind({
  group: 'fleet.slipway.dev',
  kind: 'OSImage',
  plural: 'osimages',
  shortNames: ['osi'],
  categories: ['fleet'],
  scope: 'Cluster',
  hub: 'v1alpha1',
  spec,
  status: z.object({}),
  statusSubresource: true,
  columns: [
    { name: 'Family', type: 'string', of: (object) => object.spec.family },
    { name: 'Version', type: 'string', of: (object) => object.spec.kubernetesVersion },
    { name: 'Format', type: 'string', of: (object) => object.spec.format },
    { name: 'URL', type: 'string', wide: true, of: (object) => object.spec.url },
    { name: 'Age', type: 'date', of: (object) => object.metadata.creationTimestamp },
  ],
  validate,
  description: 'One member of a family of disk images: the Kubernetes version it holds and where it lies.',
});

/** An OSImage object. */
export type OSImageObject = ObjectOf<typeof OSImage>;
