/** Schemas that Metal3Machine, its template and Metal3Cluster share: image, selector, references, status moves. CAPM3's field names. */
import { z } from 'zod';
import type { FieldError } from '../../errors.ts';
import type { Move } from '../shared/convert.ts';

/** corev1.SecretReference; an absent namespace is that of the object. */
export const secretReference = z.object({ name: z.string().optional(), namespace: z.string().optional() });

/** The image to write. `diskFormat` is v1beta1's `format`. */
export const imageSchema = z.object({
  url: z.string(),
  checksum: z.string(),
  checksumType: z.enum(['md5', 'sha256', 'sha512']).optional(),
  diskFormat: z.enum(['raw', 'qcow2', 'vdi', 'vmdk', 'live-iso']).optional(),
});

/** Which hosts may be claimed. CAPM3 lower-cases operators, so `In` and `in` mean the same. */
export const hostSelectorSchema = z.object({
  matchLabels: z.record(z.string(), z.string()).optional(),
  matchExpressions: z
    .array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).optional() }))
    .optional(),
});

/** The spec of a Metal3Machine, also as its template holds it. */
export const machineSpecSchema = z.object({
  providerID: z.string().min(1).max(512).optional(),
  image: imageSchema.optional(),
  customDeploy: z.object({ method: z.string() }).optional(),
  userData: secretReference.optional(),
  hostSelector: hostSelectorSchema.optional(),
  dataTemplate: z.object({ name: z.string(), namespace: z.string().optional() }).optional(),
  metaData: secretReference.optional(),
  networkData: secretReference.optional(),
  automatedCleaningMode: z.enum(['metadata', 'disabled']).optional(),
  failureDomain: z.string().min(1).max(256).optional(),
});

/** v1beta1's form of the same spec: the image's format is called `format`. */
export const machineSpecV1beta1Schema = machineSpecSchema.extend({
  image: imageSchema.omit({ diskFormat: true }).extend({ format: imageSchema.shape.diskFormat }).optional(),
});

/** An image as the hub holds it. */
export type MachineImage = z.output<typeof imageSchema>;
/** A host selector as written. */
export type HostSelector = z.output<typeof hostSelectorSchema>;
/** The spec of a Metal3Machine. */
export type MachineSpec = z.output<typeof machineSpecSchema>;

/** Hex digits of each checksum type. */
const DIGITS = { md5: 32, sha256: 64, sha512: 128 } as const;

/**
 * What is missing in a checksum that is only a placeholder (`sha256:abc123...`), as a sentence; null where it is a checksum or
 * the URL of one. A placeholder is accepted when stored (the seed's manifests hold one) and waited on before a host is touched.
 */
export function placeholderIn(image: MachineImage): string | null {
  const { checksum, checksumType, diskFormat } = image;
  if (diskFormat === 'live-iso' || /^https?:\/\//.test(checksum)) return null;
  const [, prefix, digest = ''] = /^(?:(md5|sha256|sha512):)?(.*)$/.exec(checksum) ?? [];
  const type = (prefix as keyof typeof DIGITS | undefined) ?? checksumType;
  const lengths: number[] = type ? [DIGITS[type]] : Object.values(DIGITS);
  if (/^[0-9a-f]+$/i.test(digest) && lengths.includes(digest.length)) return null;
  return `image.checksum "${checksum.slice(0, 40)}" is a placeholder: write the ${type ?? 'sha256'} of ${image.url} or the URL of a checksum file`;
}

/** The `Warning` for a spec that is accepted but will be waited on. */
export function machineSpecWarnings(spec: MachineSpec, path: string): string[] {
  const placeholder = spec.image ? placeholderIn(spec.image) : null;
  return placeholder ? [`${path}.${placeholder}; no host is claimed before that`] : [];
}

/** Refusals of a machine spec; `path` is where it stands (`spec`, `spec.template.spec`). CAPM3's rules. */
export function machineSpecErrors(spec: MachineSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { image, customDeploy } = spec;
  if (!image && !customDeploy) {
    errors.push({ field: `${path}.image`, reason: 'FieldValueRequired', message: 'either image or customDeploy is required' });
  }
  if (image) errors.push(...imageErrors(image, `${path}.image`));
  for (const [index, { key, operator, values = [] }] of (spec.hostSelector?.matchExpressions ?? []).entries()) {
    const field = `${path}.hostSelector.matchExpressions[${index}]`;
    const known = selectorOperator(operator);
    if (!known) {
      const message = `"${operator}" is not supported: use In, NotIn, Exists or DoesNotExist`;
      errors.push({ field: `${field}.operator`, reason: 'FieldValueNotSupported', message });
    } else if ((known === 'In' || known === 'NotIn') && values.length === 0) {
      errors.push({
        field: `${field}.values`,
        reason: 'FieldValueRequired',
        message: `${known} of "${key}" needs at least one value`,
      });
    }
  }
  return errors;
}

function imageErrors(image: MachineImage, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!isUrl(image.url)) {
    const message = image.url === '' ? 'cannot be empty' : `"${image.url}" is not a URL with a scheme, such as https://…`;
    errors.push({ field: `${path}.url`, reason: image.url === '' ? 'FieldValueRequired' : 'FieldValueInvalid', message });
  }
  if (image.checksum === '' && image.diskFormat !== 'live-iso') {
    errors.push({
      field: `${path}.checksum`,
      reason: 'FieldValueRequired',
      message: 'cannot be empty unless the format is live-iso',
    });
  }
  if (/^https?:/.test(image.checksum) && !isUrl(image.checksum)) {
    errors.push({ field: `${path}.checksum`, reason: 'FieldValueInvalid', message: `"${image.checksum}" is not a URL` });
  }
  return errors;
}

function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) && URL.canParse(text);
}

/** The selector operator meant, whatever its case; undefined if there is none such. */
export function selectorOperator(text: string): 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | undefined {
  switch (text.toLowerCase()) {
    case 'in':
    case '=':
    case '==':
      return 'In';
    case 'notin':
    case '!=':
      return 'NotIn';
    case 'exists':
      return 'Exists';
    case 'doesnotexist':
    case '!':
      return 'DoesNotExist';
    default:
      return undefined;
  }
}

/** How the image's format moves between v1beta1 and the hub; `spec` is where the machine spec stands. */
export function imageMoves(spec: string): Move[] {
  return [{ old: `${spec}.image.format`, hub: `${spec}.image.diskFormat` }];
}

/** How the status of a Metal3Machine or Metal3Cluster moves between v1beta1 and the hub. */
export const STATUS_MOVES: readonly Move[] = [
  { old: 'status.ready', hub: 'status.initialization.provisioned' },
  { old: 'status.conditions', hub: 'status.deprecated.v1beta1.conditions' },
  { old: 'status.failureReason', hub: 'status.deprecated.v1beta1.failureReason' },
  { old: 'status.failureMessage', hub: 'status.deprecated.v1beta1.failureMessage' },
  { old: 'status.v1beta2.conditions', hub: 'status.conditions' },
];
