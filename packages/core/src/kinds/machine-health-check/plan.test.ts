import { describe, expect, it } from 'vitest';
import type { ObjectOf } from '../../registry/define-kind.ts';
import type { Action } from '../../runtime/actions.ts';
import { LIMITS } from '../../runtime/limits.ts';
import type { NodesSeen } from '../../runtime/seen.ts';
import type { Machine } from '../machine/kind.ts';
import type { MachineHealthCheckSpec } from './kind.ts';
import type { CheckSeen } from './observe.ts';
import { planCheck } from './plan.ts';
import { allowance } from './short-circuit.ts';

type MachineObject = ObjectOf<typeof Machine>;

const NOW = new Date('2026-01-01T12:00:00Z');
const LONG_AGO = '2026-01-01T00:00:00Z';
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000).toISOString().replace('.000Z', 'Z');
const env = { now: NOW, suffix: () => 'abcde', limits: LIMITS };
const meta = (name: string) => ({
  name,
  namespace: 'clusters',
  uid: name,
  resourceVersion: '1',
  generation: 1,
  creationTimestamp: LONG_AGO,
});
const condition = (type: string, status = 'True', since = LONG_AGO) => ({
  type,
  status: status as 'True',
  reason: type,
  lastTransitionTime: since,
});

const SPEC: MachineHealthCheckSpec = {
  clusterName: 'production',
  selector: { matchLabels: { a: 'b' } },
  checks: {
    nodeStartupTimeoutSeconds: 600,
    unhealthyNodeConditions: [
      { type: 'Ready', status: 'False', timeoutSeconds: 300 },
      { type: 'Ready', status: 'Unknown', timeoutSeconds: 300 },
    ],
  },
  remediation: { triggerIf: { unhealthyLessThanOrEqualTo: '40%' } },
};

function machine(
  name: string,
  more: Partial<MachineObject['metadata']> = {},
  status: MachineObject['status'] = { nodeRef: { name } },
): MachineObject {
  return {
    apiVersion: 'cluster.x-k8s.io/v1beta2',
    kind: 'Machine',
    metadata: { ...meta(name), ...more },
    spec: {
      clusterName: 'production',
      bootstrap: {},
      infrastructureRef: { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'Metal3Machine', name },
    },
    status: { conditions: [condition('InfrastructureReady')], ...status },
  };
}

function nodes(ready: Record<string, [status: string, since: string]>, reachable = true): NodesSeen {
  return {
    reachable,
    since: LONG_AGO,
    nodes: Object.entries(ready).map(([name, [status, since]]) => ({
      name,
      uid: name,
      kubeletVersion: 'v1.32.0',
      unschedulable: false,
      conditions: [{ ...condition('Ready', status, since), reason: 'NodeStatusUnknown' }],
      addresses: [],
      labels: {},
      annotations: {},
      taints: [],
      createdAt: LONG_AGO,
    })),
  };
}

function seen(machines: MachineObject[], observed: NodesSeen | null, spec: Partial<MachineHealthCheckSpec> = {}): CheckSeen {
  const conditions = [condition('ControlPlaneInitialized'), condition('InfrastructureReady')];
  return {
    check: {
      apiVersion: 'cluster.x-k8s.io/v1beta2',
      kind: 'MachineHealthCheck',
      metadata: meta('check'),
      spec: { ...SPEC, ...spec },
    },
    cluster: {
      apiVersion: 'cluster.x-k8s.io/v1beta2',
      kind: 'Cluster',
      metadata: meta('production'),
      spec: {},
      status: { conditions },
    },
    machines,
    nodes: observed,
  };
}

const NAMES = Array.from({ length: 10 }, (_, index) => `m${index}`);
const fleet = (sick: number, status: [string, string] = ['Unknown', ago(301)]) =>
  nodes(Object.fromEntries(NAMES.map((name, index) => [name, index < sick ? status : ['True', LONG_AGO]])));
const updated = (actions: Action[], name: string) => {
  const found = actions.find((action) => action.do === 'update' && action.was.metadata.name === name);
  return found?.do === 'update' ? (found.object as MachineObject) : undefined;
};
const said = (object: MachineObject | undefined, type: string) => object?.status?.conditions?.find((each) => each.type === type);
const events = (actions: Action[]) =>
  actions.flatMap((action) => (action.do === 'event' ? [`${action.type} ${action.reason}: ${action.message}`] : []));

describe('a health check', () => {
  it('has one sick machine of ten replaced', () => {
    const { actions, because } = planCheck(
      seen(
        NAMES.map((name) => machine(name)),
        fleet(1),
      ),
      env,
    );
    const sick = updated(actions, 'm0');
    expect(said(sick, 'HealthCheckSucceeded')).toMatchObject({
      status: 'False',
      reason: 'UnhealthyNode',
      message:
        'Health check failed:\n  * Condition Ready on Node is reporting status Unknown with reason NodeStatusUnknown for more than 5m0s',
    });
    expect(said(sick, 'OwnerRemediated')).toMatchObject({ status: 'False', reason: 'WaitingForRemediation' });
    expect(said(updated(actions, 'm1'), 'HealthCheckSucceeded')).toMatchObject({ status: 'True' });
    expect(events(actions)).toEqual([
      'Normal MachineMarkedUnhealthy: Machine clusters/m0 has been marked as unhealthy by clusters/check',
    ]);
    expect(because?.sentence).toBe('Waits for the owner of Machine m0 to replace it');
    expect(updated(actions, 'check')?.status).toMatchObject({
      expectedMachines: 10,
      currentHealthy: 9,
      remediationsAllowed: 3,
      targets: NAMES,
    });
  });

  it('leaves five of ten alone, with the event of upstream', () => {
    const { actions, because } = planCheck(
      seen(
        NAMES.map((name) => machine(name)),
        fleet(5),
      ),
      env,
    );
    expect(events(actions)).toEqual([
      'Warning RemediationRestricted: Remediation is not allowed, the number of not started or unhealthy machines exceeds maxUnhealthy (total: 10, unhealthy: 5, maxUnhealthy: 40%)',
    ]);
    for (const name of NAMES) expect(said(updated(actions, name), 'OwnerRemediated')).toBeUndefined();
    expect(said(updated(actions, 'm0'), 'HealthCheckSucceeded')?.status).toBe('False');
    const check = updated(actions, 'check');
    expect(check?.status).toMatchObject({ currentHealthy: 5, remediationsAllowed: 0 });
    expect(said(check, 'RemediationAllowed')).toMatchObject({ status: 'False', reason: 'TooManyUnhealthy' });
    expect(because?.tone).toBe('caution');
  });

  it('says it once, not at every look', () => {
    const first = seen(
      NAMES.map((name) => machine(name)),
      fleet(5),
    );
    const { actions } = planCheck(first, env);
    const after = (name: string) => updated(actions, name) ?? machine(name);
    const check = updated(actions, 'check') as unknown as CheckSeen['check'];
    const again = planCheck({ ...first, check, machines: NAMES.map(after) }, env);
    expect(again.actions).toEqual([]);
  });

  it('counts those about to fail as not healthy, and looks again when they would', () => {
    const plan = planCheck(
      seen(
        NAMES.map((name) => machine(name)),
        fleet(5, ['False', ago(100)]),
      ),
      env,
    );
    expect(events(plan.actions)).toEqual([]);
    expect(plan.wakeAfterSeconds).toBe(201);
    expect(updated(plan.actions, 'check')?.status).toMatchObject({ currentHealthy: 5 });
  });

  it('does not take lost contact for sickness', () => {
    const lost = { ...fleet(10), reachable: false };
    const { actions, because } = planCheck(
      seen(
        NAMES.map((name) => machine(name)),
        lost,
      ),
      env,
    );
    expect(actions.filter((action) => action.do === 'update' && action.was.kind === 'Machine')).toEqual([]);
    expect(events(actions)).toEqual([]);
    expect(because).toBeNull();
  });

  it('keeps those that were well so while contact is lost', () => {
    const well = machine('m0', {}, { nodeRef: { name: 'm0' }, conditions: [condition('HealthCheckSucceeded')] });
    const { actions } = planCheck(seen([well], { ...fleet(1), reachable: false }), env);
    expect(updated(actions, 'check')?.status).toMatchObject({ currentHealthy: 1 });
  });

  it('sees that a node has been deleted', () => {
    const { actions } = planCheck(seen([machine('gone')], nodes({}), { remediation: {} }), env);
    expect(said(updated(actions, 'gone'), 'HealthCheckSucceeded')).toMatchObject({
      reason: 'NodeDeleted',
      message: 'Health check failed:\n  * Node gone has been deleted',
    });
  });

  const nodeless = (since: string, infrastructure = 'True') =>
    machine('new', { creationTimestamp: since }, { conditions: [condition('InfrastructureReady', infrastructure, since)] });

  it('gives a new machine its time to become a node', () => {
    const early = planCheck(seen([nodeless(ago(500))], nodes({}), { remediation: {} }), env);
    expect(early.wakeAfterSeconds).toBe(101);
    const late = planCheck(seen([nodeless(ago(601))], nodes({}), { remediation: {} }), env);
    expect(said(updated(late.actions, 'new'), 'HealthCheckSucceeded')).toMatchObject({
      reason: 'NodeStartupTimeout',
      message: 'Health check failed:\n  * Node failed to report startup in 10m0s',
    });
  });

  it('gives a server whose image is being written the time that takes', () => {
    const plan = planCheck(seen([nodeless(ago(3000), 'False')], nodes({}), { remediation: {} }), env);
    expect(plan.wakeAfterSeconds).toBe(600 + LIMITS.agentBootSeconds + LIMITS.deploySeconds - 3000 + 1);
  });

  it('does not judge workers before the control plane is initialized', () => {
    const early = seen([nodeless(ago(9999))], null);
    early.cluster!.status = { conditions: [condition('InfrastructureReady')] };
    expect(planCheck(early, env).wakeAfterSeconds).toBeUndefined();
  });

  it('lets a person ask for it', () => {
    const wished = machine('m0', { annotations: { 'cluster.x-k8s.io/remediate-machine': '' } });
    const { actions } = planCheck(seen([wished, machine('m1'), machine('m2')], fleet(0)), env);
    expect(said(updated(actions, 'm0'), 'HealthCheckSucceeded')).toMatchObject({ reason: 'HasRemediateAnnotation' });
  });

  it('leaves out those that a person has exempted, in the denominator too', () => {
    const exempt = machine('m0', { annotations: { 'cluster.x-k8s.io/skip-remediation': '' } });
    const { actions } = planCheck(seen([exempt, machine('m1')], fleet(1)), env);
    expect(updated(actions, 'check')?.status).toMatchObject({ expectedMachines: 1, targets: ['m1'] });
  });

  it('takes its word back when the machine recovers', () => {
    const marked = [condition('HealthCheckSucceeded', 'False'), condition('OwnerRemediated', 'False')];
    const { actions } = planCheck(seen([machine('m0', {}, { nodeRef: { name: 'm0' }, conditions: marked })], fleet(0)), env);
    expect(said(updated(actions, 'm0'), 'OwnerRemediated')).toBeUndefined();
    expect(said(updated(actions, 'm0'), 'HealthCheckSucceeded')?.status).toBe('True');
  });

  it('does nothing while paused', () => {
    const paused = seen(
      NAMES.map((name) => machine(name)),
      fleet(1),
    );
    paused.cluster!.spec.paused = true;
    const { actions } = planCheck(paused, env);
    expect(actions).toHaveLength(1);
    expect(said(updated(actions, 'check'), 'Paused')?.status).toBe('True');
  });
});

describe('the short circuit', () => {
  it.each([
    ['40%', undefined, 10, 6, true, 0],
    ['40%', undefined, 10, 5, false, 0],
    ['40%', undefined, 4, 3, true, 0],
    ['40%', undefined, 2, 1, false, 0],
    [undefined, undefined, 3, 0, true, 0],
    [2, undefined, 10, 9, true, 1],
    ['40%', '[3-5]', 10, 6, true, 1],
    ['40%', '[3-5]', 10, 8, false, 0],
  ])('limit %s, range %s: %i machines, %i healthy', (limit, range, total, healthy, allowed, left) => {
    const triggerIf = {
      ...(limit === undefined ? {} : { unhealthyLessThanOrEqualTo: limit }),
      ...(range === undefined ? {} : { unhealthyInRange: range }),
    };
    expect(allowance({ triggerIf }, total, healthy)).toMatchObject({ allowed, remediationsAllowed: left });
  });

  it('words the range as upstream does', () => {
    expect(allowance({ triggerIf: { unhealthyInRange: '[3-5]' } }, 10, 8).message).toBe(
      'Remediation is not allowed, the number of not started or unhealthy machines does not fall within the range (total: 10, unhealthy: 2, unhealthyRange: [3-5])',
    );
  });
});
