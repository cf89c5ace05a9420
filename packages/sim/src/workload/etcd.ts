/** Membership and quorum of a simulated etcd. What it stores is the cluster's objects: they live as long as a quorum of members does. */
import { createHash } from 'node:crypto';

/** One member. */
export interface Member {
  /** Decimal, as etcd's JSON gateway writes 64-bit numbers. */
  id: string;
  name: string;
  ip: string;
  /** Its process runs and its network is up. */
  running: boolean;
}

/** The members of one cluster. */
export interface Etcd {
  readonly clusterId: string;
  members(): Member[];
  leader(): Member | undefined;
  /** Whether more than half of the members run. */
  hasQuorum(): boolean;
  byName(name: string): Member | undefined;
  /** Throws EtcdError without quorum. The first member needs none. */
  add(name: string, ip: string): Member;
  remove(id: string): void;
  setRunning(name: string, running: boolean): void;
  moveLeader(from: string, to: string): void;
  /** Calls after each change until the answer is called. */
  onChange(listener: () => void): () => void;
  /** The member list, for a disk. */
  saved(): SavedEtcd;
}

/** The member list as each member's disk keeps it. */
export interface SavedEtcd {
  seed: string;
  /** How many members there have ever been: ids are not used twice. */
  count: number;
  members: Pick<Member, 'id' | 'name' | 'ip'>[];
}

/** etcd's own errors, with its texts. */
export class EtcdError extends Error {
  /** gRPC code. */
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.name = 'EtcdError';
    this.code = code;
  }
}

/** An etcd without members, or with those that a disk has kept; none of them runs yet. */
export function makeEtcd({ seed, count: before, members }: SavedEtcd): Etcd {
  const all = new Map(members.map((member): [string, Member] => [member.id, { ...member, running: false }]));
  const listeners = new Set<() => void>();
  let leaderId: string | undefined;
  let count = before;
  const running = () => [...all.values()].filter((member) => member.running);
  const hasQuorum = () => all.size > 0 && running().length > Math.floor(all.size / 2);
  const changed = () => {
    if (!hasQuorum()) leaderId = undefined;
    else if (!leaderId || !all.get(leaderId)?.running) leaderId = running()[0]?.id;
    for (const listener of [...listeners]) listener();
  };
  const needQuorum = () => {
    if (!hasQuorum()) throw new EtcdError(14, 'etcdserver: no leader');
  };
  const known = (id: string) => {
    const member = all.get(id);
    if (!member) throw new EtcdError(5, 'etcdserver: member not found');
    return member;
  };

  return {
    clusterId: idOf(`${seed}/cluster`),
    members: () => [...all.values()],
    leader: () => (leaderId ? all.get(leaderId) : undefined),
    hasQuorum,
    byName: (name) => [...all.values()].find((member) => member.name === name),
    add(name, ip) {
      if (all.size > 0) needQuorum();
      const member: Member = { id: idOf(`${seed}/${name}/${count++}`), name, ip, running: true };
      all.set(member.id, member);
      changed();
      return member;
    },
    remove(id) {
      needQuorum();
      const member = known(id);
      all.delete(id);
      member.running = false;
      changed();
    },
    setRunning(name, value) {
      const member = this.byName(name);
      if (!member || member.running === value) return;
      member.running = value;
      changed();
    },
    moveLeader(from, to) {
      needQuorum();
      if (from !== leaderId) throw new EtcdError(9, 'etcdserver: not leader');
      if (!known(to).running) throw new EtcdError(9, 'etcdserver: bad leader transferee');
      leaderId = to;
      changed();
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    saved: () => ({ seed, count, members: [...all.values()].map(({ id, name, ip }) => ({ id, name, ip })) }),
  };
}

function idOf(text: string): string {
  return createHash('sha256').update(text).digest().readBigUInt64BE(0).toString();
}
