import { describe, expect, it } from 'vitest';
import type { Condition } from '../../store/object.ts';
import { aggregate, conditionIs, firstCause, setCondition, summarize } from './conditions.ts';

const THEN = '2026-01-01T00:00:00Z';
const NOW = new Date('2026-01-01T01:00:00.500Z');
const ready: Condition = { type: 'Ready', status: 'True', reason: 'Ready', lastTransitionTime: THEN };
const named = (name: string, ...conditions: Condition[]) => ({ metadata: { name }, status: { conditions } });
const REASONS = { True: 'Good', False: 'Bad', Unknown: 'Dunno' };

describe('setCondition', () => {
  it('gives back the same list when nothing changes', () => {
    const list = [ready];
    expect(setCondition(list, { type: 'Ready', status: 'True', reason: 'Ready' }, NOW)).toBe(list);
    expect(setCondition(list, { type: 'Ready', status: 'True', reason: 'Ready', message: '' }, NOW)).toBe(list);
  });

  it('moves the time with the status only', () => {
    expect(setCondition([ready], { type: 'Ready', status: 'True', reason: 'Fine' }, NOW)[0]).toMatchObject({
      reason: 'Fine',
      lastTransitionTime: THEN,
    });
    expect(setCondition([ready], { type: 'Ready', status: 'False', reason: 'No' }, NOW)[0]?.lastTransitionTime).toBe(
      '2026-01-01T01:00:00Z',
    );
  });

  it('adds at the end', () => {
    expect(setCondition([ready], { type: 'Paused', status: 'False', reason: 'NotPaused' }, NOW).map(({ type }) => type)).toEqual([
      'Ready',
      'Paused',
    ]);
  });
});

describe('summarize', () => {
  const sources = [{ type: 'Ready' }, { type: 'Deleting', negative: true }, { type: 'Checked', optional: true }];

  it('is True when all is well', () => {
    const deleting: Condition = { ...ready, type: 'Deleting', status: 'False' };
    expect(summarize([ready, deleting], 'Available', sources, REASONS)).toEqual({
      type: 'Available',
      status: 'True',
      reason: 'Good',
      message: '',
    });
  });

  it('names what is bad before what is unknown', () => {
    const deleting: Condition = { ...ready, type: 'Deleting', status: 'True', message: 'draining' };
    expect(summarize([deleting], 'Available', sources, REASONS)).toEqual({
      type: 'Available',
      status: 'False',
      reason: 'Bad',
      message: '* Deleting: draining\n* Ready: Condition not yet reported',
    });
  });
});

describe('aggregate', () => {
  const no = (message: string): Condition => ({ ...ready, status: 'False', reason: 'No', message });

  it('groups objects by their message and names three', () => {
    const machines = ['d', 'c', 'b', 'a'].map((name) => named(name, no('no host'))).concat(named('e', no('no power')));
    expect(aggregate(machines, 'Ready', 'MachinesReady', { ...REASONS, empty: 'NoReplicas' })).toEqual({
      type: 'MachinesReady',
      status: 'False',
      reason: 'Bad',
      message: '* Machines a, b, c, … (1 more): no host\n* Machine e: no power',
    });
  });

  it('is True without objects, and Unknown where nothing is reported', () => {
    expect(aggregate([], 'Ready', 'MachinesReady', { ...REASONS, empty: 'NoReplicas' })).toMatchObject({
      status: 'True',
      reason: 'NoReplicas',
    });
    expect(aggregate([named('a')], 'Ready', 'MachinesReady', { ...REASONS, empty: 'NoReplicas' }).status).toBe('Unknown');
  });
});

describe('conditionIs', () => {
  it('is false for what is missing', () => {
    expect(conditionIs(named('a'), 'Ready')).toBe(false);
    expect(conditionIs(null, 'Ready')).toBe(false);
    expect(conditionIs(named('a', ready), 'Ready')).toBe(true);
  });
});

describe('firstCause', () => {
  it.each([
    ['', ''],
    ['no host', 'no host'],
    ['* Ready: no host\n* Other: x', 'Ready: no host'],
    [
      '* WorkersAvailable:\n  * MachineDeployment a: 2 of 3\n  * MachineDeployment b: 0 of 1',
      'WorkersAvailable: MachineDeployment a: 2 of 3',
    ],
  ])('of %j is %j', (message, cause) => {
    expect(firstCause(message)).toBe(cause);
  });
});
