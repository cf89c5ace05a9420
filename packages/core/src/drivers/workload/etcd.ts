/** Managing etcd's members through the JSON gateway of its v3 API, over any transport. */

/** Carries a call to one member. Throws WorkloadError. */
export interface EtcdTransport {
  post<T>(path: string, body: Record<string, unknown>): Promise<T>;
  close(): void;
}

/** A member, as the one that was asked sees it. */
export interface EtcdMember {
  /** 64-bit number as decimal text. */
  id: string;
  name: string;
  isLearner: boolean;
  peerURLs: string[];
}

/** The state of the member that was asked. */
export interface EtcdStatus {
  memberId: string;
  /** undefined = it knows of none. */
  leaderId?: string;
  errors: string[];
}

interface Header {
  member_id?: string;
}

/** All members. Needs quorum. */
export async function listMembers(transport: EtcdTransport): Promise<EtcdMember[]> {
  const answer = await transport.post<{ members?: { ID: string; name?: string; isLearner?: boolean; peerURLs?: string[] }[] }>(
    '/v3/cluster/member/list',
    {},
  );
  return (answer.members ?? []).map(({ ID, name = '', isLearner = false, peerURLs = [] }) => ({
    id: ID,
    name,
    isLearner,
    peerURLs,
  }));
}

/** The state of the member that is asked; needs no quorum. */
export async function memberStatus(transport: EtcdTransport): Promise<EtcdStatus> {
  const answer = await transport.post<{ header?: Header; leader?: string; errors?: string[] }>('/v3/maintenance/status', {});
  const leaderId = answer.leader && answer.leader !== '0' ? answer.leader : undefined;
  return { memberId: answer.header?.member_id ?? '', errors: answer.errors ?? [], ...(leaderId ? { leaderId } : {}) };
}

/** Alarms by member: NOSPACE or CORRUPT. */
export async function listAlarms(transport: EtcdTransport): Promise<{ memberId: string; alarm: string }[]> {
  const answer = await transport.post<{ alarms?: { memberID: string; alarm: string }[] }>('/v3/maintenance/alarm', {
    action: 'GET',
  });
  return (answer.alarms ?? []).map(({ memberID, alarm }) => ({ memberId: memberID, alarm }));
}

/** Removes a member by id. */
export async function removeMember(transport: EtcdTransport, id: string): Promise<void> {
  await transport.post('/v3/cluster/member/remove', { ID: id });
}

/** Hands leadership over; only the leader itself can be asked. */
export async function moveLeader(transport: EtcdTransport, targetId: string): Promise<void> {
  await transport.post('/v3/maintenance/transfer-leadership', { targetID: targetId });
}
