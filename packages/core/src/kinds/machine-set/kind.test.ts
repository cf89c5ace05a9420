import { describe, expect, it } from 'vitest';
import { admit, fieldsOf } from '../shared/test-admit.ts';
import { columnsOf } from '../shared/test-columns.ts';
import { MachineSet } from './kind.ts';

const TEMPLATE = {
  spec: {
    clusterName: 'production',
    version: '1.32.0',
    bootstrap: { configRef: { apiGroup: 'bootstrap.cluster.x-k8s.io', kind: 'KubeadmConfigTemplate', name: 't' } },
    infrastructureRef: { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'Metal3MachineTemplate', name: 't' },
  },
};

const set = (spec: Record<string, unknown> = {}, annotations: Record<string, string> = {}) => ({
  apiVersion: 'cluster.x-k8s.io/v1beta2',
  kind: 'MachineSet',
  metadata: { name: 's', namespace: 'clusters', annotations },
  spec: { clusterName: 'production', selector: {}, template: TEMPLATE, ...spec },
});

describe('MachineSet', () => {
  it('prints upstream columns', () => {
    expect(columnsOf(MachineSet)).toBe('Cluster, Desired, Current, Ready, Available, Up-to-date, Paused(w), Age, Version');
    expect(columnsOf(MachineSet, 'v1beta1')).toBe('Cluster, Desired(w), Replicas, Ready, Available, Age, Version');
  });

  it('defaults one replica and a selector by its own name', () => {
    const { object, errors } = admit(MachineSet, set());
    expect(errors).toEqual([]);
    expect(object.spec).toMatchObject({
      replicas: 1,
      selector: { matchLabels: { 'cluster.x-k8s.io/set-name': 's' } },
      template: { metadata: { labels: { 'cluster.x-k8s.io/set-name': 's' } }, spec: { version: 'v1.32.0' } },
    });
  });

  it('starts at the lower bound of the autoscaler', () => {
    const { object } = admit(
      MachineSet,
      set(
        {},
        {
          'cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size': '3',
          'cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size': '9',
        },
      ),
    );
    expect(object.spec).toMatchObject({ replicas: 3 });
  });

  it.each([
    ['labels beside the selector', set({ selector: { matchLabels: { a: 'b' } } }), ['spec.template.metadata.labels']],
    ['two clusters', set({ clusterName: 'other' }), ['spec.clusterName']],
    ['fewer than no replicas', set({ replicas: -1 }), ['spec.replicas']],
    [
      'an unknown preflight check',
      set({}, { 'machineset.cluster.x-k8s.io/skip-preflight-checks': 'Some' }),
      ['metadata.annotations.machineset.cluster.x-k8s.io/skip-preflight-checks'],
    ],
    [
      'names that are not random',
      set({ machineNaming: { template: '{{ .machineSet.name }}' } }),
      ['spec.machineNaming.template'],
    ],
    [
      'a selector expression without values',
      set({ selector: { matchExpressions: [{ key: 'a', operator: 'In' }] } }),
      ['spec.selector.matchExpressions[0].values', 'spec.template.metadata.labels'],
    ],
  ])('refuses %s', (_what, body, fields) => {
    expect(fieldsOf(admit(MachineSet, body).errors)).toEqual(fields);
  });

  it('never moves to another cluster', () => {
    const { object: was } = admit(MachineSet, set());
    const other = set({ clusterName: 'other', template: { spec: { ...TEMPLATE.spec, clusterName: 'other' } } });
    expect(fieldsOf(admit(MachineSet, other, was).errors)).toEqual(['spec.clusterName']);
  });
});
