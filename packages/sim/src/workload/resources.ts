/** The kinds a simulated workload cluster serves: enough for kubectl, for CNI manifests and for what Cluster API asks of a node's API. */

/** One served kind. */
export interface Resource {
  group: string;
  version: string;
  plural: string;
  kind: string;
  namespaced: boolean;
  shortNames: string[];
  subresources: string[];
}

/** `plural Kind short,short` of each group; cluster-scoped ones begin with `*`. */
const TABLE: Record<string, string[]> = {
  v1: [
    '*namespaces Namespace ns',
    '*nodes Node no',
    'pods Pod po',
    'configmaps ConfigMap cm',
    'secrets Secret',
    'serviceaccounts ServiceAccount sa',
    'services Service svc',
    'endpoints Endpoints ep',
    'events Event ev',
    'persistentvolumeclaims PersistentVolumeClaim pvc',
    '*persistentvolumes PersistentVolume pv',
  ],
  'apps/v1': [
    'daemonsets DaemonSet ds',
    'deployments Deployment deploy',
    'replicasets ReplicaSet rs',
    'statefulsets StatefulSet sts',
  ],
  'batch/v1': ['jobs Job', 'cronjobs CronJob cj'],
  'policy/v1': ['poddisruptionbudgets PodDisruptionBudget pdb'],
  'coordination.k8s.io/v1': ['leases Lease'],
  'rbac.authorization.k8s.io/v1': [
    '*clusterroles ClusterRole',
    '*clusterrolebindings ClusterRoleBinding',
    'roles Role',
    'rolebindings RoleBinding',
  ],
  'networking.k8s.io/v1': ['networkpolicies NetworkPolicy netpol', 'ingresses Ingress ing'],
  'storage.k8s.io/v1': ['*storageclasses StorageClass sc', '*volumeattachments VolumeAttachment', '*csinodes CSINode'],
  'scheduling.k8s.io/v1': ['*priorityclasses PriorityClass pc'],
  'certificates.k8s.io/v1': ['*certificatesigningrequests CertificateSigningRequest csr'],
  'discovery.k8s.io/v1': ['endpointslices EndpointSlice'],
  'apiextensions.k8s.io/v1': ['*customresourcedefinitions CustomResourceDefinition crd,crds'],
  'admissionregistration.k8s.io/v1': [
    '*validatingwebhookconfigurations ValidatingWebhookConfiguration',
    '*mutatingwebhookconfigurations MutatingWebhookConfiguration',
  ],
};

const SUBRESOURCES: Record<string, string[]> = {
  pods: ['status', 'eviction', 'portforward'],
  nodes: ['status'],
  daemonsets: ['status'],
  deployments: ['status', 'scale'],
  namespaces: ['status', 'finalize'],
};

/** All of them. */
export const RESOURCES: readonly Resource[] = Object.entries(TABLE).flatMap(([groupVersion, lines]) => {
  const [group, version] = groupVersion.includes('/') ? groupVersion.split('/') : ['', groupVersion];
  return lines.map((line) => {
    const [name = '', kind = '', short] = line.split(' ');
    const plural = name.replace('*', '');
    return {
      group: group!,
      version: version!,
      plural,
      kind,
      namespaced: !name.startsWith('*'),
      shortNames: short ? short.split(',') : [],
      subresources: SUBRESOURCES[plural] ?? ['status'],
    };
  });
});

/** By group and plural. */
export function resourceOf(group: string, plural: string): Resource | undefined {
  return RESOURCES.find((resource) => resource.group === group && resource.plural === plural);
}

/** `group/version`, or `v1` for the core group. */
export function groupVersionOf({ group, version }: Resource): string {
  return group === '' ? version : `${group}/${version}`;
}
