/** Who may do what at the Kubernetes API: one pure function, asked before every handler. */
import type { User } from '@slipway/core/registry/pipeline-types.ts';

/** The verbs of Kubernetes RBAC that are served. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** What somebody wants to do. */
export interface Attributes {
  verb: Verb;
  group: string;
  /** Plural, with `/status` or `/scale` after it for a subresource. */
  resource: string;
  namespace?: string;
  name?: string;
}

/** The group that may do everything. */
const ADMINS = 'system:masters';

/** Whether a user may. Admins alone, until roles exist. */
export function authorize(user: User, _attributes: Attributes): boolean {
  return user.groups.includes(ADMINS);
}

/** Whether a user may read documents that name no object (discovery, OpenAPI). */
export function authorizePath(user: User): boolean {
  return user.groups.includes(ADMINS);
}

/** The refusal, as Kubernetes words it. */
export function forbiddenText(user: User, { verb, group, resource, namespace, name }: Attributes): string {
  const where = namespace ? ` in the namespace "${namespace}"` : ' at the cluster scope';
  const what = `${resource}${group === '' ? '' : `.${group}`}${name ? ` "${name}"` : ''}`;
  return `${what} is forbidden: User "${user.name}" cannot ${verb} resource "${resource}" in API group "${group}"${where}`;
}
