/**
 * The static pod that announces the control plane's endpoint (kube-vip in ARP mode with leader election). Without it nobody
 * answers on the endpoint of a cluster on bare metal.
 */
import { stringify } from 'yaml';

/** Where kubelet looks for static pods. */
export const KUBE_VIP_PATH = '/etc/kubernetes/manifests/kube-vip.yaml';

/** What kube-vip announces, and with which credentials. */
export interface KubeVip {
  image: string;
  interface: string;
  address: string;
  port: number;
  /** File on the host; mounted as admin.conf. On the first node of 1.29 and later it is super-admin.conf until init has finished. */
  kubeconfig: string;
}

/** The pod's manifest as YAML. Environment names are kube-vip's own. */
export function renderKubeVip(vip: KubeVip): string {
  const env = {
    vip_arp: 'true',
    port: String(vip.port),
    vip_interface: vip.interface,
    vip_subnet: vip.address.includes(':') ? '128' : '32',
    cp_enable: 'true',
    cp_namespace: 'kube-system',
    vip_leaderelection: 'true',
    vip_leasename: 'plndr-cp-lock',
    vip_leaseduration: '15',
    vip_renewdeadline: '10',
    vip_retryperiod: '2',
    address: vip.address,
  };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'kube-vip', namespace: 'kube-system' },
    spec: {
      containers: [
        {
          name: 'kube-vip',
          image: vip.image,
          imagePullPolicy: 'IfNotPresent',
          args: ['manager'],
          env: Object.entries(env).map(([name, value]) => ({ name, value })),
          securityContext: { capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } },
          volumeMounts: [{ mountPath: '/etc/kubernetes/admin.conf', name: 'kubeconfig' }],
        },
      ],
      hostAliases: [{ hostnames: ['kubernetes'], ip: '127.0.0.1' }],
      hostNetwork: true,
      volumes: [{ hostPath: { path: vip.kubeconfig, type: 'FileOrCreate' }, name: 'kubeconfig' }],
    },
  };
  return stringify(pod, { lineWidth: 0 });
}
