/** Deleting a Namespace deletes what is in it, then itself. */
import type { AnyKind } from '../../registry/define-kind.ts';
import { type Action, remove, update } from '../../runtime/actions.ts';
import { defineReconciler, type Env, type Plan, type Reconciler } from '../../runtime/define-reconciler.ts';
import type { KubeObject } from '../../store/object.ts';
import { NAMESPACE_FINALIZER, Namespace } from './kind.ts';

/** What is seen of a Namespace: of one that goes, also what is left in it. */
export interface NamespaceSeen {
  namespace: KubeObject<{ finalizers?: string[] }, { phase?: 'Active' | 'Terminating' } | undefined>;
  left: KubeObject[];
}

/** How soon to look again after deleting: what had no finalizer is gone by then, and wakes nobody. */
const LOOK_AGAIN_SECONDS = 1;

/** The reconciler, told which kinds live in namespaces: it cannot import the list of kinds it is part of. */
export function namespaceReconciler(kinds: readonly AnyKind[]): Reconciler {
  const namespaced = kinds.filter((kind) => kind.scope === 'Namespaced');
  return defineReconciler({
    name: 'namespaces',
    for: Namespace,
    reads: namespaced.map((kind) => ({ kind, wakes: wakesWhenGoing })),
    writes: Object.fromEntries(
      namespaced.map((kind) => [kind.group === '' ? kind.kind : `${kind.group}/${kind.kind}`, ['delete']]),
    ),
    observe: async (reader, { name }): Promise<NamespaceSeen | null> => {
      const namespace = await reader.get(Namespace, '', name);
      if (!namespace) return null;
      if (!namespace.metadata.deletionTimestamp) return { namespace, left: [] };
      const left: KubeObject[] = [];
      for (const kind of namespaced) left.push(...((await reader.list(kind, name)) as KubeObject[]));
      return { namespace, left };
    },
    plan: planNamespace,
  });
}

/** Only what is going may unblock its Namespace; waking on every change of every object would double the queue's work. */
function wakesWhenGoing(object: KubeObject): { namespace: string; name: string }[] {
  const { deletionTimestamp, namespace } = object.metadata;
  return deletionTimestamp && namespace ? [{ namespace: '', name: namespace }] : [];
}

/** The plan: hold on to the Namespace while it lives, empty it when it goes, then let go. */
export function planNamespace({ namespace, left }: NamespaceSeen, env: Pick<Env, 'limits'>): Plan {
  if (!namespace.metadata.deletionTimestamp) return { actions: held(namespace), because: null };
  if (left.length === 0) return { actions: [update(namespace, letGo)], because: null };
  const actions: Action[] = namespace.status?.phase === 'Terminating' ? [] : [update(namespace, sayTerminating)];
  const room = env.limits.actionsPerPlan - actions.length;
  const doomed = nextToGo(left).slice(0, room);
  actions.push(...doomed.map((object) => remove(object)));
  const kinds = [...new Set(left.map((object) => object.kind))].sort().slice(0, 5);
  return {
    actions,
    because: {
      sentence: `Deleting; waits until what is in it is gone (${kinds.join(', ')})`.slice(0, 160),
      since: namespace.metadata.deletionTimestamp,
      tone: 'waits',
    },
    ...(doomed.length > 0 ? { wakeAfterSeconds: LOOK_AGAIN_SECONDS } : {}),
  };
}

/**
 * What to delete now. Owners before what they own: their reconcilers know the order. Core kinds last: a Secret is what a Cluster or
 * a host needs to go in good order.
 */
function nextToGo(left: readonly KubeObject[]): KubeObject[] {
  const own = left.filter((object) => object.apiVersion.includes('/'));
  const round = own.length > 0 ? own : left;
  const present = new Set(left.map((object) => object.metadata.uid));
  const free = round.filter((object) => !object.metadata.ownerReferences?.some((owner) => present.has(owner.uid)));
  return free.filter((object) => !object.metadata.deletionTimestamp);
}

function held(namespace: NamespaceSeen['namespace']): Action[] {
  if (namespace.metadata.finalizers?.includes(NAMESPACE_FINALIZER)) return [];
  const hold = (copy: typeof namespace) => {
    copy.metadata.finalizers = [...(copy.metadata.finalizers ?? []), NAMESPACE_FINALIZER];
  };
  return [update(namespace, hold)];
}

function letGo(copy: NamespaceSeen['namespace']): void {
  copy.metadata.finalizers = copy.metadata.finalizers?.filter((finalizer) => finalizer !== NAMESPACE_FINALIZER);
}

function sayTerminating(copy: NamespaceSeen['namespace']): void {
  copy.status = { phase: 'Terminating' };
}
