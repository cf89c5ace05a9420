import { expect, test } from 'vitest';
import type { KubeObject } from '../../store/object.ts';
import { Metal3Cluster, type Metal3ClusterObject } from './kind.ts';

const v1beta1 = Metal3Cluster.versions[1]!;
const object = (spec: object, status?: object) =>
  ({
    apiVersion: 'x/v1',
    kind: 'Metal3Cluster',
    metadata: { name: 'a' },
    spec,
    ...(status ? { status } : {}),
  }) as unknown as KubeObject;

test.each([
  [{ noCloudProvider: true }, { cloudProviderEnabled: false }],
  [{ noCloudProvider: false }, { cloudProviderEnabled: true }],
  [{ cloudProviderEnabled: true }, { cloudProviderEnabled: true }],
  [{ cloudProviderEnabled: true, noCloudProvider: true }, { cloudProviderEnabled: true }],
  [{}, {}],
  [
    { failureDomains: { b: {}, a: { controlPlane: true } } },
    { failureDomains: [{ name: 'a', controlPlane: true }, { name: 'b' }] },
  ],
])('v1beta1 %j is %j in the hub', (old, hub) => {
  expect(v1beta1.toHub!(object(old)).spec).toEqual(hub);
});

test('the hub round-trips through v1beta1', () => {
  const condition = {
    type: 'Ready',
    status: 'False',
    reason: 'NotReady',
    message: 'm',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  };
  const hub = object(
    { controlPlaneEndpoint: { host: 'h', port: 1 }, cloudProviderEnabled: false, failureDomains: [{ name: 'a' }] },
    { initialization: { provisioned: true }, conditions: [condition], failureDomains: [{ name: 'a' }], site: 's' },
  );
  const old = v1beta1.fromHub!(hub);
  expect(old.spec).toEqual({ controlPlaneEndpoint: { host: 'h', port: 1 }, noCloudProvider: true, failureDomains: { a: {} } });
  expect(old.status).toMatchObject({ ready: true, v1beta2: { conditions: [condition] } });
  const back = v1beta1.toHub!(old);
  expect(back.spec).toEqual(hub.spec);
  expect(back.status).toEqual(hub.status);
});

test.each([
  [{ host: '10.0.0.100', port: 6443 }, []],
  [{ host: 'fd00::1', port: 6443 }, []],
  [{ host: '', port: 6443 }, ['spec.controlPlaneEndpoint.host']],
  [{ host: 'no spaces', port: 70000 }, ['spec.controlPlaneEndpoint.host', 'spec.controlPlaneEndpoint.port']],
  [undefined, []],
])('endpoint %j is refused at %j', (controlPlaneEndpoint, refused) => {
  const errors = Metal3Cluster.validate!(object({ controlPlaneEndpoint }) as Metal3ClusterObject);
  expect(errors.map((error) => error.field)).toEqual(refused);
});
