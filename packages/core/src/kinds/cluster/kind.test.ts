import { describe, expect, it } from 'vitest';
import { admit, fieldsOf } from '../shared/test-admit.ts';
import { columnsOf } from '../shared/test-columns.ts';
import { SEED_CLUSTER } from '../shared/test-seed.ts';
import { Cluster } from './kind.ts';

const cluster = (spec: Record<string, unknown>, name = 'production') => ({
  apiVersion: 'cluster.x-k8s.io/v1beta2',
  kind: 'Cluster',
  metadata: { name, namespace: 'clusters' },
  spec,
});

describe('Cluster', () => {
  it('prints upstream columns', () => {
    expect(columnsOf(Cluster)).toBe(
      'ClusterClass, Available, CP Desired, CP Current(w), CP Ready(w), CP Available, CP Up-to-date, ' +
        'W Desired, W Current(w), W Ready(w), W Available, W Up-to-date, Paused(w), Phase, Age, Version',
    );
    expect(columnsOf(Cluster, 'v1beta1')).toBe('ClusterClass, Phase, Age, Version');
  });

  it.each([
    ['a name that begins with a digit', cluster({}, '1st'), ['metadata.name']],
    [
      'a pod range that is none',
      cluster({ clusterNetwork: { pods: { cidrBlocks: ['10.244.0.0'] } } }),
      ['spec.clusterNetwork.pods.cidrBlocks[0]'],
    ],
    [
      'a range of too many bits',
      cluster({ clusterNetwork: { services: { cidrBlocks: ['10.0.0.0/33'] } } }),
      ['spec.clusterNetwork.services.cidrBlocks[0]'],
    ],
    ['a topology', cluster({ topology: { classRef: { name: 'small' }, version: 'v1.32.0' } }), ['spec.topology']],
  ])('refuses %s', (_what, body, fields) => {
    expect(fieldsOf(admit(Cluster, body).errors)).toEqual(fields);
  });

  it('accepts IPv6 ranges', () => {
    expect(admit(Cluster, cluster({ clusterNetwork: { pods: { cidrBlocks: ['fd00::/64'] } } })).errors).toEqual([]);
  });

  it.each([
    ['another infrastructure', { infrastructureRef: { apiGroup: 'g', kind: 'K', name: 'n' } }, ['spec.infrastructureRef']],
    ['no control plane', { controlPlaneRef: undefined }, ['spec.controlPlaneRef']],
    ['another endpoint', { controlPlaneEndpoint: { host: '10.0.0.101', port: 6443 } }, ['spec.controlPlaneEndpoint']],
  ])('does not let an update give it %s', (_what, change, fields) => {
    const { object: was } = admit(Cluster, SEED_CLUSTER);
    const before = { ...was, spec: { ...(was.spec as object), controlPlaneEndpoint: { host: '10.0.0.100', port: 6443 } } };
    const body = { ...before, spec: { ...before.spec, ...change } } as unknown as Record<string, unknown>;
    expect(fieldsOf(admit(Cluster, body, before).errors)).toEqual(fields);
  });

  it('lets the endpoint be set once it is known', () => {
    const { object: was } = admit(Cluster, SEED_CLUSTER);
    const body = { ...was, spec: { ...(was.spec as object), controlPlaneEndpoint: { host: '10.0.0.100', port: 6443 } } };
    expect(admit(Cluster, body as unknown as Record<string, unknown>, was).errors).toEqual([]);
  });

  it('turns failure domains from a map into a list', () => {
    const old = Cluster.versions.find((version) => version.name === 'v1beta1');
    const body = { ...cluster({}), status: { failureDomains: { b: { controlPlane: true }, a: {} } } };
    expect(old?.toHub?.(body as never).status).toEqual({ failureDomains: [{ name: 'a' }, { name: 'b', controlPlane: true }] });
  });
});
