/** kubeadm init and join on a simulated node: what they check, what they start, what they leave, and how they fail. */
import { belongTogether, caCertHash, type KeyPair } from '@slipway/core/bootstrap/pki.ts';
import { parse } from 'yaml';
import { clustersOf, makeCluster, type SimCluster } from '../workload/cluster.ts';
import { makeControlPlaneFiles, openControlPlane, startControlPlane } from '../workload/control-plane.ts';
import { runCluster } from '../workload/recovery.ts';
import { createSystemObjects } from '../workload/system-objects.ts';
import { get } from './api-client.ts';
import { argsOf, endpointOf, type KubeadmFile, readKubeadmFile, secondsOf } from './kubeadm-files.ts';
import { checkKubelet, type Registration, registerNode, runKubelet } from './kubelet.ts';
import { KubeadmError, lasts, type Machine } from './machine.ts';
import { writeControlPlane, writeEtcd } from './node-disk.ts';
import { witnessRemoval } from './resume.ts';

const PKI = '/etc/kubernetes/pki';
const CONTROL_PLANE_TAINT = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' };
/** Image pulls and the start of the control plane. */
const INIT_SECONDS = 40;
const JOIN_CONTROL_PLANE_SECONDS = 40;
const JOIN_WORKER_SECONDS = 15;
/** kubeadm's discovery timeout and how often it looks. */
const DISCOVERY_SECONDS = 300;
const DISCOVERY_PERIOD = 5;

/** `kubeadm init --config path`. Throws KubeadmError. */
export async function kubeadmInit(machine: Machine, path: string): Promise<void> {
  const file = readKubeadmFile(machine, path);
  const configuration = file.ClusterConfiguration;
  if (!configuration) throw new KubeadmError('there is no ClusterConfiguration');
  checkVersion(machine, configuration.kubernetesVersion);
  const registration = registrationOf(machine, file.InitConfiguration?.nodeRegistration, true);
  const [ca, etcdCa] = [await pair(machine, 'ca'), await pair(machine, 'etcd/ca')];
  await pair(machine, 'front-proxy-ca');
  await pair(machine, 'sa', 'sa.pub');
  checkKubelet(registration);
  const vip = kubeVip(machine);
  if (vip?.kubeconfig.endsWith('/admin.conf') && minor(configuration.kubernetesVersion) >= 29) {
    await lasts(machine, 240);
    throw new KubeadmError(
      'kube-vip may not use admin.conf before init is over: the endpoint never answered (super-admin.conf is needed)',
    );
  }
  await lasts(machine, INIT_SECONDS);
  const { hardware } = machine;
  const cluster = makeCluster(
    {
      name: configuration.clusterName ?? 'kubernetes',
      version: configuration.kubernetesVersion,
      ca,
      etcdCa,
      endpoint: endpointOf(configuration.controlPlaneEndpoint),
      network: hardware.network,
      clock: hardware.clock,
    },
    { seed: `${hardware.seed}/${registration.name}`, count: 0, members: [] },
  );
  await becomeControlPlane(machine, cluster, registration, {
    announces: vip !== null,
    certSANs: configuration.apiServer?.certSANs ?? [],
  });
  createSystemObjects(cluster, file.clusterText ?? '');
  runCluster(cluster);
  registerNode(machine, cluster, registration);
  runKubelet(machine, cluster, registration.name);
  hardware.log('kubeadm: Your Kubernetes control-plane has initialized successfully!');
}

/** `kubeadm join --config path`. Throws KubeadmError. */
export async function kubeadmJoin(machine: Machine, path: string): Promise<void> {
  const join = readKubeadmFile(machine, path).JoinConfiguration;
  if (!join) throw new KubeadmError('there is no JoinConfiguration');
  const controlPlane = join.controlPlane !== undefined;
  const registration = registrationOf(machine, join.nodeRegistration, controlPlane);
  const { cluster, version } = await discover(machine, join);
  checkKubelet(registration);
  if (controlPlane) {
    checkVersion(machine, version);
    const [ca, etcdCa] = [await pair(machine, 'ca'), await pair(machine, 'etcd/ca')];
    await pair(machine, 'front-proxy-ca');
    await pair(machine, 'sa', 'sa.pub');
    if (
      ca.certificate.trim() !== cluster.ca.certificate.trim() ||
      etcdCa.certificate.trim() !== cluster.etcdCa.certificate.trim()
    ) {
      throw new KubeadmError("certificates on this node are not the cluster's: x509: certificate signed by unknown authority");
    }
    await lasts(machine, JOIN_CONTROL_PLANE_SECONDS);
    await becomeControlPlane(machine, cluster, registration, { announces: kubeVip(machine) !== null, certSANs: [], version });
  } else {
    await lasts(machine, JOIN_WORKER_SECONDS);
    machine.joined = { cluster, name: registration.name };
  }
  registerNode(machine, cluster, registration);
  runKubelet(machine, cluster, registration.name);
  machine.hardware.log('kubeadm: This node has joined the cluster');
}

async function becomeControlPlane(
  machine: Machine,
  cluster: SimCluster,
  registration: Registration,
  of: { announces: boolean; certSANs: string[]; version?: string },
): Promise<void> {
  const { disk, signal, hardware } = machine;
  const files = await makeControlPlaneFiles(cluster, {
    node: registration.name,
    ip: hardware.ip,
    version: cluster.version,
    ...of,
  });
  signal.throwIfAborted();
  writeControlPlane(disk, files);
  const controlPlane = openControlPlane(cluster, files, (data) => writeEtcd(disk, data));
  try {
    machine.stops.push(startControlPlane(controlPlane, true).stop);
  } catch (error) {
    throw new KubeadmError(`[etcd] error creating local etcd member: ${(error as Error).message}`);
  }
  machine.joined = { cluster, name: registration.name, controlPlane };
  witnessRemoval(machine, cluster, registration.name);
}

type Join = NonNullable<KubeadmFile['JoinConfiguration']>;

/** Finds the cluster behind the endpoint: pins its CA, then shows the token. Looks again until the discovery timeout. */
async function discover(machine: Machine, join: Join): Promise<{ cluster: SimCluster; version: string }> {
  const { bootstrapToken } = join.discovery;
  const endpoint = endpointOf(bootstrapToken.apiServerEndpoint);
  const timeout = secondsOf(join.timeouts?.discovery ?? join.timeouts?.tlsBootstrap ?? join.discovery.timeout, DISCOVERY_SECONDS);
  let problem = 'nothing tried';
  for (let passed = 0; passed <= timeout; passed += DISCOVERY_PERIOD) {
    const found = await look1(machine, endpoint, bootstrapToken).catch((error: Error) => {
      if (error instanceof KubeadmError || machine.signal.aborted) throw error;
      return error.message;
    });
    if (typeof found !== 'string') return found;
    problem = found;
    await lasts(machine, DISCOVERY_PERIOD);
  }
  throw new KubeadmError(`couldn't validate the identity of the API Server: ${problem}`);
}

/** One look; a text says what is still wrong. */
async function look1(
  machine: Machine,
  endpoint: { host: string; port: number },
  token: Join['discovery']['bootstrapToken'],
): Promise<{ cluster: SimCluster; version: string } | string> {
  const { network } = machine.hardware;
  const info = await get(network, { ...endpoint, path: '/api/v1/namespaces/kube-public/configmaps/cluster-info' });
  if (info.status !== 200) return `cluster-info: HTTP ${info.status} ${info.body.message ?? ''}`;
  const config = parse(info.body.data?.kubeconfig ?? '') as { clusters: { cluster: Record<string, string> }[] };
  const ca = Buffer.from(config.clusters[0]?.cluster['certificate-authority-data'] ?? '', 'base64').toString('utf8');
  const pin = caCertHash(ca);
  if (token.caCertHashes?.length && !token.caCertHashes.includes(pin)) {
    throw new KubeadmError(`cluster CA found in cluster-info ConfigMap is invalid: none of the public keys "${pin}" are pinned`);
  }
  const path = '/api/v1/namespaces/kube-system/configmaps/kubeadm-config';
  const stored = await get(network, { ...endpoint, path, ca, token: token.token });
  if (stored.status === 401)
    return `could not find a JWS signature in the cluster-info ConfigMap for token ID "${token.token.split('.')[0]}"`;
  if (stored.status !== 200) return `kubeadm-config: HTTP ${stored.status} ${stored.body.message ?? ''}`;
  const cluster = clustersOf(network).get(pin);
  if (!cluster) return 'the cluster is gone';
  const version = (parse(stored.body.data?.ClusterConfiguration ?? '') as { kubernetesVersion?: string } | null)
    ?.kubernetesVersion;
  return { cluster, version: version ?? cluster.version };
}

function registrationOf(machine: Machine, of: Join['nodeRegistration'], controlPlane: boolean): Registration {
  const name = of?.name ?? machine.hardware.seed.split('/').at(-1) ?? machine.hardware.ip;
  if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name)) throw new KubeadmError(`nodeRegistration.name: Invalid value: "${name}"`);
  return { name, args: argsOf(of), taints: of?.taints ?? (controlPlane ? [CONTROL_PLANE_TAINT] : []), controlPlane };
}

/** kubeadm deploys its own minor version or the one before. */
function checkVersion(machine: Machine, version: string): void {
  const own = machine.hardware.image.kubernetesVersion;
  if (minor(version) > minor(own) || minor(version) < minor(own) - 1) {
    throw new KubeadmError(`this version of kubeadm (${own}) cannot deploy a control plane of version ${version}`);
  }
}

async function pair(machine: Machine, name: string, publicName = `${name}.crt`): Promise<KeyPair> {
  const [certificate, key] = [machine.files.get(`${PKI}/${publicName}`), machine.files.get(`${PKI}/${name}.key`)];
  if (!certificate || !key) throw new KubeadmError(`[certs] ${PKI}/${publicName} or its key is missing`);
  if (!(await belongTogether({ certificate, key })))
    throw new KubeadmError(`[certs] ${PKI}/${publicName} and its key do not belong together`);
  return { certificate, key };
}

/** The kube-vip static pod among the node's files. */
function kubeVip(machine: Machine): { kubeconfig: string } | null {
  const text = machine.files.get('/etc/kubernetes/manifests/kube-vip.yaml');
  if (!text) return null;
  const pod = parse(text) as { spec?: { volumes?: { hostPath?: { path?: string } }[] } };
  return { kubeconfig: pod.spec?.volumes?.find((volume) => volume.hostPath)?.hostPath?.path ?? '' };
}

function minor(version: string): number {
  return Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? 0);
}
