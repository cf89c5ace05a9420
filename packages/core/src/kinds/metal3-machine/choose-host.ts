/** Which host a Metal3Machine claims: pure scoring, a reason for each host turned down, the same answer for every planner. */
import { matches, requirementsOf } from '../../store/selector.ts';
import { HOST_ANNOTATIONS } from '../bare-metal-host/kind.ts';
import { type HostSelector, selectorOperator } from './parts.ts';

/** What the choice needs to know of a host. */
export interface HostFacts {
  namespace: string;
  name: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  deleting: boolean;
  /** status.provisioning.state; '' before registration. */
  state: string;
  /** status.errorMessage; '' without an error. */
  error: string;
  /** `namespace/name` of who holds it. */
  consumer?: string;
  /** It will be claimed by a machine that has waited longer. */
  promised?: boolean;
  site?: string;
  /** Rack or feed; hosts without one share the domain ''. */
  failureDomain: string;
  /** false = the HostDeployPolicies of its namespace do not let the machine's namespace claim it. */
  allowed: boolean;
  /** When it was last given back (RFC 3339); undefined = never used. */
  releasedAt?: string;
  /** true = its BMC does not answer now: it could be claimed, but not used. */
  outOfSight?: boolean;
  /** Bytes of the largest disk, once inspected. */
  largestDisk?: number;
}

/** What a machine wants. */
export interface HostWish {
  /** `namespace/name` of the Metal3Machine. */
  machine: string;
  namespace: string;
  site: string;
  selector?: HostSelector;
  failureDomain?: string;
  controlPlane: boolean;
  /** Bytes the image needs on disk, where known. */
  diskBytes?: number;
}

/** Another machine of the same control plane or pool, where it is or will be. */
export interface Sibling {
  failureDomain: string;
  /** false = on its way out (deleting, or replaced by a rollout): counts only where domains are otherwise equal. */
  stays: boolean;
}

/** The host chosen, or why there is none: how many hosts were turned down for each reason, with the first names. */
export type Choice = { host: HostFacts } | { none: string; turnedDown: TurnedDown[] };

/** Hosts turned down for one reason. */
export interface TurnedDown {
  reason: string;
  count: number;
  /** The first few, sorted. */
  hosts: string[];
}

/** Names shown for each reason, and reasons shown in a sentence. */
const NAMED = 3;
const REASONS = 6;

/** Annotations by which CAPM3 and operators mark a host unfit. */
const UNHEALTHY = ['capm3.metal3.io/unhealthy', 'capi.metal3.io/unhealthy'];
const PAUSED = HOST_ANNOTATIONS.paused;
const DETACHED = HOST_ANNOTATIONS.detached;

/** Why this host is not for this machine; null = it is suitable. The failure domain is judged by {@link chooseHost}. */
export function turnDown(host: HostFacts, wish: HostWish): string | null {
  if (!matches(selectorRequirements(wish.selector), host.labels)) return 'labels do not match the host selector';
  if (!host.allowed) return `HostDeployPolicy does not let namespace ${wish.namespace} claim it`;
  if (host.site !== wish.site) return host.site ? `belongs to site ${host.site}` : 'belongs to no site';
  if (host.consumer && host.consumer !== wish.machine) return host.promised ? 'promised to another waiting machine' : 'in use';
  if (host.deleting) return 'being deleted';
  if (PAUSED in host.annotations) return 'paused';
  if (DETACHED in host.annotations) return 'detached';
  if (UNHEALTHY.some((name) => name in host.annotations)) return 'marked unhealthy';
  if (host.error !== '') return 'in error';
  if (host.outOfSight) return 'BMC does not answer';
  if (host.state !== 'available' && host.state !== 'ready') return `state is ${host.state || 'unknown'}`;
  if (host.largestDisk !== undefined && host.largestDisk < Math.max(1, wish.diskBytes ?? 1)) return 'no disk is large enough';
  return null;
}

/**
 * The host for a machine. A host that it already holds comes back at once. Control planes go to a domain with the fewest siblings
 * among the domains that have a suitable host, which keeps the skew at one at most: a hard rule. The planned failure domain is taken
 * where the rule allows it. Workers stay in their failure domain if one was asked for, else in the emptiest.
 */
export function chooseHost(wish: HostWish, hosts: readonly HostFacts[], siblings: readonly Sibling[]): Choice {
  const held = hosts.find((host) => host.consumer === wish.machine);
  if (held) return { host: held };
  const refused: { host: HostFacts; reason: string }[] = [];
  const suitable: HostFacts[] = [];
  for (const host of hosts) {
    const reason = turnDown(host, wish) ?? (outsideDomain(host, wish) ? `not in failure domain ${wish.failureDomain}` : null);
    if (reason === null) suitable.push(host);
    else refused.push({ host, reason });
  }
  if (suitable.length === 0) {
    const turnedDown = grouped(refused);
    return { none: `No host is suitable: ${sentenceOf(turnedDown)}`, turnedDown };
  }
  const domain = pickDomain(freeByDomain(suitable), siblings, wish.controlPlane ? wish.failureDomain : undefined);
  const inDomain = suitable.filter((host) => host.failureDomain === domain);
  return { host: inDomain.sort(byUse)[0]! };
}

/** A worker's failure domain was asked for by a person; a control plane's was planned and may be overtaken by events. */
function outsideDomain(host: HostFacts, wish: HostWish): boolean {
  return !wish.controlPlane && wish.failureDomain !== undefined && host.failureDomain !== wish.failureDomain;
}

/** Suitable hosts per failure domain. */
export function freeByDomain(hosts: readonly HostFacts[]): Map<string, number> {
  const free = new Map<string, number>();
  for (const host of hosts) free.set(host.failureDomain, (free.get(host.failureDomain) ?? 0) + 1);
  return free;
}

/**
 * The domain for the next machine: fewest siblings that stay, then the wished one, then fewest siblings at all, then most free hosts,
 * then by name. `free` must not be empty.
 */
export function pickDomain(free: ReadonlyMap<string, number>, siblings: readonly Sibling[], wished?: string): string {
  const score = (domain: string): (number | string)[] => {
    const here = siblings.filter((sibling) => sibling.failureDomain === domain);
    return [
      here.filter((sibling) => sibling.stays).length,
      domain === wished ? 0 : 1,
      here.length,
      -(free.get(domain) ?? 0),
      domain,
    ];
  };
  const ranked = [...free.keys()].map((domain) => ({ domain, score: score(domain) }));
  ranked.sort((a, b) => compareScores(a.score, b.score));
  return ranked[0]!.domain;
}

function compareScores(a: (number | string)[], b: (number | string)[]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index]!;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

/** Who was given back longest ago comes first: a host that has just failed a health check is not handed out again while others are free. */
function byUse(a: HostFacts, b: HostFacts): number {
  const [first, second] = [a.releasedAt ?? '', b.releasedAt ?? ''];
  if (first !== second) return first < second ? -1 : 1;
  return byName(a, b);
}

function byName(a: HostFacts, b: HostFacts): number {
  if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}

/**
 * The host for `wish` after all machines that wait before it have been given theirs, so that planners that look at the same facts do
 * not reach for the same host. `before` is in the order of service.
 */
export function chooseInTurn(
  wish: HostWish,
  before: readonly HostWish[],
  hosts: readonly HostFacts[],
  siblings: readonly Sibling[],
): Choice {
  const taken = [...hosts];
  const around = [...siblings];
  for (const earlier of before) {
    const choice = chooseHost(earlier, taken, around);
    if ('none' in choice) continue;
    const index = taken.indexOf(choice.host);
    taken[index] = { ...choice.host, consumer: earlier.machine, promised: true };
    around.push({ failureDomain: choice.host.failureDomain, stays: true });
  }
  return chooseHost(wish, taken, around);
}

function grouped(refused: readonly { host: HostFacts; reason: string }[]): TurnedDown[] {
  const byReason = new Map<string, string[]>();
  for (const { host, reason } of refused) byReason.set(reason, [...(byReason.get(reason) ?? []), host.name]);
  return [...byReason]
    .map(([reason, names]) => ({ reason, count: names.length, hosts: names.sort().slice(0, NAMED) }))
    .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}

/** Why none of these hosts would do, each judged in its own site: `12 in use (a, b, c, …); 2 being deleted (d, e)`. */
export function whyNoneAnywhere(wish: Omit<HostWish, 'site'>, hosts: readonly HostFacts[]): string {
  const refused = hosts.map((host) => ({ host, reason: turnDown(host, { ...wish, site: host.site ?? '' }) ?? 'suitable' }));
  return sentenceOf(grouped(refused));
}

/** `12 labels do not match … (a, b, c, …); 2 in use (d, e)`. */
function sentenceOf(turnedDown: readonly TurnedDown[]): string {
  if (turnedDown.length === 0) return 'there are no hosts';
  const shown = turnedDown.slice(0, REASONS).map(({ reason, count, hosts }) => {
    return `${count} ${reason} (${hosts.join(', ')}${count > hosts.length ? ', …' : ''})`;
  });
  const more = turnedDown.length > REASONS ? `; ${turnedDown.length - REASONS} more reasons` : '';
  return `${shown.join('; ')}${more}`;
}

function selectorRequirements(selector: HostSelector | undefined) {
  const expressions = (selector?.matchExpressions ?? []).map(({ key, operator, values }) => ({
    key,
    operator: selectorOperator(operator) ?? ('In' as const),
    values: values ?? [],
  }));
  return requirementsOf({ matchLabels: selector?.matchLabels ?? {}, matchExpressions: expressions });
}
