/** What a simulated node has on its disk besides the image: it survives reboots, and restarts of the simulator where the server keeps it. */
import { createHash } from 'node:crypto';
import type { SiteNetwork } from '../network.ts';
import type { NodeHardware } from '../node-contract.ts';
import type { SavedCluster } from '../workload/cluster.ts';
import type { ControlPlaneFiles } from '../workload/control-plane.ts';
import { unpack } from '../workload/keep.ts';

/** Files by name. */
export type Files = NonNullable<NodeHardware['disk']>;

/** Named after where a node has the like. */
const CLOUD_INIT = '/var/lib/cloud/result.json';
const KUBELET = '/var/lib/kubelet/identity.json';
const CONTROL_PLANE = '/etc/kubernetes/control-plane.json';
const ETCD = '/var/lib/etcd/member.gz';

/** That the node has joined a cluster: under which name, and the cluster's CA fingerprint. */
export interface Identity {
  name: string;
  pin: string;
}

/** The disk's files. Hardware without a disk of its own has one in memory, emptied when another image or config drive is written. */
export function filesOf(hardware: NodeHardware): Files {
  if (hardware.disk) return hardware.disk;
  const all = inMemory.get(hardware.network) ?? new Map<string, { drive: string; files: Files }>();
  inMemory.set(hardware.network, all);
  const drive = createHash('sha256').update(hardware.configDrive).update(hardware.image.url).digest('hex');
  const known = all.get(hardware.seed);
  if (known?.drive === drive) return known.files;
  const made = { drive, files: filesIn(new Map()) };
  all.set(hardware.seed, made);
  return made.files;
}

/** Files in a map. */
export function filesIn(map: Map<string, string>): Files {
  return { read: (name) => map.get(name), write: (name, content) => void map.set(name, content) };
}

/** Whether kubeadm has failed on this instance: cloud-init does not run it again. */
export function hasFailed(files: Files): boolean {
  return files.read(CLOUD_INIT) !== undefined;
}

/** Notes that it has failed. */
export function noteFailure(files: Files): void {
  files.write(CLOUD_INIT, JSON.stringify({ errors: ['runcmd'] }));
}

/** Undefined before the node has joined. */
export function readIdentity(files: Files): Identity | undefined {
  return parsed<Identity>(files.read(KUBELET));
}

/** Written once the node has joined. */
export function writeIdentity(files: Files, identity: Identity): void {
  files.write(KUBELET, JSON.stringify(identity));
}

/** Undefined on a worker. */
export function readControlPlane(files: Files): ControlPlaneFiles | undefined {
  return parsed<ControlPlaneFiles>(files.read(CONTROL_PLANE));
}

/** Certificates and static pods. */
export function writeControlPlane(files: Files, of: ControlPlaneFiles): void {
  files.write(CONTROL_PLANE, JSON.stringify(of));
}

/** The member's copy of the cluster. Undefined if there is none; throws on a damaged one. */
export function readEtcd(files: Files): SavedCluster | undefined {
  const data = files.read(ETCD);
  return data === undefined ? undefined : unpack(data);
}

/** Packed by workload/keep.ts. */
export function writeEtcd(files: Files, data: string): void {
  files.write(ETCD, data);
}

const inMemory = new WeakMap<SiteNetwork, Map<string, { drive: string; files: Files }>>();

function parsed<T>(text: string | undefined): T | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as T);
}
