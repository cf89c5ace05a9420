/** What a write must fit to before anything is asked of its content: address, identity, namespace. */
import { AppError } from '../errors.ts';
import type { KubeObject } from '../store/object.ts';
import { refTo } from './define-kind.ts';
import { notFound } from './invalid.ts';
import type { Place, Target } from './pipeline-types.ts';
import type { Context } from './pipeline-write.ts';

/** The namespace a body says must be the one it is sent to. */
export function checkNamespace({ kind, namespace }: Place, object: KubeObject): void {
  const said = object.metadata.namespace;
  if (said === undefined || said === '' || (kind.scope === 'Namespaced' && said === namespace)) return;
  const message =
    kind.scope === 'Cluster'
      ? `${kind.kind} is cluster-scoped: metadata.namespace must be empty`
      : `the namespace of the provided object does not match the namespace sent on the request (${said} is not ${namespace ?? ''})`;
  throw new AppError('badRequest', message);
}

/** The name a body says must be the one it is sent to. */
export function checkName({ name }: Target, object: KubeObject): void {
  const said = object.metadata.name;
  if (!said || said === name) return;
  throw new AppError('badRequest', `the name of the object (${said}) does not match the name on the URL (${name})`);
}

/** A body with a uid means that one object, not another of the same name. */
export function checkUid({ kind, name }: Target, object: KubeObject, was: KubeObject): void {
  const said = object.metadata.uid;
  if (!said || said === was.metadata.uid) return;
  const message = `Operation cannot be fulfilled on ${kind.plural} "${name}": StorageError: invalid object, Precondition failed: UID in precondition: ${said}, UID in object meta: ${was.metadata.uid}`;
  throw new AppError('conflict', message, {
    causes: [{ field: 'metadata.uid', reason: 'FieldValueInvalid', message: 'differs' }],
  });
}

/** New objects need a namespace that exists and stays (apiserver's NamespaceLifecycle). */
export async function namespaceTakesNew({ store, registry }: Context, { kind, namespace = '' }: Place): Promise<void> {
  const namespaces = registry.byKind('', 'Namespace');
  if (kind.scope === 'Cluster' || !namespaces) return;
  const found = await store.get(refTo(namespaces, '', namespace));
  if (!found) throw notFound(namespaces, namespace);
  if (!found.metadata.deletionTimestamp) return;
  throw new AppError('forbidden', `unable to create new content in namespace ${namespace} because it is being terminated`, {
    subject: { group: kind.group, kind: kind.plural },
  });
}
