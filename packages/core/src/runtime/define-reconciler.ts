/**
 * A reconciler: observe → plan. `observe` reads, `plan` decides: synchronous and pure, no clock, no randomness, no I/O.
 * The executor (execute.ts) is the only place with effects.
 */
import type { AnyKind, Kind } from '../registry/define-kind.ts';
import type { KubeObject } from '../store/object.ts';
import type { LabelSelector } from '../store/selector.ts';
import type { Expect, Observation, Operation, Wake } from '../store/store.ts';
import type { Action } from './actions.ts';
import type { Limits } from './limits.ts';

/** What a plan may use besides what was observed. */
export interface Env {
  /** The database's time of the read. */
  now: Date;
  /** Five random lower-case letters and digits without vowels, as Kubernetes' generateName appends. A fresh one per call. */
  suffix: () => string;
  limits: Limits;
}

/** Why an object is not yet as wanted: shown unchanged to people (DESIGN-LANGUAGE section 5). Absolute times only, no counters that tick. */
export interface Because {
  /** One sentence, at most 160 characters: what it waits for. */
  sentence: string;
  /** RFC 3339; since when. */
  since?: string;
  /** RFC 3339 and what happens then; undefined = no limit. */
  limit?: { at: string; then: string };
  /** What a person can do; undefined = wait. */
  wayOut?: string;
  /** waits = only takes its time; caution = will not end well by itself; fault = has failed. */
  tone: 'waits' | 'caution' | 'fault';
}

/** What a plan decides. */
export interface Plan {
  actions: Action[];
  /** Kept as the observation `because` of the object; null = all is as wanted. */
  because: Because | null;
  /** Runs the key again after this, if nothing wakes it before. */
  wakeAfterSeconds?: number;
  /** Further versions this plan stood on, besides those it writes (write skew). */
  expects?: Expect[];
}

/** Reads for `observe`. Everything comes from the store; Secrets show no content. */
export interface Reader {
  get<Spec, Status>(kind: Kind<Spec, Status>, namespace: string, name: string): Promise<KubeObject<Spec, Status> | null>;
  /** By group and kind as written in a reference (`infrastructureRef`). null where the kind or object is unknown. */
  getAny(group: string, kind: string, namespace: string, name: string): Promise<KubeObject | null>;
  list<Spec, Status>(
    kind: Kind<Spec, Status>,
    namespace: string | undefined,
    selector?: LabelSelector,
  ): Promise<KubeObject<Spec, Status>[]>;
  /** Objects of a kind with this owner. */
  owned<Spec, Status>(kind: Kind<Spec, Status>, ownerUid: string): Promise<KubeObject<Spec, Status>[]>;
  /** A Secret's outside: never its content. */
  secret(namespace: string, name: string): Promise<SecretOutside | null>;
  operations(subjectUid: string): Promise<Operation[]>;
  observations(subject: string): Promise<Observation[]>;
}

/** What a planner may know of a Secret. */
export interface SecretOutside {
  namespace: string;
  name: string;
  uid: string;
  resourceVersion: string;
  type: string;
  /** Keys of data, sorted. */
  keys: string[];
  /** Annotation `fleet.slipway.dev/inputs-digest`, for Secrets made by ensureSecret. */
  inputsDigest?: string;
  labels: Record<string, string>;
}

/** A kind whose changes wake this reconciler. `wakes` names the keys, or a selection that the store resolves in the same transaction. */
export interface Reads {
  kind: AnyKind;
  wakes: (object: KubeObject) => KeyOf[];
}

/** A key of this reconciler, or a selection of the objects it is for. */
export type KeyOf =
  | { namespace: string; name: string }
  | { namespace?: string; labels?: Record<string, string>; ownerUid?: string };

/** What one writes to declare a reconciler. */
export interface ReconcilerDeclaration<Spec, Status, Seen> {
  /** The plural of its kind unless one kind has several. Part of the queue's keys: renaming it orphans them. */
  name: string;
  for: Kind<Spec, Status>;
  /** Wakes the owner (controller or not) when one of these changes; may be created, changed and deleted where owned. */
  owns?: AnyKind[];
  reads?: Reads[];
  /** Field paths it may write on objects it does not own, by `group/Kind`: `{ 'metal3.io/BareMetalHost': ['spec.image', 'metadata.finalizers'] }`. `*` after a dot matches one level; a path covers what is below it. */
  writes?: Record<string, string[]>;
  /** null = the object is gone and nothing is to be done. */
  observe: (reader: Reader, key: { namespace: string; name: string }) => Promise<Seen | null>;
  plan: (seen: Seen, env: Env) => Plan;
}

/** A reconciler with its types given up, for the list of reconcilers. */
export interface Reconciler {
  name: string;
  for: AnyKind;
  owns: AnyKind[];
  reads: Reads[];
  writes: Record<string, string[]>;
  observe: (reader: Reader, key: { namespace: string; name: string }) => Promise<unknown>;
  plan: (seen: never, env: Env) => Plan;
}

/** Declares a reconciler. */
export function defineReconciler<Spec, Status, Seen>(declaration: ReconcilerDeclaration<Spec, Status, Seen>): Reconciler {
  return { owns: [], reads: [], writes: {}, ...declaration } as Reconciler;
}

/** The wake-ups a change causes, from the declarations: the object's own key, its owners' keys, and the readers'. */
export function wakesOf(
  reconcilers: readonly Reconciler[],
): (change: { before: KubeObject | null; after: KubeObject | null }) => Wake[] {
  return ({ before, after }) => {
    const wakes: Wake[] = [];
    for (const object of after && before ? [after, before] : [after ?? before]) {
      if (!object) continue;
      for (const reconciler of reconcilers) wakes.push(...wakesFor(reconciler, object));
    }
    return unique(wakes);
  };
}

function wakesFor(reconciler: Reconciler, object: KubeObject): Wake[] {
  const is = (kind: AnyKind) => kind.kind === object.kind && kind.group === groupOfApiVersion(object.apiVersion);
  const wakes: Wake[] = [];
  const namespace = object.metadata.namespace ?? '';
  if (is(reconciler.for)) wakes.push({ reconciler: reconciler.name, namespace, name: object.metadata.name });
  if (reconciler.owns.some(is)) {
    for (const owner of object.metadata.ownerReferences ?? []) {
      if (owner.kind !== reconciler.for.kind || groupOfApiVersion(owner.apiVersion) !== reconciler.for.group) continue;
      wakes.push({ reconciler: reconciler.name, namespace, name: owner.name });
    }
  }
  for (const reads of reconciler.reads) {
    if (!is(reads.kind)) continue;
    for (const key of reads.wakes(object)) {
      if ('name' in key) wakes.push({ reconciler: reconciler.name, ...key });
      else
        wakes.push({ reconciler: reconciler.name, select: { group: reconciler.for.group, kind: reconciler.for.kind, ...key } });
    }
  }
  return wakes;
}

function groupOfApiVersion(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

function unique(wakes: Wake[]): Wake[] {
  return [...new Map(wakes.map((wake) => [JSON.stringify(wake), wake])).values()];
}
