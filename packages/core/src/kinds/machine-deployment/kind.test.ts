import { describe, expect, it } from 'vitest';
import { admit, fieldsOf, readAs } from '../shared/test-admit.ts';
import { columnsOf } from '../shared/test-columns.ts';
import { SEED_WORKERS } from '../shared/test-seed.ts';
import { MachineDeployment } from './kind.ts';

const TEMPLATE = {
  spec: {
    clusterName: 'production',
    version: '1.32.0',
    bootstrap: { configRef: { apiGroup: 'bootstrap.cluster.x-k8s.io', kind: 'KubeadmConfigTemplate', name: 't' } },
    infrastructureRef: { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'Metal3MachineTemplate', name: 't' },
  },
};

const deployment = (spec: Record<string, unknown> = {}, name = 'workers') => ({
  apiVersion: 'cluster.x-k8s.io/v1beta2',
  kind: 'MachineDeployment',
  metadata: { name, namespace: 'clusters' },
  spec: { clusterName: 'production', selector: {}, template: TEMPLATE, ...spec },
});
const rolling = (rollingUpdate: Record<string, unknown>) => ({ rollout: { strategy: { rollingUpdate } } });

describe('MachineDeployment', () => {
  it('prints upstream columns, Available twice', () => {
    expect(columnsOf(MachineDeployment)).toBe(
      'Cluster, Available, Desired, Current, Ready, Available, Up-to-date, Paused(w), Phase, Age, Version',
    );
    expect(columnsOf(MachineDeployment, 'v1beta1')).toBe(
      'Cluster, Desired(w), Replicas, Ready, Updated, Unavailable, Phase, Age, Version',
    );
  });

  it('defaults replicas, strategy, selector and labels', () => {
    const { object, errors } = admit(MachineDeployment, deployment());
    expect(errors).toEqual([]);
    const labels = { 'cluster.x-k8s.io/deployment-name': 'workers', 'cluster.x-k8s.io/cluster-name': 'production' };
    expect(object.spec).toEqual({
      clusterName: 'production',
      replicas: 1,
      rollout: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } },
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { ...TEMPLATE.spec, version: 'v1.32.0' } },
    });
  });

  it('gives OnDelete no rolling update', () => {
    const { object } = admit(MachineDeployment, deployment({ rollout: { strategy: { type: 'OnDelete' } } }));
    expect(object.spec).toMatchObject({ rollout: { strategy: { type: 'OnDelete' } } });
    expect(JSON.stringify(object.spec)).not.toContain('rollingUpdate');
  });

  it.each([
    ['a name too long for a label', deployment({}, 'x'.repeat(64)), ['metadata.name']],
    [
      'neither surge nor unavailable',
      deployment(rolling({ maxSurge: 0, maxUnavailable: '0%' })),
      ['spec.rollout.strategy.rollingUpdate'],
    ],
    ['a surge that is no number', deployment(rolling({ maxSurge: 'some' })), ['spec.rollout.strategy.rollingUpdate.maxSurge']],
    [
      'a remediation budget that is no number',
      deployment({ remediation: { maxInFlight: '3x' } }),
      ['spec.remediation.maxInFlight'],
    ],
    ['another strategy', deployment({ rollout: { strategy: { type: 'Recreate' } } }), ['spec.rollout.strategy.type']],
    ['two clusters', deployment({ clusterName: 'other' }), ['spec.clusterName']],
    [
      'a version that is none',
      deployment({ template: { spec: { ...TEMPLATE.spec, version: 'latest' } } }),
      ['spec.template.spec.version'],
    ],
  ])('refuses %s', (_what, body, fields) => {
    expect(fieldsOf(admit(MachineDeployment, body).errors)).toEqual(fields);
  });

  it('keeps what v1beta1 alone can say', () => {
    const { object, unknown } = admit(
      MachineDeployment,
      SEED_WORKERS.replace('replicas: 5', 'replicas: 5\n  revisionHistoryLimit: 3'),
    );
    expect(unknown).toEqual([]);
    expect(object.spec).not.toHaveProperty('revisionHistoryLimit');
    expect(readAs(MachineDeployment, 'v1beta1', object).spec).toMatchObject({ revisionHistoryLimit: 3 });
  });
});
