import { expect, test } from 'vitest';
import { applyManifest, parseManifest } from './apply.ts';
import type { WorkloadClient } from './client.ts';

const MANIFEST = `
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: kindnet, namespace: cni }
---
# a comment alone is no document
---
apiVersion: v1
kind: Namespace
metadata: { name: cni }
---
apiVersion: v1
kind: List
items:
  - { apiVersion: v1, kind: ServiceAccount, metadata: { name: kindnet, namespace: cni } }
`;

test('namespaces come before what lives in them; lists are taken apart', () => {
  expect(parseManifest(MANIFEST).map((object) => object.kind)).toEqual(['Namespace', 'ServiceAccount', 'DaemonSet']);
});

test.each(['kind: Pod\nmetadata: {name: x}', 'a: [b'])(
  'a manifest that is none is refused before anything is written',
  (text) => {
    expect(() => parseManifest(text)).toThrow(/manifest/);
  },
);

test('each object is applied to its own path, found by discovery', async () => {
  const paths: string[] = [];
  const resources = [
    { name: 'namespaces', kind: 'Namespace', namespaced: false },
    { name: 'serviceaccounts', kind: 'ServiceAccount', namespaced: true },
    { name: 'daemonsets', kind: 'DaemonSet', namespaced: true },
    { name: 'daemonsets/status', kind: 'DaemonSet', namespaced: true },
  ];
  const client = { get: async () => ({ resources }), patch: async (path: string) => void paths.push(path) };
  expect(await applyManifest(client as unknown as WorkloadClient, MANIFEST)).toBe(3);
  expect(paths).toEqual([
    '/api/v1/namespaces/cni',
    '/api/v1/namespaces/cni/serviceaccounts/kindnet',
    '/apis/apps/v1/namespaces/cni/daemonsets/kindnet',
  ]);
});
