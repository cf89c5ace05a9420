/** For tests: objects at random, from a kind's own schemas. */
import fc from 'fast-check';
import { z } from 'zod';
import type { Json } from '../../store/object.ts';
import { ClusterName, ContractRef, DnsName, GoDuration, IntOrString, ObjectReference, Time } from './schema.ts';

const name = fc.stringMatching(/^[a-z]([-a-z0-9]{0,8}[a-z0-9])?$/);

const INFRASTRUCTURE = 'infrastructure.cluster.x-k8s.io';

/** Schemas whose rules a walker cannot follow. */
const KNOWN = new Map<z.ZodType, fc.Arbitrary<unknown>>([
  [ContractRef, name.map((to) => ({ apiGroup: INFRASTRUCTURE, kind: 'Thing', name: to }))],
  [
    ObjectReference,
    name.map((to) => ({ apiVersion: `${INFRASTRUCTURE}/v1beta1`, kind: 'Thing', name: to, namespace: 'clusters' })),
  ],
  [DnsName, name],
  [ClusterName, name],
  [
    Time,
    fc.integer({ min: 0, max: 2_000_000_000 }).map((seconds) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')),
  ],
  [
    GoDuration,
    fc.oneof(
      fc.integer({ min: 0, max: 100_000 }).map((seconds) => `${seconds}s`),
      fc.constantFrom('0', '10m0s', '1.5h', '1h0m30s', '250ms'),
    ),
  ],
  [
    IntOrString,
    fc.oneof(
      fc.integer({ min: 0, max: 100 }),
      fc.integer({ min: 0, max: 100 }).map((percent) => `${percent}%`),
    ),
  ],
]);

/** Values of a schema. Objects leave out optional fields half of the time. */
export function arbitraryOf(schema: z.ZodType): fc.Arbitrary<unknown> {
  const known = KNOWN.get(schema);
  if (known) return known;
  if (schema instanceof z.ZodObject) return objectOf(schema);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return arbitraryOf(schema.def.innerType as z.ZodType);
  if (schema instanceof z.ZodArray) {
    const item = arbitraryOf(schema.element as z.ZodType);
    // Lists of arguments and failure domains are maps in v1beta1: a name comes once, and order is by name.
    return fc.uniqueArray(item, { maxLength: 3, selector: (value) => nameOf(value) ?? JSON.stringify(value) }).map(sortedByName);
  }
  if (schema instanceof z.ZodRecord) return fc.dictionary(name, arbitraryOf(schema.valueType as z.ZodType), { maxKeys: 3 });
  if (schema instanceof z.ZodEnum) return fc.constantFrom(...(schema.options as string[]));
  if (schema instanceof z.ZodBoolean) return fc.boolean();
  if (schema instanceof z.ZodUnion) return fc.oneof(...(schema.options as z.ZodType[]).map(arbitraryOf));
  if (schema instanceof z.ZodNumber)
    return fc.integer({ min: Math.max(0, schema.minValue ?? 0), max: Math.min(100, schema.maxValue ?? 100) });
  if (schema instanceof z.ZodString) return stringOf(schema);
  // z.json() and other lazy things: passed through unread.
  return fc.constantFrom<Json>('x', 1, true);
}

function objectOf(schema: z.ZodObject): fc.Arbitrary<unknown> {
  const entries = Object.entries(schema.shape as Record<string, z.ZodType>);
  const requiredKeys = entries.filter(([, field]) => !field.safeParse(undefined).success).map(([key]) => key);
  return fc.record(Object.fromEntries(entries.map(([key, field]) => [key, arbitraryOf(field)])), {
    requiredKeys,
    noNullPrototype: true,
  });
}

function stringOf(schema: z.ZodString): fc.Arbitrary<string> {
  if (schema.safeParse('[1-2]').success && !schema.safeParse('x').success) return fc.constant('[1-2]');
  return name;
}

function nameOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'name' in value ? value.name : undefined;
}

function sortedByName(values: unknown[]): unknown[] {
  return values.every((value) => nameOf(value) !== undefined)
    ? values.toSorted((a, b) => (String(nameOf(a)) < String(nameOf(b)) ? -1 : 1))
    : values;
}
