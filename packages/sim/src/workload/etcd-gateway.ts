/** etcd's v3 JSON gateway (grpc-gateway): the calls that managing members needs. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readJson, sendJson } from '../http-on-sockets.ts';
import { type Etcd, EtcdError, type Member } from './etcd.ts';

/** gRPC codes to HTTP, as grpc-gateway maps them. */
const HTTP: Record<number, number> = { 3: 400, 5: 404, 9: 412, 12: 501, 14: 503 };

/** Answers one request to `member`. */
export async function serveEtcd(etcd: Etcd, member: Member, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const body = await readJson(request, 64 * 1024);
    sendJson(response, 200, answer(etcd, member, request.url ?? '', body));
  } catch (error) {
    if (!(error instanceof EtcdError)) throw error;
    sendJson(response, HTTP[error.code] ?? 500, { error: error.message, code: error.code, message: error.message });
  }
}

function answer(etcd: Etcd, member: Member, path: string, body: Record<string, unknown>): Record<string, unknown> {
  const header = { cluster_id: etcd.clusterId, member_id: member.id, revision: '1', raft_term: '2' };
  switch (path) {
    case '/v3/cluster/member/list':
      if (!etcd.hasQuorum()) throw new EtcdError(14, 'etcdserver: no leader');
      return { header, members: members(etcd) };
    case '/v3/cluster/member/remove':
      etcd.remove(String(body.ID));
      return { header, members: members(etcd) };
    case '/v3/maintenance/transfer-leadership':
      etcd.moveLeader(member.id, String(body.targetID));
      return { header };
    case '/v3/maintenance/alarm':
      return { header, alarms: [] };
    case '/v3/maintenance/status': {
      const leader = etcd.leader();
      const errors = leader ? {} : { errors: ['etcdserver: no leader'] };
      return { header, version: '3.5.16', dbSize: '20480', leader: leader?.id ?? '0', raftIndex: '9', raftTerm: '2', ...errors };
    }
    default:
      throw new EtcdError(5, 'Not Found');
  }
}

function members(etcd: Etcd) {
  return etcd.members().map(({ id, name, ip }) => ({
    ID: id,
    name,
    peerURLs: [`https://${ip}:2380`],
    clientURLs: [`https://${ip}:2379`],
  }));
}
