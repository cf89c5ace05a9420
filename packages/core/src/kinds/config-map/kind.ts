/** ConfigMap (core/v1): plain configuration, such as a site's CNI manifest. */
import { z } from 'zod';
import type { FieldError } from '../../errors.ts';
import { defineKind } from '../../registry/define-kind.ts';
import { fields, type Json } from '../../store/object.ts';

/** Most bytes of a ConfigMap's or a Secret's data (core/v1 MaxSecretSize). */
export const MAX_DATA_BYTES = 1024 * 1024;

const KEY = /^[-._a-zA-Z0-9]{1,253}$/;

/** Rules on the keys and the size of a data map, as core/v1 has them for ConfigMap and Secret. Values are never quoted. */
export function validateData(field: string, data: Json | undefined, values: 'text' | 'base64'): FieldError[] {
  const entries = Object.entries((data ?? {}) as Record<string, string>);
  const errors: FieldError[] = entries
    .filter(([key]) => !KEY.test(key))
    .map(([key]) => ({
      field: `${field}[${key}]`,
      reason: 'FieldValueInvalid',
      message: 'a key has 1 to 253 characters out of letters, digits, "-", "_" and "."',
    }));
  const text = entries.reduce((sum, [, value]) => sum + value.length, 0);
  // Four characters of base64 are three bytes.
  const size = values === 'base64' ? (text * 3) / 4 : text;
  if (size > MAX_DATA_BYTES) errors.push({ field, reason: 'FieldValueTooLong', message: 'may hold at most 1 MiB' });
  return errors;
}

/** Rules on a change of what is marked immutable (core/v1 ConfigMap and Secret). */
export function validateImmutable(now: Record<string, Json>, was: Record<string, Json>, parts: readonly string[]): FieldError[] {
  if (was.immutable !== true) return [];
  const message = 'field is immutable when `immutable` is set';
  const same = (part: string) => canonical(now[part]) === canonical(was[part]);
  const changed = parts.filter((part) => !same(part));
  if (now.immutable !== true) changed.push('immutable');
  return changed.map((field) => ({ field, reason: 'FieldValueForbidden', message }));
}

function canonical(value: Json | undefined): string {
  return JSON.stringify(Object.entries((value ?? {}) as Record<string, Json>).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** ConfigMap (core/v1). */
export const ConfigMap = defineKind({
  group: '',
  kind: 'ConfigMap',
  plural: 'configmaps',
  shortNames: ['cm'],
  scope: 'Namespaced',
  hub: 'v1',
  spec: z.never().optional(),
  status: z.never().optional(),
  fields: {
    data: z.record(z.string(), z.string()).optional(),
    binaryData: z.record(z.string(), z.string()).optional(),
    immutable: z.boolean().optional(),
  },
  statusSubresource: false,
  columns: [
    {
      name: 'Data',
      type: 'integer',
      description: 'Number of keys',
      of: (map) => {
        const { data, binaryData } = fields(map);
        return Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length;
      },
    },
    { name: 'Age', type: 'date', of: (map) => map.metadata.creationTimestamp },
  ],
  strategicMergeKeys: {},
  validate: (map) => {
    const { data, binaryData } = fields(map);
    return [...validateData('data', data, 'text'), ...validateData('binaryData', binaryData, 'base64')];
  },
  validateUpdate: (map, was) => validateImmutable(fields(map), fields(was), ['data', 'binaryData']),
  description: 'ConfigMap holds configuration data for others to read.',
});
