import { describe, expect, it } from 'vitest';
import { admit, fieldsOf, readAs } from '../shared/test-admit.ts';
import { columnsOf } from '../shared/test-columns.ts';
import { SEED_CONTROL_PLANE } from '../shared/test-seed.ts';
import { KubeadmControlPlane } from './kind.ts';

const controlPlane = (spec: Record<string, unknown> = {}) => ({
  apiVersion: 'controlplane.cluster.x-k8s.io/v1beta2',
  kind: 'KubeadmControlPlane',
  metadata: { name: 'cp', namespace: 'clusters' },
  spec: {
    version: 'v1.32.0',
    machineTemplate: {
      spec: { infrastructureRef: { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'Metal3MachineTemplate', name: 't' } },
    },
    ...spec,
  },
});
const surge = (maxSurge: unknown, replicas = 3) =>
  controlPlane({ replicas, rollout: { strategy: { rollingUpdate: { maxSurge } } } });
const configured = (clusterConfiguration: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  controlPlane({ ...more, kubeadmConfigSpec: { clusterConfiguration } });
/** The status of a control plane whose machines are at these versions, the lowest first. */
const at = (...versions: string[]) => ({
  ...(versions[0] ? { version: versions[0] } : {}),
  versions: versions.map((version) => ({ version, replicas: 1 })),
});
const EXTERNAL = { etcd: { external: { endpoints: ['https://e'], caFile: 'a', certFile: 'b', keyFile: 'c' } } };

describe('KubeadmControlPlane', () => {
  it('prints upstream columns', () => {
    expect(columnsOf(KubeadmControlPlane)).toBe(
      'Cluster, Available, Desired, Current, Ready, Available, Up-to-date, Paused(w), Initialized, Age, Version',
    );
    expect(columnsOf(KubeadmControlPlane, 'v1beta1')).toBe(
      'Cluster, Initialized, API Server Available, Desired(w), Replicas, Ready, Updated, Unavailable, Age, Version',
    );
  });

  it('defaults one replica, the v and a surge of one', () => {
    const { object, errors } = admit(KubeadmControlPlane, controlPlane({ version: '1.32.0' }));
    expect(errors).toEqual([]);
    expect(object.spec).toMatchObject({
      replicas: 1,
      version: 'v1.32.0',
      kubeadmConfigSpec: {},
      rollout: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } },
    });
  });

  it.each([
    ['no replicas', controlPlane({ replicas: 0 }), ['spec.replicas']],
    ['an even number', controlPlane({ replicas: 2 }), ['spec.replicas']],
    ['a version that is none', controlPlane({ version: 'v1.32' }), ['spec.version']],
    ['a surge of two', surge(2), ['spec.rollout.strategy.rollingUpdate.maxSurge']],
    ['a surge of none with one replica', surge(0, 1), ['spec.rollout.strategy.rollingUpdate']],
    [
      'two kinds of etcd',
      configured({ etcd: { local: {}, ...EXTERNAL.etcd } }),
      ['spec.kubeadmConfigSpec.clusterConfiguration.etcd.local'],
    ],
    [
      'certificates that outlive their CA',
      configured({ certificateValidityPeriodDays: 400, caCertificateValidityPeriodDays: 300 }),
      ['spec.kubeadmConfigSpec.clusterConfiguration.certificateValidityPeriodDays'],
    ],
    [
      'a rollout before certificates begin',
      configured({ certificateValidityPeriodDays: 30 }, { rollout: { before: { certificatesExpiryDays: 30 } } }),
      ['spec.rollout.before.certificatesExpiryDays'],
    ],
    ['names that are not random', controlPlane({ machineNaming: { template: 'cp' } }), ['spec.machineNaming.template']],
    [
      'a repeated argument',
      configured({
        apiServer: {
          extraArgs: [
            { name: 'v', value: '1' },
            { name: 'v', value: '2' },
          ],
        },
      }),
      ['spec.kubeadmConfigSpec.clusterConfiguration.apiServer.extraArgs[1].name'],
    ],
  ])('refuses %s', (_what, body, fields) => {
    expect(fieldsOf(admit(KubeadmControlPlane, body).errors)).toEqual(fields);
  });

  it('accepts an even number with external etcd', () => {
    expect(admit(KubeadmControlPlane, configured(EXTERNAL, { replicas: 2 })).errors).toEqual([]);
  });

  it.each([
    ['two minors at once', { version: 'v1.34.0' }, ['spec.version']],
    ['a version back', { version: 'v1.31.9' }, ['spec.version']],
    ['a patch back', { version: 'v1.32.0' }, ['spec.version']],
    [
      'external etcd',
      { kubeadmConfigSpec: { clusterConfiguration: EXTERNAL } },
      ['spec.kubeadmConfigSpec.clusterConfiguration.etcd.external'],
    ],
    [
      'another certificates directory',
      { kubeadmConfigSpec: { clusterConfiguration: { certificatesDir: '/x' } } },
      ['spec.kubeadmConfigSpec.clusterConfiguration.certificatesDir'],
    ],
    ['an even number', { replicas: 4 }, ['spec.replicas']],
  ])('does not let an update give it %s', (_what, change, fields) => {
    const { object: was } = admit(KubeadmControlPlane, controlPlane({ version: 'v1.32.1' }));
    was.status = at('v1.32.1');
    expect(fieldsOf(admit(KubeadmControlPlane, controlPlane({ version: 'v1.32.1', ...change }), was).errors)).toEqual(fields);
  });

  it('lets a version be taken back that no machine has, and skips no minor by way of it', () => {
    const { object: was } = admit(KubeadmControlPlane, controlPlane({ version: 'v1.33.0' }));
    const step = (version: string, ...versions: string[]) => {
      was.status = at(...versions);
      return fieldsOf(admit(KubeadmControlPlane, controlPlane({ version }), was).errors);
    };
    expect(step('v1.32.0', 'v1.32.0')).toEqual([]);
    expect(step('v1.32.0')).toEqual([]);
    expect(step('v1.32.0', 'v1.32.0', 'v1.33.0')).toEqual(['spec.version']);
    expect(step('v1.34.0', 'v1.32.0')).toEqual(['spec.version']);
  });

  it('allows the next minor', () => {
    const { object: was } = admit(KubeadmControlPlane, controlPlane());
    expect(admit(KubeadmControlPlane, controlPlane({ version: 'v1.33.2' }), was).errors).toEqual([]);
  });

  it('keeps what v1beta2 has dropped for v1beta1 readers', () => {
    const manifest = SEED_CONTROL_PLANE.replace(
      'kubeadmConfigSpec:',
      'kubeadmConfigSpec:\n    useExperimentalRetryJoin: true\n    clusterConfiguration:\n      clusterName: production\n      apiServer: { timeoutForControlPlane: 4m0s }',
    );
    const { object, unknown, errors } = admit(KubeadmControlPlane, manifest);
    expect({ unknown, errors }).toEqual({ unknown: [], errors: [] });
    expect(object.spec).toMatchObject({
      kubeadmConfigSpec: { initConfiguration: { timeouts: { controlPlaneComponentHealthCheckSeconds: 240 } } },
    });
    expect(readAs(KubeadmControlPlane, 'v1beta1', object).spec).toMatchObject({
      kubeadmConfigSpec: { useExperimentalRetryJoin: true, clusterConfiguration: { clusterName: 'production' } },
    });
  });
});
