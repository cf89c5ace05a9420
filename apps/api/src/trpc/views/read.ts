/** Whole lists out of the store, in bounded pages, and observations by subject. */
import { AppError } from '@slipway/core/errors.ts';
import type { Kind } from '@slipway/core/registry/define-kind.ts';
import type { KubeObject } from '@slipway/core/store/object.ts';
import type { Requirement } from '@slipway/core/store/selector.ts';
import type { Observation, Store } from '@slipway/core/store/store.ts';

const PAGE = 500;
/** The largest fleet one process shows; beyond it a page would no longer answer in time. */
const MOST = 50_000;

/** All objects of a kind, oldest list position first. Throws `tooLarge` beyond 50,000. */
export async function all<Spec, Status>(
  store: Store,
  kind: Kind<Spec, Status>,
  where: { namespace?: string; labels?: Requirement[] } = {},
): Promise<KubeObject<Spec, Status>[]> {
  const found: KubeObject[] = [];
  let next: string | undefined;
  do {
    const page = await store.list({ group: kind.group, kind: kind.kind, ...where, limit: PAGE, continue: next });
    found.push(...page.items);
    next = page.continue;
    if (found.length > MOST)
      throw new AppError('tooLarge', `There are more than ${MOST} ${kind.plural}; choose a namespace or labels.`);
  } while (next);
  return found as KubeObject<Spec, Status>[];
}

/** One object of a kind. Throws `notFound`. */
export async function one<Spec, Status>(
  store: Store,
  kind: Kind<Spec, Status>,
  namespace: string,
  name: string,
): Promise<KubeObject<Spec, Status>> {
  const object = await store.get({ group: kind.group, kind: kind.kind, namespace, name });
  if (!object) throw new AppError('notFound', `There is no ${kind.kind} ${namespace ? `${namespace}/` : ''}${name}.`);
  return object as KubeObject<Spec, Status>;
}

/** The newest observation of each subject from one source. */
export async function observed(store: Store, source: string): Promise<Map<string, Observation>> {
  const list = await store.observationsOf(source, MOST);
  return new Map(list.map((observation) => [observation.subject, observation]));
}
