/**
 * Who may write what: on its own object and on rows it owns a reconciler may write everything; on others only the field paths it
 * declares in `writes` (DESIGN section 3, Reconciler). The executor refuses the rest: a planner's mistake, never retried into effect.
 */
import { AppError } from '../errors.ts';
import { groupOf, isOwnedBy, type KubeObject, refKey, refOf } from '../store/object.ts';
import type { Action } from './actions.ts';
import type { Reconciler } from './define-reconciler.ts';

/** Throws `forbidden` if the reconciler, acting for `self`, may not do this. */
export function assertMayWrite(reconciler: Reconciler, self: KubeObject, action: Action): void {
  switch (action.do) {
    case 'event':
    case 'operation':
      return;
    case 'ensureSecret':
      if (action.owner.metadata.uid !== self.metadata.uid)
        refuse(reconciler, self, `makes Secret ${action.secret.name} for another owner`);
      return;
    case 'create': {
      const { object } = action;
      const owned = object.metadata.ownerReferences?.some((owner) => owner.uid === self.metadata.uid) ?? false;
      if (!owned || !declaresOwned(reconciler, object)) {
        refuse(reconciler, self, `creates ${object.kind} ${object.metadata.name} without owning it`);
      }
      return;
    }
    case 'delete':
      if (!isOwn(reconciler, self, action.was) && !declaredPaths(reconciler, action.was).includes('delete')) {
        refuse(reconciler, self, `deletes ${refKey(refOf(action.was))}, which it does not own`);
      }
      return;
    case 'update': {
      if (isOwn(reconciler, self, action.was)) return;
      const allowed = declaredPaths(reconciler, action.was);
      const wrong = changedPaths(action.was, action.object).filter((path) => !allowed.some((pattern) => covers(pattern, path)));
      if (wrong.length > 0) refuse(reconciler, self, `writes ${wrong.join(', ')} of ${refKey(refOf(action.was))}`);
      return;
    }
    default:
      action satisfies never;
  }
}

function refuse(reconciler: Reconciler, self: KubeObject, what: string): never {
  throw new AppError(
    'forbidden',
    `reconciler ${reconciler.name} for ${refKey(refOf(self))} ${what}; it is not declared in owns or writes`,
  );
}

function isOwn(reconciler: Reconciler, self: KubeObject, object: KubeObject): boolean {
  if (object.metadata.uid === self.metadata.uid) return true;
  return isOwnedBy(object, self.metadata.uid) && declaresOwned(reconciler, object);
}

function declaresOwned(reconciler: Reconciler, object: { apiVersion: string; kind: string }): boolean {
  const group = groupOf(object.apiVersion);
  return reconciler.owns.some((kind) => kind.kind === object.kind && kind.group === group);
}

function declaredPaths(reconciler: Reconciler, object: KubeObject): string[] {
  const group = groupOf(object.apiVersion);
  return reconciler.writes[group === '' ? object.kind : `${group}/${object.kind}`] ?? [];
}

/** Dotted paths of the leaves that differ (a list is one leaf). Resource version, generation and managed fields are the store's. */
export function changedPaths(was: unknown, now: unknown, path = ''): string[] {
  if (Object.is(was, now)) return [];
  if (isRecord(was) && isRecord(now)) {
    const keys = new Set([...Object.keys(was), ...Object.keys(now)]);
    const paths: string[] = [];
    for (const key of keys) paths.push(...changedPaths(was[key], now[key], path === '' ? key : `${path}.${key}`));
    return paths;
  }
  if (isRecord(was) && now === undefined) return Object.keys(was).length === 0 ? [] : [path];
  if (isRecord(now) && was === undefined)
    return Object.keys(now).length === 0 ? [] : Object.keys(now).map((key) => `${path}.${key}`);
  return JSON.stringify(was) === JSON.stringify(now) ? [] : [path];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a declared path covers a changed one: equal, or above it. `*` matches one level. Keys with dots (labels) are covered by their parent. */
function covers(pattern: string, path: string): boolean {
  if (pattern === path || path.startsWith(`${pattern}.`)) return true;
  if (!pattern.includes('*')) return false;
  const source = pattern
    .split('.')
    .map((part) => (part === '*' ? '[^.]+' : part.replaceAll(/[^\w-]/g, '\\$&')))
    .join('\\.');
  return new RegExp(`^${source}(\\.|$)`).test(path);
}
