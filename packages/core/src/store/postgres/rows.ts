/** Objects as rows and back; the only place where secret fields are sealed and opened. */
import type { Cipher } from '../cipher.ts';
import { fields, groupOf, type Json, type KubeObject, type ObjectMeta } from '../object.ts';
import type { StoreOptions } from '../store.ts';
import type { LogEntry } from '../watching.ts';

/** A row of `objects`, or of `events` (the same columns and a few more). bigint arrives as text. */
export interface ObjectRow {
  uid: string;
  api_version: string;
  kind: string;
  version: string;
  generation: string;
  meta: ObjectMeta;
  spec: unknown;
  status: unknown;
  rest: Record<string, Json> | null;
}

/** A row of `events`. */
export interface EventRow extends ObjectRow {
  type: LogEntry['type'];
  labels_before: Record<string, string> | null;
}

/** An object's parts as they are stored: sealed where they must be. */
export interface Parts {
  meta: Omit<ObjectMeta, 'resourceVersion' | 'generation'>;
  spec?: unknown;
  status?: unknown;
  rest?: Record<string, Json>;
}

/** Seals and opens. */
export interface Rows {
  parts(object: KubeObject): Parts;
  object(row: ObjectRow): KubeObject;
  entry(row: EventRow): LogEntry;
}

/** kubectl keeps the whole applied manifest in this annotation, a Secret's data included. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

interface Sealed {
  $sealed: string;
}

/** Rows for a cipher and the kinds' secret fields. */
export function createRows(cipher: Cipher, secretFields: StoreOptions['secretFields']): Rows {
  const secretsOf = (object: { apiVersion: string; kind: string }) =>
    secretFields({ group: groupOf(object.apiVersion), kind: object.kind });
  const seal = (value: unknown, place: string): Sealed => ({ $sealed: cipher.seal(JSON.stringify(value), place) });
  const open = (value: unknown, place: string) => (isSealed(value) ? JSON.parse(cipher.open(value.$sealed, place)) : value);

  const parts = (object: KubeObject): Parts => {
    const { resourceVersion: _v, generation: _g, ...meta } = object.metadata;
    const stored: Parts = { meta, spec: object.spec ?? undefined, status: object.status ?? undefined };
    const rest = fields(object);
    const secrets = secretsOf(object);
    for (const field of secrets) {
      const place = `${meta.uid}/${field}`;
      if (field === 'spec' || field === 'status') {
        if (stored[field] !== undefined) stored[field] = seal(stored[field], place);
      } else if (rest[field] !== undefined) rest[field] = { ...seal(rest[field], place) };
    }
    if (Object.keys(rest).length) stored.rest = rest;
    const applied = meta.annotations?.[LAST_APPLIED];
    if (secrets.length && applied !== undefined) {
      const sealed = cipher.seal(applied, `${meta.uid}/${LAST_APPLIED}`);
      stored.meta = { ...meta, annotations: { ...meta.annotations, [LAST_APPLIED]: sealed } };
    }
    return stored;
  };

  const object = (row: ObjectRow): KubeObject => {
    const secrets = secretsOf({ apiVersion: row.api_version, kind: row.kind });
    const metadata: ObjectMeta = { ...row.meta, resourceVersion: row.version, generation: Number(row.generation) };
    const made: Record<string, unknown> = { apiVersion: row.api_version, kind: row.kind, metadata, ...row.rest };
    if (row.spec !== null) made.spec = row.spec;
    if (row.status !== null) made.status = row.status;
    for (const field of secrets) if (made[field] !== undefined) made[field] = open(made[field], `${row.uid}/${field}`);
    const applied = metadata.annotations?.[LAST_APPLIED];
    if (secrets.length && applied !== undefined) {
      metadata.annotations = { ...metadata.annotations, [LAST_APPLIED]: cipher.open(applied, `${row.uid}/${LAST_APPLIED}`) };
    }
    return made as unknown as KubeObject;
  };

  return {
    parts,
    object,
    entry: (row) => ({
      version: Number(row.version),
      type: row.type,
      object: object(row),
      labelsBefore: row.labels_before ?? undefined,
    }),
  };
}

function isSealed(value: unknown): value is Sealed {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Sealed>).$sealed === 'string';
}
