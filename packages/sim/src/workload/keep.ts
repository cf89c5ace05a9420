/** Keeps a cluster on the disks of its etcd members: compressed text, written soon after a change, at most once a second. */
import { gunzipSync, gzipSync } from 'node:zlib';
import type { SavedCluster, SimCluster } from './cluster.ts';

/** Real milliseconds from a change to its write, and between two writes. A write's own cost stays below a twentieth of the time. */
const SOON_MS = 50;
const PAUSE_MS = 1000;
const SHARE = 20;
/** Most that a disk's copy may unpack to. */
const MOST_BYTES = 256 * 1024 * 1024;

/** Starts keeping it; gives the cluster its `flush`. A change of etcd's members is written at once, as raft would. */
export function keepCluster(cluster: SimCluster): void {
  let timer: NodeJS.Timeout | undefined;
  let dirty = true;
  let next = 0;
  const write = () => {
    clearTimeout(timer);
    timer = undefined;
    const up = [...cluster.controlPlanes.values()].filter((controlPlane) => controlPlane.up);
    if (!dirty || up.length === 0) return;
    dirty = false;
    const began = Date.now();
    cluster.revision++;
    const data = pack(cluster);
    for (const controlPlane of up) controlPlane.keep(data);
    next = Date.now() + Math.max(PAUSE_MS, SHARE * (Date.now() - began));
  };
  const changed = () => {
    dirty = true;
    timer ??= setTimeout(write, Math.max(SOON_MS, next - Date.now())).unref();
  };
  cluster.flush = write;
  cluster.objects.onChange(changed);
  cluster.etcd.onChange(() => {
    dirty = true;
    write();
  });
  changed();
}

/** Reads a disk's copy. Throws on one that is damaged. */
export function unpack(data: string): SavedCluster {
  const text = gunzipSync(Buffer.from(data, 'base64'), { maxOutputLength: MOST_BYTES }).toString('utf8');
  return JSON.parse(text) as SavedCluster;
}

function pack({ revision, name, version, ca, etcdCa, endpoint, etcd, objects }: SimCluster): string {
  const identity = { name, version, ca, etcdCa, endpoint };
  const saved: SavedCluster = { revision, identity, etcd: etcd.saved(), objects: objects.saved() };
  return gzipSync(JSON.stringify(saved), { level: 1 }).toString('base64');
}
