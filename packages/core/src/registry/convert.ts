/**
 * Conversion at the door. Only the hub is stored. What a version says and the hub cannot hold is kept in an annotation and given
 * back to readers of that version until the hub's field changes; what the hub holds and a version cannot say survives that
 * version's writes, unless they change the field it came from. Both rest on one rule: compare with the round trip.
 */
import { equalJson } from '../store/json.ts';
import type { Json, KubeObject } from '../store/object.ts';
import type { AnyKind, Version } from './define-kind.ts';
import { at, type Difference, lostFrom, type Step, setAt } from './paths.ts';
import { apiVersionOf } from './registry.ts';

/** The annotation of a version's leftovers: `[[path, value, what the round trip gave instead?] …]`. */
export function keptAnnotation(version: string): string {
  return `fleet.slipway.dev/kept-${version}`;
}

type Kept = [path: Step[], value: Json, instead?: Json][];

/** From the hub to a served version, with what was kept for that version. */
export function fromHub(kind: AnyKind, version: string, stored: KubeObject): KubeObject {
  if (version === kind.hub) return stored;
  const object = down(kind, version, stored);
  const annotation = keptAnnotation(version);
  const text = object.metadata.annotations?.[annotation];
  if (text === undefined) return object;
  object.metadata.annotations = { ...object.metadata.annotations };
  delete object.metadata.annotations[annotation];
  if (Object.keys(object.metadata.annotations).length === 0) delete object.metadata.annotations;
  for (const [path, value, instead] of readKept(text)) {
    if (equalJson(at(asJson(object), path), instead)) setAt(asJson(object), path, value);
  }
  return object;
}

/** From a served version to the hub. `was` is the stored object an update starts from. */
export function toHub(kind: AnyKind, version: string, object: KubeObject, was?: KubeObject): KubeObject {
  if (version === kind.hub) return object;
  const hub = up(kind, version, object);
  if (was) restoreHubOnly(kind, version, hub, was);
  const kept = keptOf(object, down(kind, version, hub));
  const annotations = { ...hub.metadata.annotations };
  delete annotations[keptAnnotation(version)];
  if (kept.length > 0) annotations[keptAnnotation(version)] = JSON.stringify(kept);
  const { annotations: _old, ...metadata } = hub.metadata;
  return { ...hub, metadata: Object.keys(annotations).length > 0 ? { ...metadata, annotations } : metadata };
}

/** Gives back what the stored object says and the version cannot, where the write left the neighbouring fields as they were. */
function restoreHubOnly(kind: AnyKind, version: string, hub: KubeObject, was: KubeObject): void {
  const roundTrip = up(kind, version, down(kind, version, was));
  for (const { path, a, b } of specDifferences(was, roundTrip)) {
    if (a !== undefined && equalJson(at(asJson(hub), path), b)) setAt(asJson(hub), path, structuredClone(a));
  }
}

function keptOf(said: KubeObject, roundTrip: KubeObject): Kept {
  return specDifferences(said, roundTrip).map(({ path, a, b }) => (b === undefined ? [path, a!] : [path, a!, b]));
}

/** Status is the planners': it is not kept, they write the hub. */
function specDifferences(a: KubeObject, b: KubeObject): Difference[] {
  return lostFrom(partsOf(a), partsOf(b));
}

function partsOf(object: KubeObject): Json {
  const { apiVersion: _a, kind: _k, metadata: _m, status: _s, ...rest } = object as unknown as { [key: string]: Json };
  return rest;
}

function down(kind: AnyKind, version: string, stored: KubeObject): KubeObject {
  return converted(kind, version, stored, versionOf(kind, version).fromHub);
}

function up(kind: AnyKind, version: string, object: KubeObject): KubeObject {
  return converted(kind, kind.hub, object, versionOf(kind, version).toHub);
}

function converted(kind: AnyKind, version: string, object: KubeObject, convert?: (object: KubeObject) => KubeObject): KubeObject {
  const copy = structuredClone(object);
  // Undefined keys are no keys: converters may write `spec.x = from.y` without asking.
  const result = JSON.parse(JSON.stringify(convert ? convert(copy) : copy)) as KubeObject;
  return { ...result, apiVersion: apiVersionOf(kind.group, version), kind: kind.kind };
}

function versionOf(kind: AnyKind, name: string): Version {
  const version = kind.versions.find((candidate) => candidate.name === name);
  if (!version) throw new Error(`${kind.kind} has no version ${name}`);
  return version;
}

function readKept(text: string): Kept {
  try {
    const kept = JSON.parse(text) as Kept;
    return Array.isArray(kept) ? kept.filter((entry) => Array.isArray(entry) && Array.isArray(entry[0])) : [];
  } catch {
    // Somebody wrote the annotation by hand: it holds nothing then.
    return [];
  }
}

function asJson(object: KubeObject): Json {
  return object as unknown as Json;
}
