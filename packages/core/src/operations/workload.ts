/**
 * Carries out the operations on clusters we made: nodes, tokens, manifests, etcd members. Each looks first at what is so already,
 * so that repeating it is harmless.
 */
import { TOKEN_SECONDS } from '../bootstrap/inputs.ts';
import { tokenSecret } from '../bootstrap/tokens.ts';
import { applyManifest } from '../drivers/workload/apply.ts';
import type { WorkloadClient } from '../drivers/workload/client.ts';
import { drainPass } from '../drivers/workload/drain.ts';
import { WorkloadError } from '../drivers/workload/errors.ts';
import { raiseKubernetesVersion } from '../drivers/workload/kubeadm-config.ts';
import { deleteNode, syncNode } from '../drivers/workload/nodes.ts';
import { AppError } from '../errors.ts';
import { type ClusterName, OPERATION_ERRORS, type OperationOutcome, type WorkloadOperation } from '../runtime/operations.ts';
import { fields, type KubeObject } from '../store/object.ts';
import type { Operation, Store } from '../store/store.ts';
import { moveEtcdLeader, removeEtcdMember } from './etcd.ts';
import { Failed } from './host-access.ts';
import { readSecret } from './secrets.ts';
import { type WorkloadPool, workloadPool } from './workload-access.ts';

/** What these operations need. */
export interface WorkloadPorts {
  store: Store;
}

/** What a handler acts on. */
export interface Acting {
  store: Store;
  pool: WorkloadPool;
  cluster: ClusterName;
  client: WorkloadClient;
}

type Handlers = {
  [Kind in WorkloadOperation['kind']]: (
    acting: Acting,
    args: Extract<WorkloadOperation, { kind: Kind }>['args'],
  ) => Promise<unknown>;
};

const HANDLERS: Handlers = {
  'node.drain': drain,
  'node.delete': ({ client }, { node }) => deleteNode(client, node),
  'node.sync': ({ client }, { node, labels, annotations }) => syncNode(client, node, { labels, annotations }),
  'workload.token': tellToken,
  'workload.apply': apply,
  'etcd.moveLeader': (acting, { node }) => moveEtcdLeader(acting, node),
  'etcd.removeMember': (acting, { node }) => removeEtcdMember(acting, node),
};

/** The handlers of all operations on workload clusters, by kind. None of them runs on by itself. */
export function createWorkloadOperations(
  ports: WorkloadPorts,
): Record<string, { run: (operation: Operation) => Promise<OperationOutcome> }> {
  const entries = Object.entries(HANDLERS) as [string, (acting: Acting, args: never) => Promise<unknown>][];
  return Object.fromEntries(entries.map(([kind, handle]) => [kind, { run: (operation) => actOn(ports, operation, handle) }]));
}

async function actOn(
  { store }: WorkloadPorts,
  operation: Operation,
  handle: (acting: Acting, args: never) => Promise<unknown>,
): Promise<OperationOutcome> {
  const { cluster } = operation.args as unknown as { cluster: ClusterName };
  const pool = workloadPool(store);
  try {
    const client = await pool.client(cluster);
    if (!client)
      throw new Failed(OPERATION_ERRORS.unreachable, `cluster ${cluster.namespace}/${cluster.name} has no kubeconfig yet`, true);
    const result = await handle({ store, pool, cluster, client }, operation.args as never);
    return { state: 'succeeded', ...(result === undefined ? {} : { result }) };
  } catch (error) {
    return outcomeOf(error);
  }
}

/** All of them may work later (an API server that is down, a budget that frees up), but for a manifest that is none. */
function outcomeOf(error: unknown): OperationOutcome {
  if (error instanceof Failed) return error.outcome;
  if (error instanceof AppError)
    return { state: 'failed', code: OPERATION_ERRORS.badInput, message: error.message, retryable: true };
  if (!(error instanceof WorkloadError)) throw error;
  const failed = (code: string, retryable = true): OperationOutcome => ({
    state: 'failed',
    code,
    message: error.message,
    retryable,
  });
  switch (error.code) {
    case 'unreachable':
      return failed(OPERATION_ERRORS.unreachable);
    case 'auth':
      return failed(OPERATION_ERRORS.auth);
    case 'tooManyRequests':
    case 'unavailable':
    case 'conflict':
      return failed(OPERATION_ERRORS.busy);
    case 'notFound':
    case 'refused':
      return failed(OPERATION_ERRORS.stepFailed);
    case 'protocol':
      return failed(OPERATION_ERRORS.protocol);
    default:
      return error.code satisfies never;
  }
}

/** One pass; not done while pods are left. */
async function drain({ client }: Acting, { node }: { node: string }): Promise<void> {
  const { left, blocked } = await drainPass(client, node);
  if (left.length === 0) return;
  const pods = left.slice(0, 3).join(', ');
  const more = left.length > 3 ? ' and others' : '';
  throw new Failed(OPERATION_ERRORS.busy, blocked[0] ?? `pods are still on the node: ${pods}${more}`, true);
}

/** Sets the token with its full life from now, and the version that a joining control plane is to run. */
async function tellToken(
  { store, client }: Acting,
  args: Extract<WorkloadOperation, { kind: 'workload.token' }>['args'],
): Promise<void> {
  const { namespace, name } = args.secret;
  const data = await readSecret(store, namespace, name);
  const [id, secret] = [data?.['token-id'], data?.['token-secret']];
  if (!id || !secret) throw new Failed(OPERATION_ERRORS.badInput, `Secret ${namespace}/${name} holds no bootstrap token`, true);
  const expiration = new Date(Date.now() + TOKEN_SECONDS * 1000);
  const { stringData, ...object } = tokenSecret(
    { id, secret },
    expiration,
    `for KubeadmConfig ${namespace}/${name.replace(/-token$/, '')}`,
  );
  const encoded = Object.entries(stringData).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  const path = `/api/v1/namespaces/kube-system/secrets/${object.metadata.name}`;
  await client.patch(path, 'apply', { ...object, data: Object.fromEntries(encoded) }, { fieldManager: 'slipway', force: 'true' });
  if (args.kubernetesVersion) await raiseKubernetesVersion(client, args.kubernetesVersion);
}

/** The ConfigMap is read now: a changed one is applied as it is. */
async function apply(
  { store, client }: Acting,
  { configMap }: Extract<WorkloadOperation, { kind: 'workload.apply' }>['args'],
): Promise<unknown> {
  const object = await store.get({ group: '', kind: 'ConfigMap', ...configMap });
  const manifest = manifestOf(object);
  if (!manifest)
    throw new Failed(OPERATION_ERRORS.badInput, `ConfigMap ${configMap.namespace}/${configMap.name} has no key manifest`, true);
  return { applied: await applyManifest(client, manifest) };
}

function manifestOf(object: KubeObject | null): string | undefined {
  return object ? (fields(object) as { data?: { manifest?: string } }).data?.manifest : undefined;
}
