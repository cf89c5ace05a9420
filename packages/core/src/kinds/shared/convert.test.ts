import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHub, toHub } from '../../registry/convert.ts';
import type { AnyKind } from '../../registry/define-kind.ts';
import { parseObject } from '../../registry/parse.ts';
import type { Json, KubeObject } from '../../store/object.ts';
import { Cluster } from '../cluster/kind.ts';
import { KubeadmConfig } from '../kubeadm-config/kind.ts';
import { KubeadmConfigTemplate } from '../kubeadm-config-template/kind.ts';
import { KubeadmControlPlane } from '../kubeadm-control-plane/kind.ts';
import { Machine } from '../machine/kind.ts';
import { MachineDeployment } from '../machine-deployment/kind.ts';
import { MachineHealthCheck } from '../machine-health-check/kind.ts';
import { MachineSet } from '../machine-set/kind.ts';
import { conversion } from './convert.ts';
import { arbitraryOf } from './test-arbitrary.ts';

const KINDS: AnyKind[] = [
  Cluster,
  Machine,
  MachineSet,
  MachineDeployment,
  MachineHealthCheck,
  KubeadmControlPlane,
  KubeadmConfig,
  KubeadmConfigTemplate,
];

const META = {
  name: 'x',
  namespace: 'clusters',
  uid: 'u',
  resourceVersion: '1',
  generation: 1,
  creationTimestamp: '2026-01-01T00:00:00Z',
};

function withSpec(kind: AnyKind, version: string, spec: unknown): KubeObject {
  return { apiVersion: `${kind.group}/${version}`, kind: kind.kind, metadata: META, spec };
}

/** Empty objects mean nothing but where a table says so: they are left out of comparisons. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .map(([key, child]) => [key, bare(child)] as const)
    .filter(
      ([, child]) => !(typeof child === 'object' && child !== null && !Array.isArray(child) && Object.keys(child).length === 0),
    );
  return Object.fromEntries(entries);
}

const RUNS = { numRuns: 60 };

describe.each(KINDS.map((kind) => [kind.kind, kind] as const))('%s', (_name, kind) => {
  const old = kind.versions.find((version) => version.name === 'v1beta1')!;

  it('gives a v1beta1 reader what a v1beta1 writer wrote', () => {
    fc.assert(
      fc.property(arbitraryOf(old.schema!.spec!), (spec) => {
        const written = withSpec(kind, 'v1beta1', spec);
        const stored = toHub(kind, 'v1beta1', written);
        expect(bare(fromHub(kind, 'v1beta1', stored).spec)).toEqual(bare(written.spec));
      }),
      RUNS,
    );
  });

  it('leaves no v1beta1 field in the hub and no hub field in v1beta1', () => {
    fc.assert(
      fc.property(arbitraryOf(old.schema!.spec!), (spec) => {
        const stored = old.toHub!(withSpec(kind, 'v1beta1', spec));
        expect(parseObject(kind, kind.hub, stored as unknown as { [key: string]: Json }).unknown).toEqual([]);
      }),
      RUNS,
    );
    fc.assert(
      fc.property(arbitraryOf(kind.schema.spec!), arbitraryOf(kind.schema.status!), (spec, status) => {
        const object = { ...withSpec(kind, kind.hub, spec), ...(kind.statusSubresource ? { status } : {}) } as KubeObject;
        expect(parseObject(kind, 'v1beta1', old.fromHub!(object) as unknown as { [key: string]: Json }).unknown).toEqual([]);
      }),
      RUNS,
    );
  });

  it('survives an unchanged v1beta1 write, with all that v1beta1 cannot say', () => {
    fc.assert(
      fc.property(arbitraryOf(kind.schema.spec!), (spec) => {
        const stored = withSpec(kind, kind.hub, spec);
        const read = fromHub(kind, 'v1beta1', stored);
        expect(bare(toHub(kind, 'v1beta1', read, stored).spec)).toEqual(bare(stored.spec));
      }),
      RUNS,
    );
  });

  it('keeps the status through a round trip, but for what each version has dropped', () => {
    fc.assert(
      fc.property(arbitraryOf(kind.schema.status!), (status) => {
        if (!kind.statusSubresource) return;
        const object = { ...withSpec(kind, kind.hub, {}), status } as KubeObject;
        expect(bare(old.toHub!(old.fromHub!(object)).status)).toEqual(bare(status));
      }),
      RUNS,
    );
  });
});

describe('conversion', () => {
  it('lets rows swap places', () => {
    const { toHub: up } = conversion('g', 'v2', 'v1', [
      { old: 'spec.a', hub: 'spec.b' },
      { old: 'spec.b', hub: 'spec.a' },
    ]);
    expect(up(withSpec(Machine, 'v1', { a: 1, b: 2 })).spec).toEqual({ b: 1, a: 2 });
  });

  it('does not change what it is given', () => {
    const { toHub: up } = conversion('g', 'v2', 'v1', [{ old: 'spec.a', hub: 'spec.b.c' }]);
    const given = withSpec(Machine, 'v1', { a: 1 });
    up(given);
    expect(given.spec).toEqual({ a: 1 });
  });
});
