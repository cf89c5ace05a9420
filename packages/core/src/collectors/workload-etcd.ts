/** What etcd says of its members, asked of the first one that answers. */

import type { ControlPlanePod } from '../drivers/workload/control-plane.ts';
import { WorkloadError } from '../drivers/workload/errors.ts';
import { type EtcdTransport, listAlarms, listMembers, memberStatus } from '../drivers/workload/etcd.ts';
import { isCode } from '../errors.ts';
import type { ControlPlaneSeen } from '../runtime/seen.ts';

/** Members that are asked before giving up. */
const MOST_ASKED = 3;

/** A member is healthy if its pod is ready (kubeadm's probe asks etcd itself) and it has raised no alarm. Errors are part of what is seen. */
export async function etcdSeen(
  pods: readonly ControlPlanePod[],
  open: (node: string) => Promise<EtcdTransport>,
): Promise<ControlPlaneSeen['etcd']> {
  const own = pods.filter((pod) => pod.component === 'etcd');
  const asked = own.filter((pod) => pod.ready).slice(0, MOST_ASKED);
  let error = own.length === 0 ? 'there are no etcd pods' : 'no etcd pod is ready';
  for (const pod of asked) {
    try {
      return await ask(own, await open(pod.node));
    } catch (problem) {
      if (!(problem instanceof WorkloadError) && !isCode(problem, 'unavailable')) throw problem;
      error = problem.message;
    }
  }
  return { error, members: [] };
}

async function ask(pods: readonly ControlPlanePod[], transport: EtcdTransport): Promise<ControlPlaneSeen['etcd']> {
  try {
    const [status, members, alarms] = [await memberStatus(transport), await listMembers(transport), await listAlarms(transport)];
    return {
      members: members.map(({ id, name, isLearner }) => {
        const pod = pods.find((one) => one.node === name);
        const alarm = alarms.find((one) => one.memberId === id);
        const message = alarm ? `alarm ${alarm.alarm}` : pod ? pod.message : 'its pod is not there';
        return {
          id,
          name,
          isLearner,
          isLeader: id === status.leaderId,
          healthy: pod?.ready === true && !alarm,
          ...(message ? { message } : {}),
        };
      }),
    };
  } finally {
    transport.close();
  }
}
