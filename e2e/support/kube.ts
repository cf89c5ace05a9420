/** Slipway's Kubernetes API without kubectl: for what is looked at many times a second, and for answers in full. */
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import { parse } from 'yaml';
import { stateFolder } from './slipway.ts';

/** An answer. */
export interface Answer {
  status: number;
  // Objects of every kind come here; the specs look at the few fields they know.
  body: KubeObject & { items?: KubeObject[]; message?: string; details?: { causes?: Cause[] } };
  warnings: string[];
}

/** One line of `status.details.causes`. */
export interface Cause {
  reason: string;
  message: string;
  field: string;
}

/** A condition. */
export interface Condition {
  type: string;
  status: string;
  reason: string;
  message: string;
  lastTransitionTime: string;
}

/** An object, as far as the specs look. */
export interface KubeObject {
  kind: string;
  metadata: {
    name: string;
    namespace: string;
    uid: string;
    resourceVersion: string;
    creationTimestamp: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec: Record<string, unknown> & { version?: string; replicas?: number; providerID?: string };
  status?: Record<string, unknown> & { conditions?: Condition[]; phase?: string };
}

/** A host, as far as the specs look. */
export interface Host extends KubeObject {
  spec: KubeObject['spec'] & { consumerRef?: { name: string; namespace: string }; image?: unknown; online?: boolean };
  status?: KubeObject['status'] & {
    poweredOn?: boolean;
    operationalStatus?: string;
    errorType?: string;
    errorMessage?: string;
    provisioning?: { state: string; step?: string };
  };
}

/** Where kinds are served. */
export const PATHS = {
  clusters: '/apis/cluster.x-k8s.io/v1beta2/namespaces/clusters/clusters',
  machines: '/apis/cluster.x-k8s.io/v1beta2/namespaces/clusters/machines',
  machineDeployments: '/apis/cluster.x-k8s.io/v1beta2/namespaces/clusters/machinedeployments',
  healthChecks: '/apis/cluster.x-k8s.io/v1beta2/namespaces/clusters/machinehealthchecks',
  controlPlanes: '/apis/controlplane.cluster.x-k8s.io/v1beta2/namespaces/clusters/kubeadmcontrolplanes',
  metal3Machines: '/apis/infrastructure.cluster.x-k8s.io/v1beta2/namespaces/clusters/metal3machines',
  hosts: '/apis/metal3.io/v1alpha1/namespaces/metal3/baremetalhosts',
  hostSecrets: '/api/v1/namespaces/metal3/secrets',
  secrets: '/api/v1/namespaces/clusters/secrets',
  events: '/api/v1/namespaces/clusters/events',
} as const;

const agent = new https.Agent({ keepAlive: true });

/** One request. Refusals are answers; throws only where there is none. */
export function request(method: string, path: string, body?: unknown, type = 'application/json'): Promise<Answer> {
  const { server, ca, cert, key } = credentials();
  const url = new URL(path, server);
  return new Promise((done, failed) => {
    const asked = https.request(url, { method, agent, ca, cert, key, timeout: 30_000, headers: { 'content-type': type } });
    asked.once('error', failed);
    asked.once('timeout', () => asked.destroy(new Error(`${method} ${path}: no answer within 30 s`)));
    asked.once('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.once('error', failed);
      response.once('end', () => {
        const warnings = [response.headers.warning ?? []].flat();
        const status = response.statusCode ?? 0;
        try {
          done({ status, warnings, body: JSON.parse(Buffer.concat(parts).toString()) as Answer['body'] });
        } catch {
          failed(new Error(`${method} ${path}: HTTP ${status} with a body that is not JSON`));
        }
      });
    });
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** One object; null = there is none. */
export async function get<T extends KubeObject = KubeObject>(path: string): Promise<T | null> {
  const { status, body } = await request('GET', path);
  if (status === 404) return null;
  if (status !== 200) throw new Error(`GET ${path}: HTTP ${status} ${body.message}`);
  return body as unknown as T;
}

/** The objects of a list; `labels` is a selector. */
export async function list<T extends KubeObject = KubeObject>(path: string, labels = ''): Promise<T[]> {
  const { status, body } = await request('GET', `${path}?labelSelector=${encodeURIComponent(labels)}`);
  if (status !== 200) throw new Error(`GET ${path}: HTTP ${status} ${body.message}`);
  return (body.items ?? []) as T[];
}

/** A merge patch. Throws where it is refused. */
export async function patch(path: string, body: unknown): Promise<void> {
  const answer = await request('PATCH', path, body, 'application/merge-patch+json');
  if (answer.status !== 200) throw new Error(`PATCH ${path}: HTTP ${answer.status} ${answer.body.message}`);
}

/** A condition's message; '' without the condition. */
export function messageOf(object: KubeObject | null, type: string): string {
  return object?.status?.conditions?.find((each) => each.type === type)?.message ?? '';
}

/** A condition's status; '' without the condition. */
export function statusOf(object: KubeObject | null, type: string): string {
  return object?.status?.conditions?.find((each) => each.type === type)?.status ?? '';
}

/** Name of the host that a Machine runs on (`metal3://<namespace>/<host>/<machine>`); '' before it has one. */
export function hostOf(machine: KubeObject): string {
  return machine.spec.providerID?.split('/')[3] ?? '';
}

/** Where a host stands and why, in a line: for the message of a wait that was in vain. */
export function standing({ metadata, status }: Host): string {
  const { state = 'no state', step = '' } = status?.provisioning ?? {};
  const power = status?.poweredOn === undefined ? 'power unknown' : `power ${status.poweredOn ? 'on' : 'off'}`;
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.message ?? '';
  return `${metadata.name}: ${[state, step, power, status?.errorType, status?.errorMessage, ready].filter(Boolean).join(', ')}`;
}

/** Polls until `read` gives something, and gives it; throws with the last cause after `ms`. */
export async function until<T>(what: string, ms: number, read: () => Promise<T | null | undefined | false>): Promise<T> {
  const end = Date.now() + ms;
  let last = 'not so yet';
  while (Date.now() < end) {
    try {
      const found = await read();
      if (found) return found;
      last = 'not so yet';
    } catch (error) {
      last = (error as Error).message;
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${what}: not within ${ms / 1000} s (${last})`);
}

let known: { server: string; ca: Buffer; cert: Buffer; key: Buffer } | undefined;

function credentials() {
  if (known) return known;
  const config = parse(readFileSync(join(stateFolder(), 'kubeconfig'), 'utf8')) as {
    clusters: { cluster: Record<string, string> }[];
    users: { user: Record<string, string> }[];
  };
  const cluster = config.clusters[0]?.cluster ?? {};
  const user = config.users[0]?.user ?? {};
  const decoded = (text = '') => Buffer.from(text, 'base64');
  known = {
    server: cluster.server ?? '',
    ca: decoded(cluster['certificate-authority-data']),
    cert: decoded(user['client-certificate-data']),
    key: decoded(user['client-key-data']),
  };
  return known;
}
