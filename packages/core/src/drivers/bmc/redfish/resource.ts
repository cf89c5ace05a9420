/** Reading hostile Redfish JSON: every function checks the type it returns and bounds what it lets through. */
import { BmcProtocolError } from '../errors.ts';
import type { Resource } from './http.ts';

/** A string property at a path, control characters removed, at most 256 characters; '' if missing. */
export function textAt(resource: Resource, ...path: string[]): string {
  const value = at(resource, path);
  if (typeof value !== 'string' && typeof value !== 'number') return '';
  return String(value)
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, 256);
}

/** A number property at a path, or undefined. */
export function numberAt(resource: Resource, ...path: string[]): number | undefined {
  const value = at(resource, path);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A list of strings at a path; [] if missing. At most 64. */
export function textsAt(resource: Resource, ...path: string[]): string[] {
  const value = at(resource, path);
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string').slice(0, 64) : [];
}

/** An object at a path; {} if missing. */
export function objectAt(resource: Resource, ...path: string[]): Resource {
  const value = at(resource, path);
  return value && typeof value === 'object' && !Array.isArray(value) ? (value as Resource) : {};
}

/** The link (`@odata.id`) at a path, or undefined. */
export function linkAt(resource: Resource, ...path: string[]): string | undefined {
  const link = objectAt(resource, ...path)['@odata.id'];
  return typeof link === 'string' && link.length < 1024 ? link : undefined;
}

/** Links of a list (`Members`, `Links.ManagedBy`), at most `most`. */
export function linksAt(resource: Resource, most: number, ...path: string[]): string[] {
  const list = at(resource, path);
  if (!Array.isArray(list)) return [];
  const links = list.map((member) => (member as Resource | null)?.['@odata.id']);
  return links.filter((link): link is string => typeof link === 'string' && link.length < 1024).slice(0, most);
}

/** An action of a resource: where to post, and the values it says it takes (undefined = it does not say). */
export interface ActionOf {
  target: string;
  allowable(parameter: string): string[] | undefined;
  /** Where the allowable values are told instead. */
  infoLink?: string;
}

/** The action `#ComputerSystem.Reset` of a resource, or undefined if it has none. */
export function actionOf(resource: Resource, name: string): ActionOf | undefined {
  const action = objectAt(resource, 'Actions', name);
  const target = action.target;
  if (typeof target !== 'string') return undefined;
  const infoLink = action['@Redfish.ActionInfo'];
  return {
    target,
    allowable: (parameter) => {
      const key = `${parameter}@Redfish.AllowableValues`;
      return key in action ? textsAt(action, key) : undefined;
    },
    ...(typeof infoLink === 'string' ? { infoLink } : {}),
  };
}

/** The BMC refused a request (4xx) or failed (5xx). */
export class RedfishRefused extends BmcProtocolError {
  readonly status: number;
  /** MessageIds of the extended error: `Base.1.8.ActionParameterNotSupported`, `IDRAC.2.8.SYS518`. */
  readonly messageIds: string[];

  constructor(host: string, what: string, status: number, body: Resource) {
    const { ids, text } = extendedError(body);
    super(`BMC ${host}: ${what} answered ${status}${text ? `: ${text}` : ''}`, status >= 500);
    this.status = status;
    this.messageIds = ids;
  }

  /** Whether one of its MessageIds ends or contains that name. */
  says(name: string): boolean {
    return this.messageIds.some((id) => id.includes(name));
  }
}

/** MessageIds and the first readable message of a Redfish error body. */
export function extendedError(body: Resource): { ids: string[]; text: string } {
  const error = objectAt(body, 'error');
  const list = error['@Message.ExtendedInfo'];
  const infos = (Array.isArray(list) ? list : [list])
    .filter((info) => info && typeof info === 'object')
    .slice(0, 8) as Resource[];
  const ids = infos.map((info) => textAt(info, 'MessageId')).filter(Boolean);
  const code = textAt(error, 'code');
  // iLO gives ids without texts; its id says more than the general message beside it. An id that says "general error" does not.
  const telling = ids.find((id) => !id.endsWith('GeneralError'));
  const text = infos.map((info) => textAt(info, 'Message')).find(Boolean) || telling || textAt(error, 'message') || ids[0] || '';
  return { ids: ids.length > 0 ? ids : [code], text };
}

function at(resource: Resource, path: string[]): unknown {
  let value: unknown = resource;
  for (const name of path) {
    if (!value || typeof value !== 'object') return undefined;
    value = (value as Resource)[name];
  }
  return value;
}
