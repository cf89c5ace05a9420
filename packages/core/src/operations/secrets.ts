/**
 * Carries out the action `ensureSecret`: makes a Secret by its recipe, once, or again when the recipe follows its inputs and they
 * have changed. Safe when several workers do it at once: the store lets one of them win and the others keep what it made.
 */
import { createHash } from 'node:crypto';
import { CLUSTER_SECRET_TYPE, RECIPES, type Recipe } from '../bootstrap/recipes.ts';
import type { Random } from '../bootstrap/tokens.ts';
import { AppError, isCode } from '../errors.ts';
import { type EnsureSecret, ownerReference } from '../runtime/actions.ts';
import { INPUTS_DIGEST } from '../runtime/reader.ts';
import { fields, type KubeObject, type Ref } from '../store/object.ts';
import type { Draft, Store } from '../store/store.ts';

/** What making Secrets needs. */
export interface SecretPorts {
  store: Store;
  /** The process's clock unless given (tests). */
  now?: () => Date;
  /** The system's random numbers unless given (tests). */
  random?: Random;
}

/** Makes Secrets. `made` = written now; `kept` = was there already. Throws AppError `unavailable` while an input Secret is missing. */
export function createSecretMaker(ports: SecretPorts): { ensureSecret: (action: EnsureSecret) => Promise<'made' | 'kept'> } {
  return { ensureSecret: (action) => ensure(ports, action) };
}

/** A Secret's data as plain text; null = there is none. */
export async function readSecret(store: Store, namespace: string, name: string): Promise<Record<string, string> | null> {
  const object = await store.get(secretRef(namespace, name));
  return object ? plainData(object) : null;
}

async function ensure(ports: SecretPorts, action: EnsureSecret): Promise<'made' | 'kept'> {
  const recipe = RECIPES[action.recipe];
  if (!recipe) throw new AppError('internal', `there is no recipe ${action.recipe} for Secret ${action.secret.name}`);
  const digest = digestOf(action.recipe, action.inputs);
  const was = await ports.store.get(secretRef(action.secret.namespace, action.secret.name));
  if (was && !isStale(recipe, was, digest)) return 'kept';
  const made = await recipe.make(action.inputs, {
    now: ports.now?.() ?? new Date(),
    random: ports.random ?? ((length) => crypto.getRandomValues(new Uint8Array(length))),
    secretData: (namespace, name) => readSecret(ports.store, namespace, name),
  });
  try {
    await ports.store.commit({ writes: [was ? replacement(was, made.data, digest) : creation(action, made, digest)] });
    return 'made';
  } catch (error) {
    // Somebody else made it in the meantime; the next plan looks at what they made.
    if (isCode(error, 'alreadyExists') || isCode(error, 'conflict')) return 'kept';
    throw error;
  }
}

function isStale(recipe: Recipe, was: KubeObject, digest: string): boolean {
  const made = was.metadata.annotations?.[INPUTS_DIGEST];
  return recipe.follows && made !== undefined && made !== digest;
}

function creation(action: EnsureSecret, made: { type: string; data: Record<string, string> }, digest: string) {
  const object = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: action.secret.name,
      namespace: action.secret.namespace,
      labels: action.labels ?? {},
      annotations: { [INPUTS_DIGEST]: digest },
      ownerReferences: [ownerReference(action.owner, true)],
    },
    type: made.type || CLUSTER_SECRET_TYPE,
    data: encoded(made.data),
  };
  return { op: 'create' as const, object: object as unknown as Draft };
}

function replacement(was: KubeObject, data: Record<string, string>, digest: string) {
  const annotations = { ...was.metadata.annotations, [INPUTS_DIGEST]: digest };
  const object = { ...was, metadata: { ...was.metadata, annotations }, data: encoded(data) } as unknown as KubeObject;
  return { op: 'update' as const, was, object };
}

/** Independent of the order of keys. */
function digestOf(recipe: string, inputs: unknown): string {
  return createHash('sha256').update(recipe).update(canonical(inputs)).digest('hex').slice(0, 32);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}

function plainData(object: KubeObject): Record<string, string> {
  const { data = {}, stringData = {} } = fields(object) as { data?: Record<string, string>; stringData?: Record<string, string> };
  const decoded = Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]);
  return { ...(Object.fromEntries(decoded) as Record<string, string>), ...stringData };
}

function encoded(data: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'utf8').toString('base64')]));
}

function secretRef(namespace: string, name: string): Ref {
  return { group: '', kind: 'Secret', namespace, name };
}
