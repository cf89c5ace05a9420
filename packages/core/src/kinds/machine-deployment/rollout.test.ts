import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bounds, onDelete, type Rollout, rollingUpdate, type SetState } from './rollout.ts';

const set = (name: string, wanted: number, current = wanted, available = current): SetState => ({
  name,
  wanted,
  current,
  available,
});
const rollout = (replicas: number, newSet: SetState, oldSets: SetState[], maxSurge = 1, maxUnavailable = 0): Rollout => ({
  replicas,
  maxSurge,
  maxUnavailable,
  newSet,
  oldSets,
});
const steps = (plan: Rollout) => Object.fromEntries(rollingUpdate(plan));

describe('bounds', () => {
  it.each([
    [10, { maxSurge: '25%', maxUnavailable: '25%' }, { maxSurge: 3, maxUnavailable: 2 }],
    [3, undefined, { maxSurge: 1, maxUnavailable: 0 }],
    [3, { maxSurge: 0, maxUnavailable: '10%' }, { maxSurge: 0, maxUnavailable: 1 }],
    [2, { maxSurge: 0, maxUnavailable: 9 }, { maxSurge: 0, maxUnavailable: 2 }],
  ])('of %i replicas', (replicas, strategy, expected) => {
    expect(bounds(replicas, strategy)).toEqual(expected);
  });
});

describe('rollingUpdate', () => {
  it('grows the new set into the surge', () => {
    expect(steps(rollout(3, set('new', 0), [set('old', 3)]))).toEqual({ new: 1 });
  });

  it('waits for the new machine before an old one goes', () => {
    expect(steps(rollout(3, set('new', 1, 1, 0), [set('old', 3)]))).toEqual({});
    expect(steps(rollout(3, set('new', 1), [set('old', 3)]))).toEqual({ old: 2 });
  });

  it('counts servers that are being deleted against the surge', () => {
    expect(steps(rollout(3, set('new', 1), [set('old', 2, 3, 2)]))).toEqual({});
  });

  it('takes broken machines first, oldest set first', () => {
    const oldSets = [set('oldest', 2, 2, 0), set('older', 3)];
    expect(steps(rollout(5, set('new', 0), oldSets, 0, 2))).toEqual({ oldest: 0 });
  });

  it('breaks a deadlock: all new ones serve, and an old one never will', () => {
    // One of three is broken, nothing may be unavailable: without a step on the broken one nothing could ever move.
    expect(steps(rollout(3, set('new', 1), [set('old', 3, 3, 2)]))).toEqual({ old: 2 });
    expect(steps(rollout(3, set('new', 0, 0, 0), [set('old', 4, 4, 2)], 1, 0))).toEqual({ old: 3 });
  });

  it('comes down to the wanted number', () => {
    expect(steps(rollout(2, set('new', 4), []))).toEqual({ new: 2 });
  });

  const world = fc.record({
    replicas: fc.integer({ min: 0, max: 12 }),
    maxSurge: fc.integer({ min: 0, max: 5 }),
    maxUnavailable: fc.integer({ min: 0, max: 5 }),
    sets: fc.array(fc.tuple(fc.nat(6), fc.nat(6), fc.nat(6)), { minLength: 1, maxLength: 4 }),
  });

  it('never plans more servers than the surge allows', () => {
    fc.assert(
      fc.property(world, ({ replicas, maxSurge, maxUnavailable, sets }) => {
        const [newSet, ...oldSets] = sets.map(([wanted, more, available], index) =>
          set(`s${index}`, wanted, wanted + more, Math.min(available, wanted + more)),
        );
        const limits = bounds(replicas, { maxSurge, maxUnavailable });
        const intents = rollingUpdate({ replicas, ...limits, newSet: newSet!, oldSets });
        const servers = (of: (state: SetState) => number) =>
          [newSet!, ...oldSets].reduce((sum, state) => sum + Math.max(of(state), state.current), 0);
        const before = servers((state) => state.wanted);
        const after = servers((state) => intents.get(state.name) ?? state.wanted);
        expect(after).toBeLessThanOrEqual(Math.max(before, replicas + limits.maxSurge));
      }),
      { numRuns: 500 },
    );
  });

  it('never lets go of a machine that is needed', () => {
    fc.assert(
      fc.property(world, ({ replicas, maxSurge, maxUnavailable, sets }) => {
        // All old machines serve, so each one that goes is one less.
        const [first, ...rest] = sets;
        const [wanted, more, available] = first!;
        const newSet = set('new', wanted, wanted + more, Math.min(available, wanted));
        const oldSets = rest.map(([old], index) => set(`old${index}`, old));
        const limits = bounds(replicas, { maxSurge, maxUnavailable });
        const intents = rollingUpdate({ replicas, ...limits, newSet, oldSets });
        const kept = oldSets.reduce((sum, state) => sum + (intents.get(state.name) ?? state.wanted), 0);
        const before = oldSets.reduce((sum, state) => sum + state.wanted, 0);
        const least = Math.max(0, replicas - limits.maxUnavailable);
        if (kept < before) expect(newSet.available + kept).toBeGreaterThanOrEqual(least);
      }),
      { numRuns: 500 },
    );
  });
});

describe('onDelete', () => {
  it('makes a new machine for each that a person has deleted', () => {
    expect(Object.fromEntries(onDelete(rollout(3, set('new', 0), [set('old', 3, 2)])))).toEqual({ old: 2, new: 1 });
  });
  it('takes surplus from the oldest set', () => {
    expect(Object.fromEntries(onDelete(rollout(2, set('new', 0), [set('oldest', 2), set('older', 2)])))).toEqual({ oldest: 0 });
  });
});
