/** Applies manifests to our own Kubernetes API as an operator would: server-side apply over HTTPS with the admin's certificate. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import type { KubeObject } from '@slipway/core/store/object.ts';
import { parse } from 'yaml';

/** A manifest: an object without what the server gives. */
export type Manifest = Pick<KubeObject, 'apiVersion' | 'kind'> & {
  metadata: { name: string; namespace?: string };
  [field: string]: unknown;
};

/** A client of the Kubernetes API made from a kubeconfig file. */
export interface KubeClient {
  /** Applies as this field manager. One that leaves out a field it applied before removes it, so each set of manifests has its own. */
  apply: (manifest: Manifest, manager?: string) => Promise<void>;
  /** The answer to a path; undefined if nothing is there. */
  get: (path: string) => Promise<unknown>;
  /** The object of this manifest's kind and name; undefined if there is none. */
  find: (manifest: Manifest) => Promise<Manifest | undefined>;
}

interface Kubeconfig {
  clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
  users: { user: { 'client-certificate-data': string; 'client-key-data': string } }[];
}

/** Opens a client. Resource names are looked up by discovery, so no kind is known here. */
export function kubeClientFrom(file: string): KubeClient {
  const config = parse(readFileSync(file, 'utf8')) as Kubeconfig;
  const cluster = config.clusters[0]?.cluster;
  const user = config.users[0]?.user;
  if (!cluster || !user) throw new Error(`${file} is not a kubeconfig with one cluster and one user`);
  const pem = (text: string) => Buffer.from(text, 'base64').toString();
  const agent = new Agent({
    ca: pem(cluster['certificate-authority-data']),
    cert: pem(user['client-certificate-data']),
    key: pem(user['client-key-data']),
    keepAlive: true,
    maxSockets: 8,
  });
  const resources = new Map<string, Map<string, { name: string; namespaced: boolean }>>();

  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const headers =
        text === undefined ? {} : { 'content-type': 'application/apply-patch+yaml', 'content-length': Buffer.byteLength(text) };
      const sent = request(new URL(path, cluster?.server), { method, agent, headers, timeout: 30_000 }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () => {
          const said = Buffer.concat(parts).toString();
          if ((answer.statusCode ?? 500) < 300) resolve(said.startsWith('{') ? JSON.parse(said) : said);
          else if (method === 'GET' && answer.statusCode === 404) resolve(undefined);
          else reject(new Error(`${method} ${path}: ${answer.statusCode} ${messageOf(said)}`));
        });
      });
      sent.on('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer within 30 s`)));
      sent.on('error', reject);
      sent.end(text);
    });
  }

  async function pathOf({ apiVersion, kind, metadata }: Manifest): Promise<string> {
    const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    let known = resources.get(base);
    if (!known) {
      const list = (await call('GET', base)) as { resources: { name: string; kind: string; namespaced: boolean }[] } | undefined;
      known = new Map((list?.resources ?? []).filter(({ name }) => !name.includes('/')).map((found) => [found.kind, found]));
      resources.set(base, known);
    }
    const resource = known.get(kind);
    if (!resource) throw new Error(`the server knows no ${kind} in ${apiVersion}`);
    const folder = resource.namespaced ? `${base}/namespaces/${metadata.namespace ?? 'default'}` : base;
    return `${folder}/${resource.name}/${metadata.name}`;
  }

  return {
    get: (path) => call('GET', path),
    find: async (manifest) => (await call('GET', await pathOf(manifest))) as Manifest | undefined,
    async apply(manifest, manager = 'slipway-start') {
      await call('PATCH', `${await pathOf(manifest)}?fieldManager=${manager}&force=true&fieldValidation=Strict`, manifest);
    },
  };
}

function messageOf(body: string): string {
  try {
    return (JSON.parse(body) as { message?: string }).message ?? body.slice(0, 300);
  } catch {
    return body.slice(0, 300);
  }
}
