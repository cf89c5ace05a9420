/** Counts and conditions of a Cluster. */
import {
  aggregate,
  conditionIs,
  conditionOf,
  firstCause,
  type NewCondition,
  summarize,
  type WithConditions,
} from '../shared/conditions.ts';
import { because, condition, statusOf, type Work, waits, wakeAfter } from '../shared/planning.ts';
import { compareVersions } from '../shared/versions.ts';
import { type ClusterObject, type Seen, standalone, workersOf } from './seen.ts';

/** The plan of a Cluster. */
export type ClusterWork = Work<ClusterObject['spec'], NonNullable<ClusterObject['status']>>;

/** How long a cluster may be out of reach before that shows (Cluster API: remote-connection-grace-period 50 s). Seconds. */
const PROBE_GRACE = 50;

/** InfrastructureReady, the endpoint and failure domains. */
export function infrastructure(work: ClusterWork, seen: Seen): void {
  const type = 'InfrastructureReady';
  const ref = work.self.spec.infrastructureRef;
  if (!ref) {
    waits(work, { type, status: 'False', reason: 'NotReady', message: 'spec.infrastructureRef is not set' }, { tone: 'caution' });
    return;
  }
  const name = `${ref.kind} ${ref.name}`;
  const object = seen.infrastructure;
  if (!object) {
    const lost = work.self.status?.initialization?.infrastructureProvisioned === true;
    const message = lost ? `${name} has been deleted while the cluster still exists` : `${name} does not exist`;
    waits(work, { type, status: 'False', reason: lost ? 'Deleted' : 'DoesNotExist', message }, { tone: 'caution' });
    return;
  }
  const status = statusOf(work);
  const ready = conditionOf(object, 'Ready');
  if (object.status?.initialization?.provisioned !== true) {
    const message = ready?.message ? `${name}: ${ready.message}` : `Waiting for ${name} to be provisioned`;
    waits(work, { type, status: 'False', reason: 'NotReady', message });
    return;
  }
  status.initialization = { ...status.initialization, infrastructureProvisioned: true };
  const endpoint = object.spec.controlPlaneEndpoint;
  if (endpoint?.host && endpoint.port) work.self.spec.controlPlaneEndpoint = { host: endpoint.host, port: endpoint.port };
  if (object.status.failureDomains) status.failureDomains = object.status.failureDomains;
  if (ready?.status === 'False') {
    waits(work, { type, status: 'False', reason: 'NotReady', message: `${name}: ${ready.message ?? ready.reason}` });
    return;
  }
  condition(work, { type, status: 'True', reason: 'Ready', message: '' });
}

/** ControlPlaneInitialized, ControlPlaneAvailable and the control plane's counts. */
export function controlPlane(work: ClusterWork, seen: Seen): void {
  const ref = work.self.spec.controlPlaneRef;
  const status = statusOf(work);
  const object = seen.controlPlane;
  if (!ref || !object) {
    const message = ref ? `${ref.kind} ${ref.name} does not exist` : 'spec.controlPlaneRef is not set';
    const reason = ref ? 'DoesNotExist' : 'NotSet';
    waits(work, { type: 'ControlPlaneAvailable', status: 'False', reason, message }, { tone: 'caution' });
    condition(work, { type: 'ControlPlaneInitialized', status: 'False', reason, message });
    return;
  }
  const is = object.status ?? {};
  if (is.initialization?.controlPlaneInitialized)
    status.initialization = { ...status.initialization, controlPlaneInitialized: true };
  const initialized = status.initialization?.controlPlaneInitialized === true;
  condition(work, {
    type: 'ControlPlaneInitialized',
    status: initialized ? 'True' : 'False',
    reason: initialized ? 'Initialized' : 'NotInitialized',
    message: initialized ? '' : 'Control plane not yet initialized',
  });
  for (const [source, type] of MIRRORED) condition(work, mirror(object, source, type));
  status.controlPlane = {
    desiredReplicas: object.spec.replicas ?? 1,
    replicas: is.replicas ?? 0,
    readyReplicas: is.readyReplicas ?? 0,
    availableReplicas: is.availableReplicas ?? 0,
    upToDateReplicas: is.upToDateReplicas ?? 0,
    ...(is.versions ? { versions: is.versions } : {}),
  };
  const why = conditionOf(object, 'ScalingUp') ?? conditionOf(object, 'RollingOut');
  const available = conditionOf(work.self, 'ControlPlaneAvailable');
  if (available?.status !== 'True')
    because(work, `${ref.kind} ${ref.name}: ${detail(why?.message) || detail(available?.message)}`, {
      since: available?.lastTransitionTime ?? '',
    });
}

const MIRRORED = [
  ['Available', 'ControlPlaneAvailable'],
  ['MachinesReady', 'ControlPlaneMachinesReady'],
  ['MachinesUpToDate', 'ControlPlaneMachinesUpToDate'],
] as const;

function mirror(object: WithConditions, source: string, type: string): NewCondition {
  const found = conditionOf(object, source);
  if (!found) return { type, status: 'Unknown', reason: `${type}Unknown`, message: `Condition ${source} not yet reported` };
  return { type, status: found.status, reason: found.reason, message: found.message ?? '' };
}

/** The last line of a message says what stands in the way. */
function detail(message: string | undefined): string {
  return (message ?? '').split('\n').at(-1)!.replace(/^\* /, '');
}

/** WorkersAvailable, the worker Machines' conditions and counts. */
export function workers(work: ClusterWork, seen: Seen): void {
  const machines = workersOf(seen);
  const have = (type: string) => machines.filter((machine) => conditionIs(machine, type)).length;
  const alone = standalone(seen.sets);
  const versions = new Map<string, number>();
  for (const { spec } of machines) if (spec.version) versions.set(spec.version, (versions.get(spec.version) ?? 0) + 1);
  const desired = [...seen.deployments, ...alone].reduce((sum, each) => sum + (each.spec.replicas ?? 1), 0);
  statusOf(work).workers = {
    desiredReplicas: desired + standalone(machines).length,
    replicas: machines.length,
    readyReplicas: have('Ready'),
    availableReplicas: have('Available'),
    upToDateReplicas: have('UpToDate'),
    versions: [...versions].sort(([a], [b]) => compareVersions(a, b)).map(([version, replicas]) => ({ version, replicas })),
  };
  const reasons = (yes: string, no: string, unknown: string, empty: string) => ({
    True: yes,
    False: no,
    Unknown: unknown,
    empty,
  });
  const available = reasons('Available', 'NotAvailable', 'AvailableUnknown', 'NoWorkers');
  condition(work, aggregate(seen.deployments, 'Available', 'WorkersAvailable', available, 'MachineDeployments'));
  condition(
    work,
    aggregate(machines, 'Ready', 'WorkerMachinesReady', reasons('Ready', 'NotReady', 'ReadyUnknown', 'NoReplicas')),
  );
  condition(
    work,
    aggregate(
      machines,
      'UpToDate',
      'WorkerMachinesUpToDate',
      reasons('UpToDate', 'NotUpToDate', 'UpToDateUnknown', 'NoReplicas'),
    ),
  );
}

/** RollingOut, ScalingUp, ScalingDown, Remediating: True while any part does it. */
export function activity(work: ClusterWork, seen: Seen): void {
  const parts: (WithConditions & { kind: string })[] = [
    ...(seen.controlPlane ? [seen.controlPlane] : []),
    ...seen.deployments,
    ...standalone(seen.sets),
  ];
  for (const type of ['RollingOut', 'ScalingUp', 'ScalingDown', 'Remediating']) {
    const doing = parts.filter((part) => conditionIs(part, type));
    const message = doing
      .map((part) => `* ${part.kind} ${part.metadata.name}: ${conditionOf(part, type)?.message ?? ''}`)
      .join('\n');
    condition(work, {
      type,
      status: doing.length > 0 ? 'True' : 'False',
      reason: doing.length > 0 ? type : `Not${type}`,
      message,
    });
  }
}

/** RemoteConnectionProbe, from what the collector last saw. */
export function probe(work: ClusterWork, seen: Seen): void {
  const type = 'RemoteConnectionProbe';
  if (!seen.nodes) {
    condition(work, { type, status: 'False', reason: 'ProbeFailed', message: 'Remote connection not established yet' });
    return;
  }
  if (seen.nodes.reachable) {
    condition(work, { type, status: 'True', reason: 'ProbeSucceeded', message: '' });
    return;
  }
  const left = Date.parse(seen.nodes.since) / 1000 + PROBE_GRACE - work.env.now.getTime() / 1000;
  if (left > 0 && conditionOf(work.self, type)?.status === 'True') {
    wakeAfter(work, left);
    return;
  }
  const message = `Remote connection probe failed, the cluster cannot be reached since ${seen.nodes.since}`;
  condition(work, { type, status: 'False', reason: 'ProbeFailed', message });
  if (work.self.status?.initialization?.controlPlaneInitialized)
    because(work, message, { tone: 'caution', since: seen.nodes.since });
}

/** Available, and Ready of the same value: the seed waits for Ready. */
export function available(work: ClusterWork): void {
  const gates = (work.self.spec.availabilityGates ?? []).map((gate) => ({
    type: gate.conditionType,
    negative: gate.polarity === 'Negative',
  }));
  const sources = [
    { type: 'Deleting', negative: true, optional: true },
    { type: 'RemoteConnectionProbe' },
    { type: 'InfrastructureReady' },
    { type: 'ControlPlaneAvailable' },
    { type: 'WorkersAvailable' },
    ...gates,
  ];
  const summary = summarize(statusOf(work).conditions, 'Available', sources, {
    True: 'Available',
    False: 'NotAvailable',
    Unknown: 'AvailableUnknown',
  });
  const set = condition(work, summary);
  const reason = { True: 'Ready', False: 'NotReady', Unknown: 'ReadyUnknown' }[summary.status];
  condition(work, { ...summary, type: 'Ready', reason });
  if (summary.status !== 'True') because(work, firstCause(summary.message ?? ''), { since: set.lastTransitionTime });
}
