/** A bench for host plans: applies what is planned to a copy of the world, without a store. */
import type { Plan } from '../../runtime/define-reconciler.ts';
import { LIMITS, type Limits } from '../../runtime/limits.ts';
import type { OperationSpec } from '../../runtime/operations.ts';
import { kubeTime, refOf } from '../../store/object.ts';
import type { Operation } from '../../store/store.ts';
import type { SiteObject } from '../site/kind.ts';
import type { BareMetalHostObject } from './kind.ts';
import { planHost } from './plan.ts';
import type { BareMetalHostSpec } from './spec.ts';
import type { BareMetalHostStatus } from './status.ts';
import type { HostSeen } from './view.ts';

/** What an operation comes to on the bench: nothing = it succeeds at once. */
export type Outcome = { running: true } | { code: string; message: string; retryable: boolean } | undefined;

/** A bench. */
export interface Bench {
  seen: HostSeen;
  limits: Limits;
  now: Date;
  /** Operations in the order in which they were first asked for, as `kind` or `kind name`. */
  asked: string[];
  events: string[];
  /** Decides what becomes of operations. */
  outcome: (spec: OperationSpec, id: string) => Outcome;
  /** Whether the agent speaks when the server is switched on from CD. */
  agentSpeaks: boolean;
  inspectionError?: string;
  plan: () => Plan;
  /** Plans and applies until nothing changes any more; the last plan. */
  settle: () => Plan;
  advance: (seconds: number) => void;
  spec: (change: (spec: BareMetalHostSpec) => void) => void;
  status: () => BareMetalHostStatus;
  state: () => string;
  finish: (name: string, error?: { code: string; message: string; retryable: boolean }) => void;
}

const SITE = {
  apiVersion: 'fleet.slipway.dev/v1alpha1',
  kind: 'Site',
  metadata: { name: 'berlin' },
  spec: { bmc: { allowedNetworks: ['192.168.1.0/24'] } },
} as unknown as SiteObject;

/** A host with a Redfish BMC, its Secret and its Site. */
export function bench(spec: Partial<BareMetalHostSpec> = {}, metadata: Partial<BareMetalHostObject['metadata']> = {}): Bench {
  let suffixes = 0;
  const host: BareMetalHostObject = {
    apiVersion: 'metal3.io/v1alpha1',
    kind: 'BareMetalHost',
    metadata: {
      name: 'host-1',
      namespace: 'metal3',
      uid: 'u1',
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...metadata,
    },
    spec: {
      online: false,
      bmc: { address: 'redfish-virtualmedia://192.168.1.10/redfish/v1/Systems/1', credentialsName: 'host-1-bmc' },
      ...spec,
    },
  };
  const self: Bench = {
    seen: {
      host,
      sites: [SITE],
      policies: [],
      consumerLabels: {},
      credentials: secretOutside('host-1-bmc', '7'),
      data: {},
      operations: [],
    },
    limits: { ...LIMITS },
    now: new Date('2026-01-01T00:01:00Z'),
    asked: [],
    events: [],
    outcome: () => undefined,
    agentSpeaks: true,
    plan: () => planHost(self.seen, { now: self.now, suffix: () => `boot${++suffixes}`, limits: self.limits }),
    settle: () => settle(self),
    advance: (seconds) => {
      self.now = new Date(self.now.getTime() + seconds * 1000);
    },
    spec: (change) => {
      self.seen.host = structuredClone(self.seen.host);
      change(self.seen.host.spec);
    },
    status: () => self.seen.host.status ?? {},
    state: () => self.seen.host.status?.provisioning?.state ?? '',
    finish: (name, error) => {
      const operation = self.seen.operations.find(({ id }) => id.endsWith(`/${name}`));
      if (!operation) throw new Error(`no operation ${name}`);
      operation.state = error ? 'failed' : 'succeeded';
      if (error) operation.error = error;
      operation.finishedAt = kubeTime(self.now);
    },
  };
  return self;
}

/** The outside of a Secret. */
export function secretOutside(name: string, resourceVersion: string, namespace = 'metal3', keys = ['password', 'username']) {
  return { namespace, name, uid: `uid-${name}`, resourceVersion, type: 'Opaque', keys, labels: {} };
}

const MOST_PLANS = 200;

function settle(self: Bench): Plan {
  for (let plans = 0; plans < MOST_PLANS; plans++) {
    const plan = self.plan();
    if (!apply(self, plan)) return plan;
  }
  throw new Error(`the plan does not settle: ${self.asked.slice(-10).join(', ')}`);
}

/** Whether the plan changed anything. */
function apply(self: Bench, plan: Plan): boolean {
  let changed = false;
  for (const action of plan.actions) {
    if (action.do === 'update') {
      self.seen.host = action.object as BareMetalHostObject;
      changed = true;
    } else if (action.do === 'event') self.events.push(action.reason);
    else if (action.do === 'operation') changed = operate(self, action.id, action.operation) || changed;
  }
  return changed;
}

function operate(self: Bench, id: string, spec: OperationSpec): boolean {
  const { seen, now } = self;
  let known = seen.operations.find((operation) => operation.id === id);
  if (known && (known.state === 'succeeded' || known.state === 'running')) return false;
  if (known?.state === 'failed' && (!known.error?.retryable || Date.parse(known.notBefore ?? '') > now.getTime())) return false;
  if (!known) {
    known = {
      id,
      subject: refOf(seen.host),
      subjectUid: seen.host.metadata.uid,
      kind: spec.kind,
      args: {},
      state: 'intended',
      attempts: 0,
      createdAt: kubeTime(now),
    };
    seen.operations.unshift(known);
    self.asked.push(`${spec.kind} ${id.split('/').at(-1)}`);
  }
  carryOut(self, known, spec);
  return true;
}

function carryOut(self: Bench, known: Operation, spec: OperationSpec): void {
  const outcome = self.outcome(spec, known.id);
  known.attempts += 1;
  known.startedAt ??= kubeTime(self.now);
  if (outcome && 'running' in outcome) {
    known.state = 'running';
    return;
  }
  known.state = outcome ? 'failed' : 'succeeded';
  known.finishedAt = kubeTime(self.now);
  if (outcome) {
    known.error = outcome;
    known.notBefore = new Date(self.now.getTime() + 2 ** known.attempts * 1000).toISOString();
    return;
  }
  delete known.error;
  const at = kubeTime(self.now);
  if (spec.kind === 'bmc.register') self.seen.power ??= { on: false, readAt: at, changedAt: at };
  if (spec.kind !== 'bmc.power') return;
  self.seen.power = { on: spec.args.on, readAt: at, changedAt: at };
  const { boot, state } = self.seen.host.status?.provisioning ?? {};
  if (!spec.args.on || !boot || !known.id.endsWith(`${boot}/on`) || !self.agentSpeaks) return;
  self.seen.agent = { boot, lookedUpAt: at, heartbeatAt: at, callbackUrl: 'https://10.0.0.9:9999' };
  if (state === 'inspecting')
    self.seen.inspection = { boot, at, ...(self.inspectionError ? { error: self.inspectionError } : {}) };
}

/** An image that can be written. */
export const IMAGE = {
  url: 'https://images.example.com/a.qcow2',
  checksum: 'a'.repeat(64),
  checksumType: 'sha256',
  format: 'qcow2',
} as const;
/** What is done to a new host. */
export const INTAKE = [
  'bmc.register register',
  'bmc.power off',
  'bmc.insertAgent insert-agent',
  'bmc.bootOnce boot-cd',
  'bmc.power on',
  'agent.clean clean',
  'bmc.power end-off',
  'bmc.ejectMedia end-eject',
];
/** What is done to write an image. */
export const DEPLOY = [
  'bmc.power off',
  'bmc.insertAgent insert-agent',
  'bmc.bootOnce boot-cd',
  'bmc.power on',
  'agent.writeImage write-image',
  'agent.installBootloader install-bootloader',
  'agent.sync sync',
  'bmc.power end-off',
  'bmc.ejectMedia end-eject',
  'bmc.bootOnce boot-disk',
  'bmc.power start',
];

/** A bench with a host that has come to `available`. */
export function free(spec: Parameters<typeof bench>[0] = {}): Bench {
  const made = bench(spec);
  made.settle();
  arrived(made, 'available');
  made.asked = [];
  made.events = [];
  return made;
}

/** A bench with a host that runs an image. */
export function deployed(): Bench {
  const made = free();
  made.spec((spec) => Object.assign(spec, { image: { ...IMAGE }, online: true }));
  made.settle();
  arrived(made, 'provisioned');
  made.asked = [];
  made.events = [];
  return made;
}

function arrived(made: Bench, state: string): void {
  if (made.state() !== state) throw new Error(`the host is ${made.state()}, not ${state}: ${made.plan().because?.sentence}`);
}
