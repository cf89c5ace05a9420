/** Moving etcd's leadership and removing members, so that a control-plane machine can go without hurting the others. */
import { memberPods } from '../drivers/workload/control-plane.ts';
import { type EtcdTransport, listMembers, memberStatus, moveLeader, removeMember } from '../drivers/workload/etcd.ts';
import { OPERATION_ERRORS } from '../runtime/operations.ts';
import { Failed } from './host-access.ts';
import type { Acting } from './workload.ts';

/** Hands leadership of `node`'s member to another. Nothing if it does not lead. */
export async function moveEtcdLeader(acting: Acting, node: string): Promise<void> {
  const ready = (await memberPods(acting.client)).filter((pod) => pod.ready).map((pod) => pod.node);
  await onMember(acting, node, async (transport) => {
    const [status, members] = [await memberStatus(transport), await listMembers(transport)];
    const own = members.find((member) => member.name === node);
    if (!own || status.leaderId !== own.id) return;
    const next = members.find((member) => member.id !== own.id && !member.isLearner && ready.includes(member.name));
    if (!next) throw new Failed(OPERATION_ERRORS.stepFailed, `there is no healthy etcd member to lead instead of ${node}`, true);
    await moveLeader(transport, next.id);
  });
}

/** Removes the member of `node`, asking another one. Nothing if it is no member. */
export async function removeEtcdMember(acting: Acting, node: string): Promise<void> {
  const pods = await memberPods(acting.client);
  const others = pods.filter((pod) => pod.node !== node).sort((a, b) => Number(b.ready) - Number(a.ready));
  // The last member can only be asked itself; etcd then refuses, in its own words.
  const through = others[0]?.node ?? node;
  await onMember(acting, through, async (transport) => {
    const member = (await listMembers(transport)).find((one) => one.name === node);
    if (member) await removeMember(transport, member.id);
  });
}

async function onMember(acting: Acting, node: string, act: (transport: EtcdTransport) => Promise<void>): Promise<void> {
  const transport = await acting.pool.etcd(acting.cluster, acting.client, node);
  try {
    await act(transport);
  } finally {
    transport.close();
  }
}
