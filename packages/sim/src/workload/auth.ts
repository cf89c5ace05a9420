/** Who asks, and may they: client certificates of the cluster's CA and bootstrap tokens; a small stand-in for RBAC. */
import type { IncomingMessage } from 'node:http';
import { ApiError } from './api-error.ts';
import type { ControlPlane, SimCluster } from './cluster.ts';
import { resourceOf } from './resources.ts';
import { peerOf } from './tls-http.ts';

/** A user of the API. */
export interface ApiUser {
  name: string;
  groups: string[];
}

const ANONYMOUS: ApiUser = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

/** Throws ApiError 401 on a certificate or token that is no good. */
export function authenticate(controlPlane: ControlPlane, request: IncomingMessage): ApiUser {
  const peer = peerOf(request, controlPlane.clientCa);
  if (peer === 'bad') throw unauthorized();
  if (peer) return { name: peer.commonName, groups: [...peer.organizations, 'system:authenticated'] };
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (!bearer) return ANONYMOUS;
  const id = tokenOwner(controlPlane.cluster, bearer);
  if (!id) throw unauthorized();
  return { name: `system:bootstrap:${id}`, groups: ['system:bootstrappers', 'system:authenticated'] };
}

/** Throws ApiError 403. */
export function authorize(user: ApiUser, method: string, path: string): void {
  const everything = ['system:masters', 'kubeadm:cluster-admins', 'system:nodes'];
  if (user.groups.some((group) => everything.includes(group)) || /^\/(version|healthz|livez|readyz)/.test(path)) return;
  if (method === 'GET' && path === '/api/v1/namespaces/kube-public/configmaps/cluster-info') return;
  const bootstrapper = user.groups.includes('system:bootstrappers');
  if (bootstrapper && method === 'GET' && path.startsWith('/api/v1/namespaces/kube-system/configmaps/')) return;
  if (bootstrapper && method === 'POST' && path.startsWith('/apis/certificates.k8s.io/')) return;
  throw new ApiError(403, 'Forbidden', `User "${user.name}" cannot ${method.toLowerCase()} path "${path}"`);
}

/** The id of a valid bootstrap token of this cluster. */
function tokenOwner(cluster: SimCluster, bearer: string): string | undefined {
  const [id, secret] = bearer.split('.');
  const object = cluster.objects.get(resourceOf('', 'secrets')!, 'kube-system', `bootstrap-token-${id}`);
  if (object?.type !== 'bootstrap.kubernetes.io/token') return undefined;
  const text = (key: string) => Buffer.from(String(object.data?.[key] ?? ''), 'base64').toString('utf8');
  const expired = text('expiration') !== '' && Date.parse(text('expiration')) < Date.now();
  const usable = text('usage-bootstrap-authentication') === 'true' && !expired;
  return usable && text('token-id') === id && text('token-secret') === secret ? id : undefined;
}

function unauthorized(): ApiError {
  return new ApiError(401, 'Unauthorized', 'Unauthorized');
}
