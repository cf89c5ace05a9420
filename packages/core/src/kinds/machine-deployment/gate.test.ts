import { describe, expect, it } from 'vitest';
import { rolloutGate } from './gate.ts';
import type { DeploymentSeen } from './observe.ts';

interface Plane {
  planned?: string;
  reached?: string;
  observedGeneration?: number;
  rolling?: boolean;
}

function seen(
  version: string,
  { planned = 'v1.32.0', reached = planned, observedGeneration = 2, rolling }: Plane,
  more: object = {},
) {
  const conditions = rolling
    ? [{ type: 'RollingOut', status: 'True', reason: 'RollingOut', lastTransitionTime: '2026-01-01T00:00:00Z' }]
    : [];
  return {
    deployment: {
      spec: {
        template: {
          spec: {
            version,
            bootstrap: { configRef: { apiGroup: 'b', kind: 'KubeadmConfigTemplate', name: 'workers' } },
            infrastructureRef: { apiGroup: 'i', kind: 'Other', name: 'workers' },
          },
        },
      },
    },
    controlPlane: {
      kind: 'KubeadmControlPlane',
      metadata: { name: 'cp', generation: 2 },
      spec: { version: planned },
      status: { version: reached, observedGeneration, conditions },
    },
    bootstrapTemplate: undefined,
    infrastructureTemplate: { kind: 'Other' },
    images: [],
    ...more,
  } as unknown as DeploymentSeen;
}
const sentence = (facts: DeploymentSeen) => rolloutGate(facts)?.sentence;

describe('the gate of a rollout', () => {
  it('is open when the control plane is there already', () => {
    expect(rolloutGate(seen('v1.32.0', {}))).toBeNull();
    expect(rolloutGate(seen('v1.31.9', {}))).toBeNull();
  });

  it('is shut while workers would be ahead, and says what to do', () => {
    expect(rolloutGate(seen('v1.33.0', {}))).toEqual({
      sentence:
        'Does not roll out v1.33.0 because KubeadmControlPlane cp is to be at v1.32.0: workers follow their control plane',
      wayOut: 'Upgrade the control plane to v1.33.0 first',
      tone: 'caution',
    });
  });

  it('is shut while the control plane rolls', () => {
    expect(sentence(seen('v1.33.0', { planned: 'v1.33.0', reached: 'v1.32.0' }))).toContain(
      'it is at v1.32.0 until its last machine',
    );
    expect(sentence(seen('v1.32.0', { planned: 'v1.33.0', reached: 'v1.32.0' }))).toContain('Waits for KubeadmControlPlane cp');
    expect(sentence(seen('v1.32.0', { rolling: true }))).toBe('Waits for KubeadmControlPlane cp to end its own rollout');
    expect(sentence(seen('v1.32.0', { observedGeneration: 1 }))).toBe('Waits for KubeadmControlPlane cp to end its own rollout');
  });

  it('is shut without a template, and names it', () => {
    expect(sentence(seen('v1.32.0', {}, { bootstrapTemplate: null }))).toBe(
      'Does not roll out because KubeadmConfigTemplate workers does not exist',
    );
  });

  it('is shut while spec.paused', () => {
    const paused = seen('v1.32.0', {});
    paused.deployment.spec.paused = true;
    expect(sentence(paused)).toBe('Does not roll out because spec.paused is true');
  });
});
