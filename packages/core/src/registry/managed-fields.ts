/**
 * Who said what: metadata.managedFields, and server-side apply on top of it (structured-merge-diff's rules).
 * An apply owns what it says; what it no longer says goes, unless somebody else owns it; what another owns with another value is
 * a conflict unless forced. Any other write owns what it changes. Pure.
 */
import { AppError, type FieldError } from '../errors.ts';
import { equalJson } from '../store/json.ts';
import type { Json, KubeObject, ManagedFieldsEntry } from '../store/object.ts';
import {
  changedFields,
  difference,
  eachLeaf,
  type FieldSet,
  fieldsOf,
  intersection,
  isLeaf,
  type ListKeys,
  leafTexts,
  removeAt,
  union,
  valueAt,
} from './field-sets.ts';
import { isRecord } from './paths.ts';

/** Who writes, through what, and when. */
export interface Writer {
  manager: string;
  apiVersion: string;
  subresource?: string;
  /** RFC 3339. */
  time: string;
}

/** Most managers kept for updates; older ones are folded into one (apiserver's DefaultMaxUpdateManagers). */
const MOST_UPDATE_MANAGERS = 10;

/** Fields no manager owns: they name the object or are the server's. */
const NOBODYS = new Set([
  ...['name', 'namespace', 'generateName', 'uid', 'resourceVersion', 'generation', 'creationTimestamp', 'selfLink'],
  ...['deletionTimestamp', 'deletionGracePeriodSeconds', 'managedFields'],
]);

/** managedFields after a write that is no apply: the writer owns what it changed, others lose it, and what is gone has no owner. */
export function afterUpdate(
  was: KubeObject | undefined,
  now: KubeObject,
  keys: ListKeys,
  writer: Writer,
  entries: readonly ManagedFieldsEntry[] = was?.metadata.managedFields ?? [],
): ManagedFieldsEntry[] {
  const [before, after] = [was ? ownable(was) : undefined, ownable(now)];
  const changed = changedFields(before, after, keys);
  const gone = before ? difference(fieldsOf(before, keys), fieldsOf(after, keys)) : {};
  if (isLeaf(changed) && isLeaf(gone)) return [...entries];
  const others = entries
    .filter((entry) => !isOf(entry, writer, 'Update'))
    .map((entry) => withFields(entry, difference(difference(setOf(entry), changed), gone)));
  const own = entries.find((entry) => isOf(entry, writer, 'Update'));
  const fields = union(difference(own ? setOf(own) : {}, gone), changed);
  return capped([...others, entryOf(writer, 'Update', fields)].filter((entry) => !isLeaf(setOf(entry))));
}

/** What an apply makes of the live object. Throws `conflict` with the fields of others as causes, unless forced. */
export function applyConfiguration(
  live: KubeObject,
  said: KubeObject,
  keys: ListKeys,
  writer: Writer,
  force: boolean,
): { object: KubeObject; managedFields: ManagedFieldsEntry[] } {
  const wanted = ownable(said);
  const wantedSet = fieldsOf(wanted, keys);
  const entries = live.metadata.managedFields ?? beforeFirstApply(live, keys, writer);
  const others = entries.filter((entry) => !isOf(entry, writer, 'Apply'));
  const differing = changedFields(ownable(live), wanted, keys);
  const conflicts = others.map((entry) => intersection(differing, setOf(entry)));
  if (!force) refuseConflicts(others, conflicts);
  const kept = others.map((entry, index) => withFields(entry, difference(setOf(entry), conflicts[index]!)));
  const own = entries.find((entry) => isOf(entry, writer, 'Apply'));
  const object = mergeInto(live, wanted, keys);
  if (own) removeUnowned(object, difference(setOf(own), wantedSet), kept, keys);
  const managedFields = [...kept.filter((entry) => !isLeaf(setOf(entry))), entryOf(writer, 'Apply', wantedSet)];
  // Times alone are no change: an apply that says nothing new writes nothing.
  const unchanged = own && equalJson(own.fieldsV1, wantedSet) && equalJson(ownable(object), ownable(live));
  return { object, managedFields: unchanged ? [...entries] : managedFields };
}

function refuseConflicts(others: readonly ManagedFieldsEntry[], conflicts: readonly FieldSet[]): void {
  const causes = others.flatMap((entry, index) =>
    leafTexts(conflicts[index]!).map(
      (field): FieldError => ({
        field,
        reason: 'FieldManagerConflict',
        message: `conflict with ${managerText(entry)}`,
      }),
    ),
  );
  if (causes.length === 0) return;
  const list = causes.map((cause) => `${cause.message}: ${cause.field}`).join('\n- ');
  const message = `Apply failed with ${causes.length} conflict${causes.length === 1 ? '' : 's'}: ${causes.length === 1 ? '' : '\n- '}${list}`;
  throw new AppError('conflict', message, { causes });
}

/** As Kubernetes names a manager in a conflict: an updater also by its version and time. */
function managerText({ manager, subresource, operation, apiVersion, time }: ManagedFieldsEntry): string {
  const through = subresource ? ` with subresource "${subresource}"` : '';
  return `"${manager}"${through}${operation === 'Update' ? ` using ${apiVersion}${time ? ` at ${time}` : ''}` : ''}`;
}

/** An object that nobody is written down for belongs, as far as is known, to whoever wrote it before. */
function beforeFirstApply(live: KubeObject, keys: ListKeys, writer: Writer): ManagedFieldsEntry[] {
  const fields = fieldsOf(ownable(live), keys);
  return isLeaf(fields) ? [] : [entryOf({ ...writer, manager: 'before-first-apply' }, 'Update', fields)];
}

function removeUnowned(object: KubeObject, gone: FieldSet, others: readonly ManagedFieldsEntry[], keys: ListKeys): void {
  const root = object as unknown as Json;
  eachLeaf(gone, (steps) => {
    const ownedElsewhere = others.some((entry) => hasField(setOf(entry), steps));
    const value = valueAt(root, steps, keys);
    // Who once said "empty" does not own what others have put in since.
    const filled = isRecord(value) && Object.keys(value).length > 0 && steps.at(-1) !== '.';
    if (!ownedElsewhere && value !== undefined && !filled) {
      // A keyed item goes as a whole only when its own mark goes.
      removeAt(root, steps.at(-1) === '.' ? steps.slice(0, -1) : steps, keys);
    }
  });
}

function hasField(set: FieldSet, steps: readonly string[]): boolean {
  let here: FieldSet | undefined = set;
  for (const step of steps) {
    here = here[step];
    if (here === undefined) return false;
  }
  return true;
}

function mergeInto(live: KubeObject, wanted: { [key: string]: Json }, keys: ListKeys): KubeObject {
  return merge(live as unknown as Json, wanted, keys, '') as unknown as KubeObject;
}

function merge(live: Json | undefined, wanted: Json, keys: ListKeys, path: string): Json {
  if (isRecord(wanted)) {
    const result: { [key: string]: Json } = isRecord(live) ? structuredClone(live) : {};
    for (const [key, value] of Object.entries(wanted)) {
      result[key] = merge(result[key], value, keys, path === '' ? key : `${path}.${key}`);
    }
    return result;
  }
  const key = keys[path];
  if (!Array.isArray(wanted) || !Array.isArray(live) || key === undefined) return structuredClone(wanted);
  const result = structuredClone(live);
  for (const item of wanted) {
    const index = result.findIndex((other) => sameItem(other, item, key));
    if (index < 0) result.push(structuredClone(item));
    else result[index] = merge(result[index], item, keys, path);
  }
  return result;
}

function sameItem(a: Json, b: Json, key: string): boolean {
  return key !== '' && isRecord(a) && isRecord(b) ? equalJson(a[key], b[key]) : equalJson(a, b);
}

/** The part of an object that managers own. */
function ownable(object: KubeObject): { [key: string]: Json } {
  const { apiVersion: _a, kind: _k, metadata, ...rest } = object as unknown as { [key: string]: Json };
  const owned = Object.entries(isRecord(metadata) ? metadata : {}).filter(([key]) => !NOBODYS.has(key));
  return owned.length > 0 ? { ...withoutUndefined(rest), metadata: Object.fromEntries(owned) } : withoutUndefined(rest);
}

function withoutUndefined(value: { [key: string]: Json }): { [key: string]: Json } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined));
}

function isOf(entry: ManagedFieldsEntry, writer: Writer, operation: 'Apply' | 'Update'): boolean {
  const same = entry.manager === writer.manager && entry.operation === operation && entry.subresource === writer.subresource;
  return same && (operation === 'Apply' || entry.apiVersion === writer.apiVersion);
}

function entryOf(writer: Writer, operation: 'Apply' | 'Update', fields: FieldSet): ManagedFieldsEntry {
  const { manager, apiVersion, subresource, time } = writer;
  return {
    manager,
    operation,
    apiVersion,
    time,
    fieldsType: 'FieldsV1',
    fieldsV1: fields as ManagedFieldsEntry['fieldsV1'],
    ...(subresource ? { subresource } : {}),
  };
}

function setOf(entry: ManagedFieldsEntry): FieldSet {
  return entry.fieldsV1 as unknown as FieldSet;
}

function withFields(entry: ManagedFieldsEntry, fields: FieldSet): ManagedFieldsEntry {
  return { ...entry, fieldsV1: fields as ManagedFieldsEntry['fieldsV1'] };
}

function capped(entries: ManagedFieldsEntry[]): ManagedFieldsEntry[] {
  const updates = entries.filter((entry) => entry.operation === 'Update');
  if (updates.length <= MOST_UPDATE_MANAGERS) return entries;
  const byAge = [...updates].sort((a, b) => (a.time ?? '').localeCompare(b.time ?? ''));
  const folded = byAge.slice(0, updates.length - MOST_UPDATE_MANAGERS + 1);
  const fields = folded.reduce((set, entry) => union(set, setOf(entry)), {} as FieldSet);
  return [
    withFields({ ...folded[0]!, manager: 'ancient-changes' }, fields),
    ...entries.filter((entry) => !folded.includes(entry)),
  ];
}
