import { describe, expect, it } from 'vitest';
import { admit, fieldsOf } from '../shared/test-admit.ts';
import { columnsOf } from '../shared/test-columns.ts';
import { MachineHealthCheck } from './kind.ts';

const check = (spec: Record<string, unknown> = {}) => ({
  apiVersion: 'cluster.x-k8s.io/v1beta2',
  kind: 'MachineHealthCheck',
  metadata: { name: 'c', namespace: 'clusters' },
  spec: { clusterName: 'production', selector: { matchLabels: { a: 'b' } }, ...spec },
});
const trigger = (triggerIf: Record<string, unknown>) => check({ remediation: { triggerIf } });

describe('MachineHealthCheck', () => {
  it('prints upstream columns', () => {
    expect(columnsOf(MachineHealthCheck)).toBe('Cluster, Replicas, Healthy, Paused(w), Age');
    expect(columnsOf(MachineHealthCheck, 'v1beta1')).toBe('Cluster, ExpectedMachines, MaxUnhealthy, CurrentHealthy, Age');
  });

  it('gives machines ten minutes to become nodes', () => {
    const { object, errors } = admit(MachineHealthCheck, check());
    expect(errors).toEqual([]);
    expect(object.spec).toMatchObject({ checks: { nodeStartupTimeoutSeconds: 600 } });
  });

  it.each([
    ['an empty selector', check({ selector: {} }), ['spec.selector']],
    ['another cluster', check({ selector: { matchLabels: { 'cluster.x-k8s.io/cluster-name': 'other' } } }), ['spec.selector']],
    ['less than 30 s to start', check({ checks: { nodeStartupTimeoutSeconds: 29 } }), ['spec.checks.nodeStartupTimeoutSeconds']],
    [
      'a bound that is no percentage',
      trigger({ unhealthyLessThanOrEqualTo: '40' }),
      ['spec.remediation.triggerIf.unhealthyLessThanOrEqualTo'],
    ],
    ['a range that is none', trigger({ unhealthyInRange: '3-5' }), ['spec.remediation.triggerIf.unhealthyInRange']],
    ['a range upside down', trigger({ unhealthyInRange: '[5-3]' }), ['spec.remediation.triggerIf.unhealthyInRange']],
  ])('refuses %s', (_what, body, fields) => {
    expect(fieldsOf(admit(MachineHealthCheck, body).errors)).toEqual(fields);
  });

  it('may switch the start limit off', () => {
    expect(admit(MachineHealthCheck, check({ checks: { nodeStartupTimeoutSeconds: 0 } })).errors).toEqual([]);
  });
});
