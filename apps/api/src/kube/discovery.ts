/** Discovery: aggregated where the client asks for it, plain lists otherwise. */
import { AppError } from '@slipway/core/errors.ts';
import { aggregatedDiscovery, apiGroup, apiGroupList, apiResourceList, apiVersions } from '@slipway/core/registry/discovery.ts';
import type { Call } from './call.ts';
import { sendJson } from './respond.ts';

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** GET /api. */
export async function coreVersions(call: Call): Promise<void> {
  if (wantsAggregated(call)) sendJson(call, 200, aggregatedDiscovery(call.deps.registry, 'core'), AGGREGATED);
  else sendJson(call, 200, apiVersions());
}

/** GET /apis. */
export async function groups(call: Call): Promise<void> {
  const { registry } = call.deps;
  if (wantsAggregated(call)) sendJson(call, 200, aggregatedDiscovery(registry, 'named'), AGGREGATED);
  else sendJson(call, 200, apiGroupList(registry));
}

/** GET /apis/<group>. */
export async function group(call: Call): Promise<void> {
  sendJson(call, 200, orNotFound(apiGroup(call.deps.registry, call.url.pathname.split('/')[2] ?? '')));
}

/** GET /api/v1 and /apis/<group>/<version>. */
export async function resources(call: Call): Promise<void> {
  const [, root, first = '', second = ''] = call.url.pathname.split('/');
  const [name, version] = root === 'api' ? ['', first] : [first, second];
  sendJson(call, 200, orNotFound(apiResourceList(call.deps.registry, name, version)));
}

/** 404 for addresses that are not served. */
export function orNotFound<T>(document: T | undefined): T {
  if (document === undefined) throw new AppError('notFound', 'the server could not find the requested resource');
  return document;
}

function wantsAggregated({ request }: Call): boolean {
  const accept = (request.headers.accept ?? '').split(',').map((range) => range.replaceAll(' ', ''));
  return accept.some((range) => range.includes('g=apidiscovery.k8s.io') && range.includes('v=v2;'));
}
