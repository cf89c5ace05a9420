/**
 * The power poller: a handler of queue keys, one per registered host, so that any number of workers share the hosts without polling one
 * twice. It writes what it saw and wakes the host when that matters; it decides nothing.
 */
import { BmcError } from '../drivers/bmc/errors.ts';
import { AppError } from '../errors.ts';
import { BareMetalHost, type BareMetalHostObject } from '../kinds/bare-metal-host/kind.ts';
import { Failed, type HostPorts, openHostBmc } from '../operations/host-access.ts';
import { type PowerReading, seePower } from '../operations/see-power.ts';
import type { Limits } from '../runtime/limits.ts';
import { OPERATION_ERRORS } from '../runtime/operations.ts';
import type { PowerSeen } from '../runtime/seen.ts';
import { refKey, refOf } from '../store/object.ts';
import type { Change, Claim, Observation, Wake } from '../store/store.ts';

/** Name of its keys in the queue. */
export const POWER_COLLECTOR = 'collect-power';

/** What polling needs. */
export interface PowerPorts extends HostPorts {
  limits: Limits;
}

/**
 * Polls that may wait for a BMC at once in one process: dead BMCs must not take all of a worker's room. Those that did not answer the
 * last time have a share of their own: a dark site leaves room for BMCs that are still taken for well, which are the ones to find out
 * about, and a crowd of well ones cannot keep a dark one from being seen again.
 */
const MOST_AT_ONCE = { well: 24, dark: 12 };
/** A BMC that does not answer a poll within this is out of sight; there is always another poll. */
const POLL_TIMEOUT_SECONDS = 10;
/** With the credentials refused, this many periods pass between polls: more would lock the account. */
const REFUSED_PERIODS = 5;

/** The handler's work. `againSeconds` = when the key is to run again; undefined = when it is woken. */
export interface Collector {
  name: string;
  run: (claim: Claim) => Promise<{ againSeconds?: number }>;
}

/** Makes the poller. */
export function createPowerCollector(ports: PowerPorts): Collector {
  const polling = { well: 0, dark: 0 };
  return {
    name: POWER_COLLECTOR,
    async run(claim) {
      const ref = { group: BareMetalHost.group, kind: BareMetalHost.kind, namespace: claim.namespace, name: claim.name };
      const host = (await ports.store.get(ref)) as BareMetalHostObject | null;
      if (!host) {
        await ports.store.forget(refKey(ref));
        return {};
      }
      if (!(await hasGoodCredentials(ports, host))) return {};
      const { early, dark } = await lastPoll(ports, host);
      if (early > 0) return { againSeconds: early };
      const group = dark ? 'dark' : 'well';
      // A share of dark ones is full for as long as a BMC is waited for, one of well ones for a moment.
      if (polling[group] >= MOST_AT_ONCE[group])
        return { againSeconds: (dark ? POLL_TIMEOUT_SECONDS / 2 : 1) * (1 + share(host)) };
      polling[group]++;
      try {
        return { againSeconds: await poll(ports, host) };
      } finally {
        polling[group]--;
      }
    },
  };
}

/** Keys to wake for a change: a host that has been registered, has moved to other credentials, or is gone. */
export function powerWakes({ before, after }: Change): Wake[] {
  const host = (after ?? before) as BareMetalHostObject;
  if (host.kind !== BareMetalHost.kind || !host.apiVersion.startsWith(`${BareMetalHost.group}/`)) return [];
  const good = (object: BareMetalHostObject | null) => JSON.stringify(object?.status?.goodCredentials ?? null);
  if (before && after && good(before as BareMetalHostObject) === good(host)) return [];
  if (after && !host.status?.goodCredentials) return [];
  return [{ reconciler: POWER_COLLECTOR, namespace: host.metadata.namespace ?? '', name: host.metadata.name }];
}

/** Credentials that are not known to be good are the registration's to try, not ours. */
async function hasGoodCredentials({ store }: PowerPorts, host: BareMetalHostObject): Promise<boolean> {
  const good = host.status?.goodCredentials;
  if (!good || good.address !== host.spec.bmc?.address || good.credentials?.name !== host.spec.bmc?.credentialsName) return false;
  const namespace = host.metadata.namespace ?? '';
  const secret = await store.get({ group: '', kind: 'Secret', namespace, name: good.credentials?.name ?? '' });
  return secret?.metadata.resourceVersion === good.credentialsVersion;
}

/** Seconds until the next poll is due (0 = now), and whether the last one got no answer. Operations read the power, too, and spare us a poll. */
async function lastPoll(ports: PowerPorts, host: BareMetalHostObject): Promise<{ early: number; dark: boolean }> {
  const seen = (await ports.store.observations(refKey(refOf(host)))).find(({ source }) => source === 'power');
  if (!seen) return { early: 0, dark: false };
  const age = ((await ports.store.now()).getTime() - Date.parse(seen.seenAt)) / 1000;
  const due = period(ports, host, seen);
  const dark = (seen.data as PowerSeen | null | undefined)?.error !== undefined;
  // Half a period: spreading and clocks make polls come a little early.
  return { early: age < due / 2 ? due - age : 0, dark };
}

function period({ limits }: PowerPorts, host: BareMetalHostObject, seen?: Observation): number {
  const refused = (seen?.data as PowerSeen | null | undefined)?.error?.code === OPERATION_ERRORS.auth;
  return limits.powerPollSeconds * (0.9 + 0.2 * share(host)) * (refused ? REFUSED_PERIODS : 1);
}

async function poll(ports: PowerPorts, host: BareMetalHostObject): Promise<number> {
  const reading = await read(ports, host);
  const data = await seePower(ports.store, host, reading, true);
  return period(ports, host, { subject: '', source: 'power', data: data as never, seenAt: '' });
}

async function read(ports: PowerPorts, host: BareMetalHostObject): Promise<PowerReading> {
  try {
    const timeout = Math.min(POLL_TIMEOUT_SECONDS, ports.bmcRequestSeconds);
    const { bmc } = await openHostBmc(ports, host, timeout);
    try {
      return { on: await bmc.power.get() };
    } finally {
      await bmc.close().catch(() => undefined);
    }
  } catch (error) {
    if (error instanceof BmcError) return { error: { code: error.code, message: error.message } };
    if (error instanceof Failed) return { error: { code: error.outcome.code, message: error.message } };
    if (error instanceof AppError) throw error;
    // Whatever else kept us from reading: the power is not known, and nobody may be told that it is.
    return { error: { code: OPERATION_ERRORS.unreachable, message: error instanceof Error ? error.message : String(error) } };
  }
}

/** A number in [0, 1) that stays with the host: spreads the polls of many hosts over the period. */
function share(host: BareMetalHostObject): number {
  let hash = 0;
  for (const character of host.metadata.uid) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) >>> 0;
  return (hash % 1000) / 1000;
}
