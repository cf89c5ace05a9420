import { expect, test } from 'vitest';
import { can, type HostAction } from './can.ts';
import { bench } from './test-bench.ts';

const at = (state: string, spec: object = {}, metadata: object = {}) => {
  const { host } = bench(spec, metadata).seen;
  return { ...host, status: { provisioning: { state } } } as never;
};
const PAUSED = { annotations: { 'baremetalhost.metal3.io/paused': '' } };
const DETACHED = { annotations: { 'baremetalhost.metal3.io/detached': '' } };
const HELD = { consumerRef: { kind: 'Metal3Machine', name: 'm' } };

test.each<[HostAction, unknown, true | RegExp]>([
  ['powerOn', at('available'), true],
  ['powerOff', at('available'), /off already/],
  ['powerOff', at('provisioned', { online: true }), true],
  ['powerOff', at('provisioned', { online: true, disablePowerOff: true }), /disabled/],
  ['powerOn', at('inspecting'), /inspecting/],
  ['powerOn', at('available', {}, PAUSED), /paused/],
  ['powerOn', at('available', {}, DETACHED), /detached/],
  ['inspect', at('available'), true],
  ['inspect', at('provisioned'), /Only an available host/],
  ['inspect', at('available', { inspectionMode: 'disabled' }), /disabled/],
  ['detach', at('provisioned'), true],
  ['detach', at('provisioning'), /at rest/],
  ['detach', at('provisioned', {}, DETACHED), /already/],
  ['attach', at('provisioned', {}, DETACHED), true],
  ['attach', at('provisioned'), /not detached/],
  ['pause', at('inspecting'), true],
  ['resume', at('inspecting', {}, PAUSED), true],
  ['resume', at('inspecting'), /not paused/],
  ['delete', at('available'), true],
  ['delete', at('provisioned', HELD), /held by Metal3Machine m/],
  ['deprovision', at('provisioned', { image: { url: 'x' } }), true],
  ['deprovision', at('provisioned', { ...HELD, image: { url: 'x' } }), /held/],
  ['powerOn', at('available', {}, { deletionTimestamp: '2026-01-01T00:00:00Z' }), /being deleted/],
])('%s', (action, host, expected) => {
  const answer = can(action, host as never);
  if (expected === true) expect(answer).toEqual({ allowed: true });
  else expect(answer).toMatchObject({ allowed: false, reason: expect.stringMatching(expected) });
});
