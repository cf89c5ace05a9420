/** What `kubeadm init` leaves in a new cluster. */
import { stringify } from 'yaml';
import type { SimCluster } from './cluster.ts';
import type { Obj } from './objects.ts';
import { resourceOf } from './resources.ts';

/** Creates namespaces, the ConfigMaps that joins read, roles, kube-proxy and CoreDNS. `clusterConfiguration` as kubeadm stores it. */
export function createSystemObjects(cluster: SimCluster, clusterConfiguration: string): void {
  const create = (group: string, plural: string, object: Record<string, unknown> & { metadata: Obj['metadata'] }) =>
    cluster.objects.create(resourceOf(group, plural)!, { apiVersion: '', kind: '', ...object });
  for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease']) {
    create('', 'namespaces', { metadata: { name }, status: { phase: 'Active' } });
  }
  const configMap = (namespace: string, name: string, data: Record<string, string>) =>
    create('', 'configmaps', { metadata: { name, namespace }, data });
  configMap('kube-public', 'cluster-info', { kubeconfig: clusterInfo(cluster) });
  configMap('kube-system', 'kubeadm-config', { ClusterConfiguration: clusterConfiguration });
  configMap('kube-system', 'kubelet-config', {
    kubelet: 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n',
  });
  configMap('kube-system', 'kube-proxy', {});
  configMap('kube-system', 'coredns', { Corefile: '.:53 {\n    kubernetes cluster.local\n}\n' });
  const everything = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
  create('rbac.authorization.k8s.io', 'clusterroles', { metadata: { name: 'cluster-admin' }, rules: everything });
  create('rbac.authorization.k8s.io', 'clusterrolebindings', {
    metadata: { name: 'kubeadm:cluster-admins' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'kubeadm:cluster-admins' }],
  });
  create('', 'services', { metadata: { name: 'kubernetes', namespace: 'default' }, spec: { ports: [{ port: 443 }] } });
  create('', 'services', { metadata: { name: 'kube-dns', namespace: 'kube-system' }, spec: { ports: [{ port: 53 }] } });
  const template = (app: string, image: string, more = {}) => ({
    metadata: { labels: { 'k8s-app': app } },
    spec: { containers: [{ name: app, image }], ...more },
  });
  create('apps', 'daemonsets', {
    metadata: { name: 'kube-proxy', namespace: 'kube-system' },
    spec: {
      selector: { matchLabels: { 'k8s-app': 'kube-proxy' } },
      template: template('kube-proxy', `registry.k8s.io/kube-proxy:${cluster.version}`),
    },
  });
  const tolerations = [{ key: 'CriticalAddonsOnly', operator: 'Exists' }, { key: 'node-role.kubernetes.io/control-plane' }];
  create('apps', 'deployments', {
    metadata: { name: 'coredns', namespace: 'kube-system' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { 'k8s-app': 'kube-dns' } },
      template: template('kube-dns', 'registry.k8s.io/coredns/coredns:v1.11.3', { tolerations }),
    },
  });
}

function clusterInfo(cluster: SimCluster): string {
  const data = Buffer.from(cluster.ca.certificate).toString('base64');
  const server = `https://${cluster.endpoint.host}:${cluster.endpoint.port}`;
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: '', cluster: { 'certificate-authority-data': data, server } }],
    contexts: null,
    'current-context': '',
    preferences: {},
    users: null,
  });
}
