import { describe, expect, it } from 'vitest';
import { admit, fieldsOf } from '../shared/test-admit.ts';
import { columnsOf } from '../shared/test-columns.ts';
import { Machine } from './kind.ts';

const INFRA = { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'Metal3Machine', name: 'm' };

const machine = (spec: Record<string, unknown> = {}, metadata: Record<string, unknown> = {}) => ({
  apiVersion: 'cluster.x-k8s.io/v1beta2',
  kind: 'Machine',
  metadata: { name: 'm', namespace: 'clusters', ...metadata },
  spec: { clusterName: 'production', bootstrap: { dataSecretName: 'm' }, infrastructureRef: INFRA, ...spec },
});

describe('Machine', () => {
  it('prints upstream columns', () => {
    expect(columnsOf(Machine)).toBe(
      'Cluster, Node Name, Provider ID(w), Failure domain, Ready, Available, Up-to-date, Internal-IP(w), External-IP(w), ' +
        'OS-Image(w), Paused(w), Phase, Age, Version',
    );
    expect(columnsOf(Machine, 'v1beta1')).toBe('Cluster, NodeName, ProviderID, Phase, Age, Version');
  });

  it('defaults the cluster label, the v and ten seconds for the Node', () => {
    const { object, errors } = admit(Machine, machine({ version: '1.32.0' }));
    expect(errors).toEqual([]);
    expect(object.metadata.labels).toEqual({ 'cluster.x-k8s.io/cluster-name': 'production' });
    expect(object.spec).toMatchObject({ version: 'v1.32.0', deletion: { nodeDeletionTimeoutSeconds: 10 } });
  });

  const taint = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule', propagation: 'Always' };

  it.each([
    ['no bootstrap', machine({ bootstrap: {} }), ['spec.bootstrap']],
    ['a version that is none', machine({ version: 'v1.32' }), ['spec.version']],
    ['a control-plane taint on a worker', machine({ taints: [taint] }), ['spec.taints[0].key']],
    ['a taint of the system', machine({ taints: [{ ...taint, key: 'node.kubernetes.io/not-ready' }] }), ['spec.taints[0].key']],
    ['no infrastructure', machine({ infrastructureRef: undefined }), ['spec.infrastructureRef']],
  ])('refuses %s', (_what, body, fields) => {
    expect(fieldsOf(admit(Machine, body).errors)).toEqual(fields);
  });

  it('allows a control-plane taint on a control-plane machine', () => {
    const labels = { 'cluster.x-k8s.io/control-plane': '' };
    expect(admit(Machine, machine({ taints: [taint] }, { labels })).errors).toEqual([]);
  });

  it('never moves to another cluster', () => {
    const { object: was } = admit(Machine, machine());
    expect(fieldsOf(admit(Machine, machine({ clusterName: 'other' }), was).errors)).toEqual(['spec.clusterName']);
  });

  it('has its node as a full reference in v1beta1', () => {
    const old = Machine.versions.find((version) => version.name === 'v1beta1');
    const down = old?.fromHub?.({ ...machine(), status: { nodeRef: { name: 'm' } } } as never);
    expect(down?.status).toEqual({ nodeRef: { apiVersion: 'v1', kind: 'Node', name: 'm' } });
  });
});
