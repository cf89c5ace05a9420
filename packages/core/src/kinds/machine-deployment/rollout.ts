/**
 * The arithmetic of a rollout, pure: how many machines each MachineSet shall have next (Cluster API 2.4). The new set grows up to
 * replicas + maxSurge in total; old sets shrink, unavailable machines first, so that replicas − maxUnavailable stay available.
 */
import { resolveIntOrPercent } from '../shared/fields.ts';

/** A MachineSet as the arithmetic sees it. */
export interface SetState {
  name: string;
  /** spec.replicas. */
  wanted: number;
  /** Machines there are, those being deleted included. */
  current: number;
  /** Machines that serve: Available, and for the new set up to date too. */
  available: number;
}

/** A deployment's rollout. */
export interface Rollout {
  replicas: number;
  maxSurge: number;
  maxUnavailable: number;
  newSet: SetState;
  /** Oldest first. */
  oldSets: readonly SetState[];
}

/** How many each set shall have, for those that change. */
export type Intents = ReadonlyMap<string, number>;

/** maxSurge rounds up, maxUnavailable down; where both come to 0 one may be unavailable, for else nothing could move. */
export function bounds(
  replicas: number,
  strategy: { maxSurge?: number | string; maxUnavailable?: number | string } | undefined,
): { maxSurge: number; maxUnavailable: number } {
  const maxSurge = resolveIntOrPercent(strategy?.maxSurge ?? 1, replicas, 'up');
  const maxUnavailable = Math.min(resolveIntOrPercent(strategy?.maxUnavailable ?? 0, replicas, 'down'), replicas);
  return maxSurge === 0 && maxUnavailable === 0 ? { maxSurge, maxUnavailable: 1 } : { maxSurge, maxUnavailable };
}

/** The next step of a rolling update. An empty map = wait. */
export function rollingUpdate(rollout: Rollout): Intents {
  const intents = new Map<string, number>();
  resizeNew(rollout, intents);
  shrinkOld(rollout, intents);
  if (intents.size === 0) breakDeadlock(rollout, intents);
  return intents;
}

/** OnDelete: people delete machines; each one gone from an old set is made in the new one. Surplus is taken from the oldest set. */
export function onDelete({ replicas, newSet, oldSets }: Rollout): Intents {
  const intents = new Map<string, number>();
  const kept = oldSets.map((set) => ({ name: set.name, wanted: set.wanted, kept: Math.min(set.wanted, set.current) }));
  let surplus = sum(kept, (set) => set.kept) - replicas;
  for (const set of kept) {
    const taken = Math.max(0, Math.min(surplus, set.kept));
    surplus -= taken;
    if (set.kept - taken !== set.wanted) intents.set(set.name, set.kept - taken);
  }
  const left = sum(kept, (set) => intents.get(set.name) ?? set.wanted);
  const wanted = Math.max(0, replicas - left);
  if (wanted !== newSet.wanted) intents.set(newSet.name, wanted);
  return intents;
}

function resizeNew({ replicas, maxSurge, newSet, oldSets }: Rollout, intents: Map<string, number>): void {
  if (newSet.wanted === replicas) return;
  if (newSet.wanted > replicas) {
    intents.set(newSet.name, replicas);
    return;
  }
  // Machines being deleted still count: a surge is of servers, not of intentions.
  const total = sum([newSet, ...oldSets], (set) => Math.max(set.wanted, set.current));
  const room = Math.max(0, replicas + maxSurge - total);
  const grown = newSet.wanted + Math.min(room, replicas - newSet.wanted);
  if (grown !== newSet.wanted) intents.set(newSet.name, grown);
}

function shrinkOld(rollout: Rollout, intents: Map<string, number>): void {
  const { replicas, maxUnavailable, newSet, oldSets } = rollout;
  const all = [newSet, ...oldSets];
  if (sum(oldSets, (set) => set.wanted) === 0) return;
  const minAvailable = Math.max(0, replicas - maxUnavailable);
  const pending = sum(all, (set) => Math.max(0, set.current - Math.min(set.wanted, intents.get(set.name) ?? set.wanted)));
  const newUnavailable = Math.max(0, newSet.wanted - newSet.available);
  let budget = sum(all, (set) => set.wanted) - pending - minAvailable - newUnavailable;
  let available = sum(all, (set) => set.available);
  for (const unavailableOnly of [true, false]) {
    for (const set of oldSets) {
      if (budget <= 0) return;
      const step = shrink(set, { intent: intents.get(set.name) ?? set.wanted, budget, available, minAvailable, unavailableOnly });
      if (step.by === 0) continue;
      intents.set(set.name, (intents.get(set.name) ?? set.wanted) - step.by);
      budget -= step.by;
      available -= step.availableLost;
    }
  }
}

/** By how much one old set may shrink, assuming the worst: that every machine it deletes is an available one. */
function shrink(
  set: SetState,
  now: { intent: number; budget: number; available: number; minAvailable: number; unavailableOnly: boolean },
): { by: number; availableLost: number } {
  const most = now.unavailableOnly ? Math.max(0, now.intent - set.available) : now.intent;
  let by = Math.min(most, now.budget);
  if (by <= 0) return { by: 0, availableLost: 0 };
  if (set.available === 0) return { by, availableLost: 0 };
  const spare = Math.max(0, now.available - now.minAvailable);
  const deleted = Math.max(0, set.current - (now.intent - by));
  if (deleted > spare) by = Math.max(0, now.intent - Math.min(set.current - spare, now.intent));
  const lost = Math.max(0, set.current - (now.intent - by));
  return { by, availableLost: Math.min(set.available, lost) };
}

/** Nothing moves, the new machines all serve, and an old set holds broken ones: one of those goes, at no cost to anybody. */
function breakDeadlock({ newSet, oldSets }: Rollout, intents: Map<string, number>): void {
  const still = [newSet, ...oldSets].every((set) => set.wanted === set.current);
  if (!still || newSet.available < newSet.wanted) return;
  const stuck = oldSets.find((set) => set.wanted > 0 && set.available < set.wanted);
  if (stuck) intents.set(stuck.name, stuck.wanted - 1);
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
