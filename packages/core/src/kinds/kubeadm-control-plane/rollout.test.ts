import { expect, test } from 'vitest';
import { Machine } from '../machine/kind.ts';
import { made, since } from '../shared/testing.ts';
import { type Candidate, type Facts, nextStep, preflight, type Step, toDelete } from './rollout.ts';

const TYPES = ['APIServerPodHealthy', 'EtcdMemberHealthy'];
const OLD = ['Version v1.32.0, v1.33.0 required'];

/** `a` up to date, `a!` outdated, `a-` going, `a?` without a node, `a~` unhealthy, `a_` with an old kubelet, `a=` node not Ready, `a*` marked for deletion; `a@r1` in a rack. */
function candidate(text: string, index: number): Candidate {
  const [flags, failureDomain = ''] = text.slice(1).split('@');
  const is = (flag: string) => flags!.includes(flag);
  const machine = made(
    Machine,
    text[0]!,
    { clusterName: 'c', bootstrap: {}, infrastructureRef: { apiGroup: 'i', kind: 'M', name: 'm' } },
    {
      ...(is('?') ? {} : { nodeRef: { name: text[0]! }, nodeInfo: { kubeletVersion: is('_') ? 'v1.32.0' : 'v1.33.0' } }),
      conditions: [
        since('NodeReady', is('=') ? 'False' : 'True'),
        since('APIServerPodHealthy', is('~') ? 'False' : 'True', 'x', is('~') ? 'crashes' : ''),
        since('EtcdMemberHealthy'),
      ],
    },
    {
      creationTimestamp: `2026-01-01T00:00:0${index}Z`,
      ...(is('-') ? { deletionTimestamp: '2026-01-01T01:00:00Z' } : {}),
      ...(is('*') ? { annotations: { 'cluster.x-k8s.io/delete-machine': '' } } : {}),
    },
  );
  return { machine, outdated: is('!') ? OLD : [], failureDomain };
}

const facts = (machines: string, replicas = 3, more: Partial<Facts> = {}): Facts => ({
  replicas,
  version: 'v1.33.0',
  maxSurge: 1,
  candidates: machines.split(' ').filter(Boolean).map(candidate),
  healthTypes: TYPES,
  replacing: false,
  ...more,
});

function say(step: Step): string {
  if (step.do === 'create') return `create (${step.why})`;
  if (step.do === 'delete') return `delete ${step.machine.metadata.name} (${step.why})`;
  return step.do === 'wait' ? `wait for ${step.for}: ${step.lines.join('; ')}` : 'nothing';
}

test.each<[string, number, string, Partial<Facts>?]>([
  ['', 3, 'create (init)'],
  ['a?', 3, 'wait for scale up: Machine a does not have a corresponding Node yet (Machine.status.nodeRef not set)'],
  ['a', 3, 'create (scale up)'],
  ['a b?', 3, 'wait for scale up: Machine b does not have a corresponding Node yet (Machine.status.nodeRef not set)'],
  ['a b c', 3, 'nothing'],
  ['a b~ c', 3, 'nothing'],
  ['a b~', 3, 'wait for scale up: Machine b reports APIServerPodHealthy condition is false (crashes)'],
  ['a b c d e', 3, 'delete a (scale down)'],
  ['a b c- d', 3, 'wait for scale down: Machine c is being deleted'],
  ['a! b! c!', 3, 'create (rollout)'],
  ['a! b! c! d', 3, 'delete a (rollout)'],
  ['a! b! c! d?', 3, 'wait for rollout: Machine d does not have a corresponding Node yet (Machine.status.nodeRef not set)'],
  ['a! b! c! d=', 3, 'wait for rollout: Node of Machine d is not Ready yet'],
  ['a! b! c! d_', 3, 'wait for rollout: Node of Machine d reports kubelet v1.32.0, v1.33.0 required'],
  ['a! b! c! d~', 3, 'wait for rollout: Machine d reports APIServerPodHealthy condition is false (crashes)'],
  ['a!- b! c! d', 3, 'wait for rollout: Machine a is being deleted'],
  ['b! c! d', 3, 'create (rollout)'],
  ['b c d e', 3, 'delete b (scale down)'],
  ['a! b! c!', 3, 'delete a (rollout)', { maxSurge: 0 }],
  ['a! b! c~', 3, 'wait for rollout: Machine c reports APIServerPodHealthy condition is false (crashes)', { maxSurge: 0 }],
  ['a b~', 3, 'create (scale up)', { replacing: true }],
  ['a b-', 3, 'wait for scale up: Machine b is being deleted', { replacing: true }],
  ['a b', 3, 'wait for scale up: The control plane cannot be reached since noon', { lostSince: 'noon' }],
  ['a! b! c! d', 3, 'wait for rollout: The control plane cannot be reached since noon', { lostSince: 'noon' }],
  ['a b c', 3, 'nothing', { lostSince: 'noon' }],
])('%s of %i: %s', (machines, replicas, expected, more = {}) => {
  expect(say(nextStep(facts(machines, replicas, more)))).toBe(expected);
});

test.each([
  ['a b! c!', 'b'],
  ['a* b! c!', 'a'],
  ['a* b! c!*', 'c'],
  ['a b! c!~', 'c'],
  ['a b c', 'a'],
  ['a@r1 b@r2 c@r2', 'b'],
  ['a!@r1 b!@r2 c!@r2', 'b'],
  ['a- b c', 'b'],
])('of %s goes %s', (machines, name) => {
  expect(toDelete(facts(machines)).machine.metadata.name).toBe(name);
});

test('a control plane never falls below its wanted number of well machines while it rolls', () => {
  // Every state a rollout of three can be in: whatever is deleted, three other up-to-date or old machines are well.
  const states = ['', '!', '?', '~', '=', '_', '-'];
  for (const a of states)
    for (const b of states)
      for (const c of states)
        for (const d of states) {
          const given = facts(`a!${a} b!${b} c${c} d${d}`);
          const step = nextStep(given);
          if (step.do !== 'delete') continue;
          const others = given.candidates.filter((each) => each.machine.metadata.name !== step.machine.metadata.name);
          expect(preflight({ candidates: others, healthTypes: TYPES, replacing: false })).toEqual([]);
          expect(others.length).toBeGreaterThanOrEqual(3);
        }
});
