import { describe, expect, it } from 'vitest';
import { draft, refTo } from '../../registry/define-kind.ts';
import { LIMITS } from '../../runtime/limits.ts';
import type { NodesSeen } from '../../runtime/seen.ts';
import { refKey } from '../../store/object.ts';
import { Cluster } from '../cluster/kind.ts';
import { machinesIn, NAMESPACE, type Watched, worldOf } from '../machine-deployment/test-world.ts';
import { setConditions } from '../shared/conditions.ts';
import { LABELS } from '../shared/labels.ts';
import { MachineHealthCheck } from './kind.ts';

/** What the collector would write: the nodes of all machines, some of them not ready since a while. */
async function observe(world: Watched, sick: readonly string[], reachable = true): Promise<void> {
  const since = new Date(world.now().getTime() - 301_000).toISOString();
  const nodes = (await machinesIn(world)).map(({ metadata: { name } }) => ({
    name,
    uid: name,
    kubeletVersion: 'v1.32.0',
    unschedulable: false,
    conditions: [{ type: 'Ready', status: sick.includes(name) ? 'Unknown' : 'True', reason: 'Test', lastTransitionTime: since }],
    addresses: [],
    labels: {},
    annotations: {},
    taints: [],
    createdAt: since,
  }));
  const data: NodesSeen = { reachable, since, nodes };
  const observation = { subject: refKey(refTo(Cluster, NAMESPACE, 'production')), source: 'nodes', seenAt: since };
  const wake = { reconciler: MachineHealthCheck.plural, namespace: NAMESPACE, name: 'check' };
  await world.store.observe([{ ...observation, data: data as never }], [wake]);
}

async function watchedWorld(): Promise<Watched> {
  const world = await worldOf({ seed: 11, replicas: 10, maxSurge: 1, maxUnavailable: 0 });
  const well = ['ControlPlaneInitialized', 'InfrastructureReady'].map((type) => ({
    type,
    status: 'True' as const,
    reason: type,
  }));
  await world.change(Cluster, NAMESPACE, 'production', (object) => {
    object.status = { ...object.status, conditions: setConditions(object.status?.conditions, well, world.now()) };
  });
  const ready = (status: 'False' | 'Unknown') => ({ type: 'Ready', status, timeoutSeconds: 300 });
  await observe(world, []);
  await world.create(
    draft(
      MachineHealthCheck,
      { name: 'check', namespace: NAMESPACE, labels: { [LABELS.clusterName]: 'production' } },
      {
        clusterName: 'production',
        selector: { matchLabels: { [LABELS.deploymentName]: 'workers' } },
        checks: { nodeStartupTimeoutSeconds: 600, unhealthyNodeConditions: [ready('False'), ready('Unknown')] },
        remediation: { triggerIf: { unhealthyLessThanOrEqualTo: '40%' } },
      },
    ),
  );
  await world.settle({ horizonSeconds: 60 });
  return world;
}

const names = async (world: Watched) => (await machinesIn(world)).map(({ metadata }) => metadata.name).sort();

describe('a health check in the world', () => {
  it('has one machine replaced, and only that', async () => {
    const world = await watchedWorld();
    const before = await names(world);
    await observe(world, before.slice(0, 1));
    await world.settle({ horizonSeconds: LIMITS.preflightSeconds * 10 });
    const after = await names(world);
    expect(after).toHaveLength(10);
    expect(before.filter((name) => !after.includes(name))).toEqual(before.slice(0, 1));
  });

  it('leaves five of ten alone', async () => {
    const world = await watchedWorld();
    const before = await names(world);
    await observe(world, before.slice(0, 5));
    await world.settle({ horizonSeconds: 3600 });
    expect(await names(world)).toEqual(before);
  });

  it('leaves all alone while the cluster cannot be reached', async () => {
    const world = await watchedWorld();
    const before = await names(world);
    await observe(world, before, false);
    await world.settle({ horizonSeconds: 3600 });
    expect(await names(world)).toEqual(before);
  });
});
