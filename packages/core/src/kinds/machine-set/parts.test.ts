import { describe, expect, it } from 'vitest';
import type { ObjectOf } from '../../registry/define-kind.ts';
import type { Machine } from '../machine/kind.ts';
import { deletionScore, inDeletionOrder } from './deletion-order.ts';
import { failedChecks } from './preflight.ts';
import { remediate } from './remediation.ts';
import { upToDate } from './up-to-date.ts';

type MachineObject = ObjectOf<typeof Machine>;

const NOW = new Date('2026-02-01T00:00:00Z');
const THEN = '2026-01-01T00:00:00Z';
const REF = { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'Metal3Machine', name: 'm' };

interface Like {
  annotations?: Record<string, string>;
  created?: string;
  deleting?: boolean;
  conditions?: Record<string, 'True' | 'False' | 'Unknown'>;
  node?: boolean;
  kubelet?: string;
}

function machine(
  name: string,
  { annotations, created = THEN, deleting, conditions = {}, node = true, kubelet }: Like = {},
): MachineObject {
  return {
    apiVersion: 'cluster.x-k8s.io/v1beta2',
    kind: 'Machine',
    metadata: {
      name,
      uid: name,
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: created,
      ...(annotations ? { annotations } : {}),
      ...(deleting ? { deletionTimestamp: THEN } : {}),
    },
    spec: { clusterName: 'production', bootstrap: {}, infrastructureRef: REF, version: 'v1.32.0' },
    status: {
      ...(node ? { nodeRef: { name } } : {}),
      ...(kubelet ? { nodeInfo: { kubeletVersion: kubelet } } : {}),
      conditions: Object.entries(conditions).map(([type, status]) => ({ type, status, reason: type, lastTransitionTime: THEN })),
    },
  };
}
const names = (machines: MachineObject[]) => machines.map(({ metadata }) => metadata.name);

describe('the order of deletion', () => {
  it('is deleting, annotated, unhealthy, then the policy', () => {
    const machines = [
      machine('d-fine', { conditions: { Available: 'True' } }),
      machine('c-sick', { conditions: { NodeHealthy: 'False' } }),
      machine('b-wished', { annotations: { 'cluster.x-k8s.io/delete-machine': '' } }),
      machine('a-going', { deleting: true }),
      machine('e-nodeless', { node: false }),
    ];
    expect(names(inDeletionOrder(machines, 'Random', NOW))).toEqual(['a-going', 'b-wished', 'c-sick', 'e-nodeless', 'd-fine']);
  });

  it('takes those that do not serve before those that do, then by name', () => {
    const serving = { conditions: { Available: 'True' } } as const;
    expect(names(inDeletionOrder([machine('b', serving), machine('a', serving), machine('c')], 'Random', NOW))).toEqual([
      'c',
      'a',
      'b',
    ]);
  });

  it('follows age where asked to', () => {
    const machines = [machine('young', { created: '2026-01-30T00:00:00Z' }), machine('old')];
    expect(names(inDeletionOrder(machines, 'Oldest', NOW))).toEqual(['old', 'young']);
    expect(names(inDeletionOrder(machines, 'Newest', NOW))).toEqual(['young', 'old']);
  });

  it('does not take unknown for sick', () => {
    expect(deletionScore(machine('m', { conditions: { NodeHealthy: 'Unknown' } }), 'Random', NOW)).toBe(20);
  });
});

describe('preflight checks', () => {
  const controlPlane = (version: string, reached?: string) => ({
    kind: 'KubeadmControlPlane',
    metadata: { name: 'cp', namespace: 'clusters' },
    spec: { version },
    ...(reached ? { status: { version: reached } } : {}),
  });
  const template = (version: string, kind = 'KubeadmConfigTemplate') => ({
    clusterName: 'production',
    version,
    bootstrap: { configRef: { apiGroup: 'bootstrap.cluster.x-k8s.io', kind, name: 't' } },
    infrastructureRef: REF,
  });

  it.each([
    ['nothing is wrong', controlPlane('v1.32.0', 'v1.32.0'), template('v1.32.5'), 0],
    ['the control plane has no version yet', controlPlane('v1.32.0'), template('v1.32.0'), 1],
    ['the control plane is upgrading', controlPlane('v1.33.0', 'v1.32.0'), template('v1.33.0'), 1],
    ['kubelet would be newer', controlPlane('v1.32.0', 'v1.32.0'), template('v1.33.0', 'Other'), 1],
    ['kubelet would be four minors older', controlPlane('v1.32.0', 'v1.32.0'), template('v1.28.0', 'Other'), 1],
    ['three minors older is fine without kubeadm', controlPlane('v1.32.0', 'v1.32.0'), template('v1.29.0', 'Other'), 0],
    ['kubeadm joins its own minor only', controlPlane('v1.32.0', 'v1.32.0'), template('v1.31.0'), 1],
  ])('%s', (_what, plane, spec, failures) => {
    expect(failedChecks(plane, spec, undefined)).toHaveLength(failures);
  });

  it('can be skipped, one or all', () => {
    const [plane, spec] = [controlPlane('v1.32.0', 'v1.32.0'), template('v1.31.0')];
    const skip = (value: string) => ({ 'machineset.cluster.x-k8s.io/skip-preflight-checks': value });
    expect(failedChecks(plane, spec, skip('KubeadmVersionSkew'))).toEqual([]);
    expect(failedChecks(plane, spec, skip('All'))).toEqual([]);
    expect(failedChecks(plane, spec, skip('ControlPlaneIsStable'))).toHaveLength(1);
  });

  it('say which check it was, as upstream does', () => {
    expect(failedChecks(controlPlane('v1.32.0'), template('v1.32.0'), undefined)).toEqual([
      'KubeadmControlPlane clusters/cp is provisioning ("ControlPlaneIsStable" preflight check failed)',
    ]);
  });
});

describe('remediation', () => {
  const sick = { conditions: { HealthCheckSucceeded: 'False', OwnerRemediated: 'False' } } as const;
  const set = { replicas: 10, current: true, maxInFlight: undefined, blocked: [] };

  it('replaces what a health check has marked, and nothing else', () => {
    const failed = machine('b', { conditions: { HealthCheckSucceeded: 'False' } });
    expect(names(remediate([machine('a', sick), failed, machine('c')], set).replace)).toEqual(['a']);
  });

  it('keeps to its budget, a wish first, then the newest', () => {
    const machines = [
      machine('old', sick),
      machine('new', { ...sick, created: '2026-01-20T00:00:00Z' }),
      machine('wished', { ...sick, annotations: { 'cluster.x-k8s.io/remediate-machine': '' } }),
      machine('going', { ...sick, deleting: true }),
    ];
    const { replace, says } = remediate(machines, { ...set, maxInFlight: '21%' });
    expect(names(replace)).toEqual(['wished', 'new']);
    expect(says.get('old')?.reason).toBe('RemediationDeferred');
    expect(says.get('going')?.reason).toBe('MachineDeleting');
  });

  it('leaves an old revision to the rollout', () => {
    const { replace, says } = remediate([machine('a', sick)], { ...set, current: false });
    expect(replace).toEqual([]);
    expect(says.get('a')).toMatchObject({
      reason: 'CannotBeRemediated',
      message: "Machine won't be remediated because it is pending removal due to rollout",
    });
  });

  it('waits for preflight checks', () => {
    const { replace, says } = remediate([machine('a', sick)], { ...set, blocked: ['the control plane is upgrading'] });
    expect(replace).toEqual([]);
    expect(says.get('a')).toMatchObject({ reason: 'RemediationDeferred', message: '* the control plane is upgrading' });
  });
});

describe('up to date', () => {
  it.each([
    [undefined, 'Unknown'],
    ['v1.32.0', 'True'],
    ['v1.31.4', 'False'],
  ])('with a kubelet of %s is %s', (kubelet, status) => {
    expect(upToDate(machine('m', kubelet ? { kubelet } : {}), undefined).status).toBe(status);
  });
  it('is not, once its set is an old one', () => {
    expect(upToDate(machine('m', { kubelet: 'v1.32.0' }), '* Version v1.32.0, v1.33.0 required')).toMatchObject({
      status: 'False',
    });
  });
  it('stays so when contact is lost', () => {
    expect(upToDate(machine('m', { conditions: { UpToDate: 'True' } }), undefined).status).toBe('True');
  });
});
