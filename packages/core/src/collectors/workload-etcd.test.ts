import { expect, test } from 'vitest';
import type { ControlPlanePod } from '../drivers/workload/control-plane.ts';
import { WorkloadError } from '../drivers/workload/errors.ts';
import type { EtcdTransport } from '../drivers/workload/etcd.ts';
import { etcdSeen } from './workload-etcd.ts';

const pod = (node: string, ready = true): ControlPlanePod => ({
  node,
  component: 'etcd',
  ready,
  ...(ready ? {} : { message: 'stopped' }),
});

function transport(alarms: unknown[] = []): EtcdTransport & { closed: boolean } {
  const answers: Record<string, unknown> = {
    '/v3/maintenance/status': { header: { member_id: '1' }, leader: '2' },
    '/v3/cluster/member/list': { members: [{ ID: '1', name: 'a' }, { ID: '2', name: 'b' }, { ID: '3' }] },
    '/v3/maintenance/alarm': { alarms },
  };
  return {
    closed: false,
    post: async <T>(path: string) => answers[path] as T,
    close() {
      this.closed = true;
    },
  };
}

test('leader, health by pod, and a member without a pod', async () => {
  const asked = transport();
  const seen = await etcdSeen([pod('a'), pod('b', false)], async () => asked);
  expect(seen.members).toEqual([
    { id: '1', name: 'a', isLearner: false, isLeader: false, healthy: true },
    { id: '2', name: 'b', isLearner: false, isLeader: true, healthy: false, message: 'stopped' },
    { id: '3', name: '', isLearner: false, isLeader: false, healthy: false, message: 'its pod is not there' },
  ]);
  expect(asked.closed).toBe(true);
});

test('an alarm makes a member unhealthy', async () => {
  const seen = await etcdSeen([pod('a')], async () => transport([{ memberID: '1', alarm: 'NOSPACE' }]));
  expect(seen.members[0]).toMatchObject({ healthy: false, message: 'alarm NOSPACE' });
});

test('the next one is asked where one does not answer; none at all is an error that is seen', async () => {
  const open = async (node: string) => {
    if (node === 'a') throw new WorkloadError('unreachable', 'no answer');
    return transport();
  };
  expect((await etcdSeen([pod('a'), pod('b')], open)).members).toHaveLength(3);
  expect(await etcdSeen([pod('a')], open)).toEqual({ error: 'no answer', members: [] });
  expect(await etcdSeen([pod('b', false)], open)).toEqual({ error: 'no etcd pod is ready', members: [] });
});
