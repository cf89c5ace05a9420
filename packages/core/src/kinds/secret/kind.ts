/** Secret (core/v1): credentials, keys and bootstrap data. `data` is encrypted at rest and shown only to who may get secrets. */
import { z } from 'zod';
import type { FieldError } from '../../errors.ts';
import { defineKind } from '../../registry/define-kind.ts';
import { fields, type Json, type KubeObject } from '../../store/object.ts';
import { validateData, validateImmutable } from '../config-map/kind.ts';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Text as a Secret's data holds it: base64 of UTF-8. */
export function toBase64(text: string): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** The text of one key of a Secret; undefined where the key is missing. */
export function secretText(secret: KubeObject, key: string): string | undefined {
  const value = (fields(secret).data as Record<string, string> | undefined)?.[key];
  if (value === undefined) return undefined;
  return new TextDecoder().decode(Uint8Array.from(atob(value), (character) => character.charCodeAt(0)));
}

/** Secret (core/v1). */
export const Secret = defineKind({
  group: '',
  kind: 'Secret',
  plural: 'secrets',
  scope: 'Namespaced',
  hub: 'v1',
  spec: z.never().optional(),
  status: z.never().optional(),
  fields: {
    type: z.string().default('Opaque'),
    data: z.record(z.string(), z.string()).optional(),
    stringData: z.record(z.string(), z.string()).optional(),
    immutable: z.boolean().optional(),
  },
  statusSubresource: false,
  columns: [
    { name: 'Type', type: 'string', of: (secret) => fields(secret).type as string },
    {
      name: 'Data',
      type: 'integer',
      description: 'Number of keys',
      of: (secret) => Object.keys(fields(secret).data ?? {}).length,
    },
    { name: 'Age', type: 'date', of: (secret) => secret.metadata.creationTimestamp },
  ],
  // `sealed` is where the door keeps annotations that quote the content (registry/seal.ts).
  secretFields: ['data', 'stringData', 'sealed'],
  strategicMergeKeys: {},
  selectableFields: ['type'],
  defaults: foldStringData,
  validate: (secret) => {
    const { data } = fields(secret);
    return [...validateData('data', data, 'base64'), ...notBase64(data)];
  },
  validateUpdate: (secret, was) => {
    const [now, before] = [fields(secret), fields(was)];
    const errors = validateImmutable(now, before, ['data']);
    if (now.type !== before.type) errors.push({ field: 'type', reason: 'FieldValueInvalid', message: 'field is immutable' });
    return errors;
  },
  description: 'Secret holds secret data: credentials, keys, bootstrap data.',
});

/** stringData is for writing only: it goes into data, over keys of the same name. */
function foldStringData(secret: KubeObject): void {
  const whole = secret as unknown as { data?: Record<string, string>; stringData?: Record<string, string> };
  if (!whole.stringData) return;
  const folded = Object.entries(whole.stringData).map(([key, text]) => [key, toBase64(text)]);
  whole.data = { ...whole.data, ...Object.fromEntries(folded) };
  delete whole.stringData;
}

function notBase64(data: Json | undefined): FieldError[] {
  return Object.entries((data ?? {}) as Record<string, string>)
    .filter(([, value]) => !BASE64.test(value))
    .map(([key]) => ({
      field: `data[${key}]`,
      reason: 'FieldValueInvalid',
      message: 'is not base64; put plain text under stringData instead',
    }));
}
