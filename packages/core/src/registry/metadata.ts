/** metadata as every kind has it: known fields, names, labels, owner references (apimachinery's rules). */
import type { FieldError } from '../errors.ts';
import type { Json } from '../store/object.ts';
import { isRecord, pathText } from './paths.ts';

/** The fields of metav1.ObjectMeta. */
export const METADATA_FIELDS: ReadonlySet<string> = new Set([
  ...['name', 'generateName', 'namespace', 'selfLink', 'uid', 'resourceVersion', 'generation', 'creationTimestamp'],
  ...[
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'labels',
    'annotations',
    'ownerReferences',
    'finalizers',
    'managedFields',
  ],
]);

const DNS_1123_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const QUALIFIED = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

/** Most bytes of all annotations together (apimachinery TotalAnnotationSizeLimitB). */
const MAX_ANNOTATION_BYTES = 256 * 1024;

/** Whether a text may name an object (RFC 1123 subdomain, at most 253 characters). */
function isName(text: string): boolean {
  return text.length <= 253 && DNS_1123_SUBDOMAIN.test(text);
}

/** Type errors and broken rules in a body's metadata. */
export function metadataErrors(metadata: Json | undefined): FieldError[] {
  if (metadata === undefined) return [];
  if (!isRecord(metadata)) return [wrong('metadata', 'FieldValueTypeInvalid', 'must be of type object')];
  return [
    ...['name', 'generateName', 'namespace', 'uid', 'resourceVersion'].flatMap((key) => textErrors(metadata, key)),
    ...mapErrors(
      metadata,
      'labels',
      (value) => value.length <= 63 && LABEL_VALUE.test(value),
      'a label has at most 63 characters',
    ),
    ...mapErrors(metadata, 'annotations', () => true, ''),
    ...annotationSize(metadata.annotations),
    ...finalizerErrors(metadata.finalizers),
    ...ownerErrors(metadata.ownerReferences),
  ];
}

/** Rules on the name an object is created with. */
export function nameErrors(name: string | undefined): FieldError[] {
  if (!name) return [wrong('metadata.name', 'FieldValueRequired', 'name or generateName is required')];
  if (isName(name)) return [];
  const rule =
    'a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, "-" or ".", must start and end with an alphanumeric character, and has at most 253 characters';
  return [wrong('metadata.name', 'FieldValueInvalid', rule)];
}

function textErrors(metadata: { [key: string]: Json }, key: string): FieldError[] {
  const value = metadata[key];
  if (value === undefined || typeof value === 'string') return [];
  return [wrong(`metadata.${key}`, 'FieldValueTypeInvalid', 'must be of type string')];
}

function mapErrors(
  metadata: { [key: string]: Json },
  part: string,
  valueIsFine: (value: string) => boolean,
  valueRule: string,
): FieldError[] {
  const map = metadata[part];
  if (map === undefined) return [];
  if (!isRecord(map)) return [wrong(`metadata.${part}`, 'FieldValueTypeInvalid', 'must be of type object')];
  return Object.entries(map).flatMap(([key, value]) => {
    const field = pathText(['metadata', part, key]);
    if (typeof value !== 'string') return [wrong(field, 'FieldValueTypeInvalid', 'must be of type string; put it in quotes')];
    // The prefix of a key is a DNS name, the name part has at most 63 characters.
    if (!QUALIFIED.test(part === 'annotations' ? key.toLowerCase() : key) || (key.split('/').at(-1) ?? '').length > 63) {
      return [
        wrong(field, 'FieldValueInvalid', 'a key is [prefix/]name, the name with at most 63 letters, digits, "-", "_", "."'),
      ];
    }
    return valueIsFine(value) ? [] : [wrong(field, 'FieldValueInvalid', `${valueRule}: letters, digits, "-", "_", "."`)];
  });
}

function annotationSize(annotations: Json | undefined): FieldError[] {
  if (!isRecord(annotations)) return [];
  const size = Object.entries(annotations).reduce((sum, [key, value]) => sum + key.length + String(value).length, 0);
  if (size <= MAX_ANNOTATION_BYTES) return [];
  return [wrong('metadata.annotations', 'FieldValueTooLong', `may not be more than ${MAX_ANNOTATION_BYTES} bytes`)];
}

function finalizerErrors(finalizers: Json | undefined): FieldError[] {
  if (finalizers === undefined) return [];
  if (!Array.isArray(finalizers)) return [wrong('metadata.finalizers', 'FieldValueTypeInvalid', 'must be of type array')];
  return finalizers.flatMap((finalizer, index) =>
    typeof finalizer === 'string' && QUALIFIED.test(finalizer)
      ? []
      : [wrong(`metadata.finalizers[${index}]`, 'FieldValueInvalid', 'a finalizer is a qualified name such as example.com/name')],
  );
}

function ownerErrors(owners: Json | undefined): FieldError[] {
  if (owners === undefined) return [];
  if (!Array.isArray(owners)) return [wrong('metadata.ownerReferences', 'FieldValueTypeInvalid', 'must be of type array')];
  const errors = owners.flatMap((owner, index) =>
    ['apiVersion', 'kind', 'name', 'uid'].flatMap((key) =>
      isRecord(owner) && typeof owner[key] === 'string' && owner[key] !== ''
        ? []
        : [wrong(`metadata.ownerReferences[${index}].${key}`, 'FieldValueRequired', 'is required')],
    ),
  );
  const controllers = owners.filter((owner) => isRecord(owner) && owner.controller === true).length;
  if (controllers > 1) {
    errors.push(wrong('metadata.ownerReferences', 'FieldValueInvalid', 'only one reference can have controller set to true'));
  }
  return errors;
}

function wrong(field: string, reason: FieldError['reason'], message: string): FieldError {
  return { field, reason, message };
}
