import { describe, expect, it } from 'vitest';
import type { KubeClient, Manifest } from './apply.ts';
import { readStartOptions } from './options.ts';
import { applyOnce, simulationCommand } from './simulation.ts';

const host = { apiVersion: 'metal3.io/v1alpha1', kind: 'BareMetalHost', metadata: { name: 'one', namespace: 'metal3' } };
const site = { apiVersion: 'fleet.slipway.dev/v1alpha1', kind: 'Site', metadata: { name: 'fra1' }, spec: { proxyURL: 'a' } };
const cluster = { apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster', metadata: { name: 'production' } };
const spare = { ...host, spec: { online: false } };

/** Objects by kind and name, and what was applied, as `manager kind/name`. */
function fakeApi() {
  const objects = new Map<string, Manifest>();
  const applied: string[] = [];
  const nameOf = ({ kind, metadata }: Manifest) => `${kind}/${metadata.name}`;
  const kube: KubeClient = {
    find: async (manifest) => objects.get(nameOf(manifest)),
    get: async () => undefined,
    apply: async (manifest, manager) => {
      objects.set(nameOf(manifest), manifest);
      applied.push(`${manager} ${nameOf(manifest)}`);
    },
  };
  return { kube, objects, applied };
}

describe('registration', () => {
  it('applies everything on the first start, examples as a manager of their own', async () => {
    const { kube, applied } = fakeApi();
    await applyOnce(kube, [site, host], () => [cluster, spare]);
    expect(applied).toEqual([
      'slipway-start Site/fra1',
      'slipway-start BareMetalHost/one',
      'slipway-examples Cluster/production',
      'slipway-examples BareMetalHost/one',
      'slipway-start ConfigMap/slipway-start',
    ]);
  });

  it('applies nothing on later starts, whatever people have deleted', async () => {
    const { kube, objects, applied } = fakeApi();
    await applyOnce(kube, [site, host], () => [cluster]);
    objects.delete('Cluster/production');
    objects.delete('BareMetalHost/one');
    applied.length = 0;
    await applyOnce(kube, [site, host], () => [cluster]);
    expect(applied).toEqual([]);
  });

  it('registers other ports anew, but leaves hosts that exist and the examples alone', async () => {
    const { kube, applied } = fakeApi();
    await applyOnce(kube, [site, host], () => [cluster]);
    applied.length = 0;
    await applyOnce(kube, [{ ...site, spec: { proxyURL: 'b' } }, host], () => [cluster]);
    expect(applied).toEqual(['slipway-start Site/fra1', 'slipway-start ConfigMap/slipway-start']);
  });

  it('applies the examples on the first start that wants them', async () => {
    const { kube, applied } = fakeApi();
    await applyOnce(kube, [site], undefined);
    applied.length = 0;
    await applyOnce(kube, [site], () => [cluster]);
    expect(applied).toEqual(['slipway-examples Cluster/production', 'slipway-start ConfigMap/slipway-start']);
  });
});

it('the simulation keeps its servers in the state folder', () => {
  const command = simulationCommand('/project', readStartOptions(['--state', 'here'], {}));
  expect(command.slice(command.indexOf('--state'))[1]).toBe('/project/here/sim.json');
});
