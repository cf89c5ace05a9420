import { expect, test } from 'vitest';
import { claimAllowed } from './claim-allowed.ts';
import { type HostDeployPolicyObject, patternError } from './kind.ts';

const policy = (hostClaimNamespaces: HostDeployPolicyObject['spec']['hostClaimNamespaces'], namespace = 'metal3') =>
  ({
    apiVersion: 'metal3.io/v1alpha1',
    kind: 'HostDeployPolicy',
    metadata: { name: 'p', namespace },
    spec: { hostClaimNamespaces },
  }) as HostDeployPolicyObject;

test.each([
  ['same namespace needs no policy', [], 'metal3', {}, true],
  ['another namespace without a policy', [], 'clusters', {}, false],
  ['named', [policy({ names: ['clusters'] })], 'clusters', {}, true],
  ['not named', [policy({ names: ['other'] })], 'clusters', {}, false],
  ['policy of another namespace', [policy({ names: ['clusters'] }, 'elsewhere')], 'clusters', {}, false],
  ['an empty policy lets nobody in', [policy({})], 'clusters', {}, false],
  ['a pattern matches the whole name', [policy({ nameMatches: 'team-.*' })], 'team-a', {}, true],
  ['a pattern does not match a part', [policy({ nameMatches: 'team-a' })], 'not-team-a', {}, false],
  ['label with any value', [policy({ hasLabels: [{ name: 'tier' }] })], 'clusters', { tier: 'gold' }, true],
  ['label with another value', [policy({ hasLabels: [{ name: 'tier', value: 'gold' }] })], 'clusters', { tier: 'lead' }, false],
  [
    'all constraints of one policy must hold',
    [policy({ names: ['clusters'], hasLabels: [{ name: 'tier' }] })],
    'clusters',
    {},
    false,
  ],
  ['one of several policies is enough', [policy({ names: ['x'] }), policy({ names: ['clusters'] })], 'clusters', {}, true],
] as const)('%s', (_name, policies, namespace, labels, allowed) => {
  expect(claimAllowed(policies as never, 'metal3', namespace, labels)).toBe(allowed);
});

test('patterns that could occupy the process are refused', () => {
  expect(patternError('(a+)+$')).toMatch(/repeat/);
  expect(patternError('[')).toMatch(/regular expression/);
  expect(patternError('team-[a-z]+')).toBeNull();
});
