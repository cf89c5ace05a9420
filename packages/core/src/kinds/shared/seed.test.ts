import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { AnyKind } from '../../registry/define-kind.ts';
import { Cluster } from '../cluster/kind.ts';
import { KubeadmConfigTemplate } from '../kubeadm-config-template/kind.ts';
import { KubeadmControlPlane } from '../kubeadm-control-plane/kind.ts';
import { MachineDeployment } from '../machine-deployment/kind.ts';
import { MachineHealthCheck } from '../machine-health-check/kind.ts';
import { admit, readAs } from './test-admit.ts';
import { SEED_CLUSTER, SEED_CONTROL_PLANE, SEED_HEALTH_CHECK, SEED_WORKER_CONFIG, SEED_WORKERS } from './test-seed.ts';

const SEED: [string, AnyKind, string][] = [
  ['Cluster', Cluster, SEED_CLUSTER],
  ['KubeadmControlPlane', KubeadmControlPlane, SEED_CONTROL_PLANE],
  ['MachineDeployment', MachineDeployment, SEED_WORKERS],
  ['KubeadmConfigTemplate', KubeadmConfigTemplate, SEED_WORKER_CONFIG],
  ['MachineHealthCheck', MachineHealthCheck, SEED_HEALTH_CHECK],
];

describe.each(SEED)('the seed manifest of %s', (_name, kind, manifest) => {
  it('is accepted as it is, strictly', () => {
    const { errors, unknown } = admit(kind, manifest);
    expect({ errors, unknown }).toEqual({ errors: [], unknown: [] });
  });

  it('reads in v1beta1 as it was written', () => {
    const { object } = admit(kind, manifest);
    expect(readAs(kind, 'v1beta1', object).spec).toMatchObject(parse(manifest).spec);
  });

  it('stays the same when it is applied again', () => {
    const { object } = admit(kind, manifest);
    expect(admit(kind, manifest, object).object.spec).toEqual(object.spec);
  });
});

describe('the seed in the hub', () => {
  it('has references by group, without version and namespace', () => {
    const { object } = admit(Cluster, SEED_CLUSTER);
    expect(object.spec).toMatchObject({
      controlPlaneRef: { apiGroup: 'controlplane.cluster.x-k8s.io', kind: 'KubeadmControlPlane', name: 'production-cp' },
      infrastructureRef: { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'Metal3Cluster', name: 'production' },
    });
  });

  it('warns of the label that kubelet refuses, and keeps it as written', () => {
    const { object, warnings } = admit(KubeadmControlPlane, SEED_CONTROL_PLANE);
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain('node-role.kubernetes.io/control-plane');
    const spec = object.spec as { kubeadmConfigSpec: unknown };
    expect(spec.kubeadmConfigSpec).toMatchObject({
      initConfiguration: {
        nodeRegistration: { kubeletExtraArgs: [{ name: 'node-labels', value: 'node-role.kubernetes.io/control-plane=' }] },
      },
    });
  });

  it('does not warn of a label of another domain', () => {
    expect(admit(KubeadmConfigTemplate, SEED_WORKER_CONFIG).warnings).toEqual([]);
  });

  it('has the health check in seconds', () => {
    expect(admit(MachineHealthCheck, SEED_HEALTH_CHECK).object.spec).toEqual({
      clusterName: 'production',
      selector: { matchLabels: { 'cluster.x-k8s.io/deployment-name': 'production-workers' } },
      checks: {
        nodeStartupTimeoutSeconds: 600,
        unhealthyNodeConditions: [
          { type: 'Ready', status: 'False', timeoutSeconds: 300 },
          { type: 'Ready', status: 'Unknown', timeoutSeconds: 300 },
        ],
      },
      remediation: { triggerIf: { unhealthyLessThanOrEqualTo: '40%' } },
    });
  });

  it('selects its workers by cluster name alone', () => {
    const { object } = admit(MachineDeployment, SEED_WORKERS);
    expect(object.spec).toMatchObject({ selector: { matchLabels: { 'cluster.x-k8s.io/cluster-name': 'production' } } });
  });
});
