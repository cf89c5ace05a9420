/** The Kubernetes objects with which an operator would register this datacentre: the same that one writes for a real one. */
import { AGENT_IMAGE, IMAGES } from './images.ts';
import type { Layout, ServerSpec, SiteSpec } from './layout.ts';

/** A manifest. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  [field: string]: unknown;
}

/** How Slipway and the sites reach each other. */
export interface Reach {
  /** URL of Slipway's machine listener, as BMCs and agents see it. */
  machineURL: string;
  /** Proxy of each site. */
  proxyURLs: Record<string, string>;
}

const HOSTS = 'metal3';
const FLEET = 'fleet.slipway.dev/v1alpha1';
const CNI = { namespace: HOSTS, name: 'cni' };

/** All objects, in an order in which they can be applied. */
export function manifestsOf(layout: Layout, reach: Reach): Manifest[] {
  const racks = layout.sites.flatMap((site) => site.racks.map((rack) => rackManifest(site, rack)));
  const hosts = layout.sites.flatMap((site) => site.racks.flatMap((rack) => rack.servers.flatMap(hostManifests)));
  return [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: CNI, data: { manifest: CNI_MANIFEST } },
    ...layout.sites.map((site) => siteManifest(site, reach)),
    ...racks,
    ...IMAGES.map(imageManifest),
    {
      apiVersion: 'metal3.io/v1alpha1',
      kind: 'HostDeployPolicy',
      metadata: { name: 'clusters', namespace: HOSTS },
      spec: { hostClaimNamespaces: { names: ['clusters'] } },
    },
    ...hosts,
  ];
}

function siteManifest(site: SiteSpec, reach: Reach): Manifest {
  return {
    apiVersion: FLEET,
    kind: 'Site',
    metadata: { name: site.name },
    spec: {
      displayName: site.displayName,
      bmc: { allowedNetworks: site.bmcNetworks },
      machineURL: reach.machineURL,
      proxyURL: reach.proxyURLs[site.name],
      agentImage: { ...AGENT_IMAGE, kernelArgs: 'nofb nomodeset vga=normal' },
      cni: { configMapRef: CNI },
      kubeVip: { image: 'registry.example.com/kube-vip/kube-vip:v0.8.9', interface: 'eno1np0' },
    },
  };
}

/** Racks with room above the servers get two leaf switches and a patch panel. */
function rackManifest(site: SiteSpec, rack: SiteSpec['racks'][number]): Manifest {
  const top = Math.max(...rack.servers.map((server) => server.unit));
  const leaf = (number: number, unit: number) => ({ name: `leaf-${rack.name}-${number}`, unit, height: 1, kind: 'switch' });
  const devices =
    top < 40 ? [leaf(1, 42), leaf(2, 41), { name: `patch-${rack.name}`, unit: 40, height: 1, kind: 'patch-panel' }] : [];
  return {
    apiVersion: FLEET,
    kind: 'Rack',
    metadata: { name: rack.name },
    spec: { site: site.name, row: rack.row, hall: rack.hall, units: 42, order: 'ascending', devices },
  };
}

function imageManifest(image: (typeof IMAGES)[number]): Manifest {
  const { family, kubernetesVersion, url, sha256 } = image;
  return {
    apiVersion: FLEET,
    kind: 'OSImage',
    metadata: { name: `${family}-${kubernetesVersion}` },
    spec: { family, kubernetesVersion, url, checksum: sha256, checksumType: 'sha256', format: 'qcow2' },
  };
}

/** The address of a server's BMC, as its maker's documentation suggests it. */
export function bmcAddressOf(spec: ServerSpec): string {
  return spec.vendor === 'dell'
    ? `idrac-virtualmedia://${spec.bmcAddress}/redfish/v1/Systems/System.Embedded.1`
    : `redfish-virtualmedia://${spec.bmcAddress}/redfish/v1/Systems/1`;
}

function hostManifests(spec: ServerSpec): Manifest[] {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const labels = {
    role: spec.role,
    'fleet.slipway.dev/site': spec.site,
    'fleet.slipway.dev/rack': spec.rack,
    'fleet.slipway.dev/unit': String(spec.unit),
  };
  const credentialsName = `${spec.name}-bmc`;
  return [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: credentialsName, namespace: HOSTS },
      type: 'Opaque',
      data: { username: base64(spec.username), password: base64(spec.password) },
    },
    {
      apiVersion: 'metal3.io/v1alpha1',
      kind: 'BareMetalHost',
      metadata: { name: spec.name, namespace: HOSTS, labels },
      spec: {
        // Off until a machine wants it: binding sets online.
        online: false,
        bootMACAddress: spec.macs[0],
        bootMode: 'UEFI',
        bmc: { address: bmcAddressOf(spec), credentialsName, disableCertificateVerification: true },
        rootDeviceHints: { deviceName: '/dev/nvme0n1' },
      },
    },
  ];
}

/** A network for pods, as small as one can be. */
const CNI_MANIFEST = `apiVersion: v1
kind: ServiceAccount
metadata:
  name: kindnet
  namespace: kube-system
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: kindnet
rules:
  - apiGroups: [""]
    resources: [nodes, pods, namespaces]
    verbs: [get, list, watch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: kindnet
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: kindnet
subjects:
  - kind: ServiceAccount
    name: kindnet
    namespace: kube-system
---
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: kindnet
  namespace: kube-system
  labels:
    app: kindnet
spec:
  selector:
    matchLabels:
      app: kindnet
  template:
    metadata:
      labels:
        app: kindnet
    spec:
      serviceAccountName: kindnet
      hostNetwork: true
      tolerations:
        - operator: Exists
      containers:
        - name: kindnet
          image: registry.example.com/kindnet/kindnetd:v20250214
`;
