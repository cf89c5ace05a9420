/** The Reader that `observe` gets: typed reads from the store; of a Secret only its outside. */
import { AppError } from '../errors.ts';
import type { Kind } from '../registry/define-kind.ts';
import { fields, isOwnedBy, type KubeObject, refKey } from '../store/object.ts';
import { type LabelSelector, requirementsOf } from '../store/selector.ts';
import type { Store } from '../store/store.ts';
import type { Reader, SecretOutside } from './define-reconciler.ts';

/** Page size of a list, and the most objects one observe may read: more is a planner's mistake. */
const PAGE = 500;
const MOST = 20_000;

/** The annotation by which ensureSecret marks what a Secret was made from. A Secret without it was made by a person and is never changed. */
export const INPUTS_DIGEST = 'fleet.slipway.dev/inputs-digest';

/** A Reader on a store. What was read once is not read again by the same reader: one turn of a key stands on one reading. */
export function readerOf(source: Store): Reader {
  const store = remembering(source);
  return {
    async get<Spec, Status>(kind: Kind<Spec, Status>, namespace: string, name: string) {
      const ref = { group: kind.group, kind: kind.kind, namespace: kind.scope === 'Cluster' ? '' : namespace, name };
      return (await store.get(ref)) as KubeObject<Spec, Status> | null;
    },
    getAny: (group, kind, namespace, name) => store.get({ group, kind, namespace, name }),
    list: (kind, namespace, selector) => listAll(store, kind, namespace, selector),
    async owned<Spec, Status>(kind: Kind<Spec, Status>, ownerUid: string) {
      const all = await store.dependents(ownerUid);
      return all.filter((object) => object.kind === kind.kind && isOwnedBy(object, ownerUid)) as KubeObject<Spec, Status>[];
    },
    async secret(namespace, name) {
      const secret = await store.get({ group: '', kind: 'Secret', namespace, name });
      return secret ? outsideOf(secret) : null;
    },
    operations: (subjectUid) => store.operations(subjectUid),
    observations: (subject) => store.observations(subject),
  };
}

type Reads = Pick<Store, 'get' | 'list' | 'dependents' | 'operations' | 'observations'>;

function remembering(store: Store): Reads {
  const known = new Map<string, Promise<unknown>>();
  const once = <T>(key: string, read: () => Promise<T>): Promise<T> => {
    const before = known.get(key) as Promise<T> | undefined;
    if (before) return before;
    const reading = read();
    known.set(key, reading);
    return reading;
  };
  return {
    get: (ref) => once(`object ${refKey(ref)}`, () => store.get(ref)),
    list: (query) => store.list(query),
    dependents: (uid) => once(`dependents ${uid}`, () => store.dependents(uid)),
    operations: (uid) => once(`operations ${uid}`, () => store.operations(uid)),
    observations: (subject) => once(`observations ${subject}`, () => store.observations(subject)),
  };
}

/** All objects of a kind that a selector finds, page by page. */
async function listAll<Spec, Status>(
  store: Reads,
  kind: Kind<Spec, Status>,
  namespace: string | undefined,
  selector?: LabelSelector,
): Promise<KubeObject<Spec, Status>[]> {
  const found: KubeObject[] = [];
  let next: string | undefined;
  do {
    const page = await store.list({
      group: kind.group,
      kind: kind.kind,
      ...(namespace === undefined ? {} : { namespace }),
      labels: requirementsOf(selector),
      limit: PAGE,
      ...(next === undefined ? {} : { continue: next }),
    });
    found.push(...page.items);
    next = page.continue;
    if (found.length > MOST)
      throw new AppError('tooLarge', `more than ${MOST} objects of kind ${kind.kind} match; narrow the selector`);
  } while (next);
  return found as KubeObject<Spec, Status>[];
}

/** What planners may know of a Secret. */
function outsideOf(secret: KubeObject): SecretOutside {
  const { metadata } = secret;
  const rest = fields(secret);
  const digest = metadata.annotations?.[INPUTS_DIGEST];
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    type: typeof rest.type === 'string' ? rest.type : 'Opaque',
    keys: Object.keys((rest.data as Record<string, string> | undefined) ?? {}).sort(),
    ...(digest === undefined ? {} : { inputsDigest: digest }),
    labels: metadata.labels ?? {},
  };
}
