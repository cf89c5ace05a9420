/** Clusters for tests of the console: `production`, coming up with one slow machine and one that finds no host; `staging`, at rest. */
import { Cluster } from '@slipway/core/kinds/cluster/kind.ts';
import { Event } from '@slipway/core/kinds/event/kind.ts';
import { KubeadmControlPlane } from '@slipway/core/kinds/kubeadm-control-plane/kind.ts';
import { Machine } from '@slipway/core/kinds/machine/kind.ts';
import { MachineDeployment } from '@slipway/core/kinds/machine-deployment/kind.ts';
import { Metal3Machine } from '@slipway/core/kinds/metal3-machine/kind.ts';
import { kubeTime } from '@slipway/core/store/object.ts';
import type { Draft, Observation } from '@slipway/core/store/store.ts';
import type { TestFleet } from './test-fleet.ts';

const NAMESPACE = 'clusters';

interface MachinePlan {
  name: string;
  host: string | null;
  phase: 'Pending' | 'Provisioning' | 'Running';
  /** Seconds from creation to Running. */
  took?: number;
}

/** The clusters at `now`. */
export function testClusters(now: Date): TestFleet {
  const ago = (seconds: number) => kubeTime(new Date(now.getTime() - seconds * 1000));
  const plane = ['2m4vd', '7kxq9', 'tz8hw'].map((suffix, index) =>
    running(`production-cp-${suffix}`, `server-rack${index + 1}-u10`, 1270 - 620 - index * 60),
  );
  const workers = ['4gr6p', 'b5nzc', 'xq2lm'].map((suffix, index) =>
    running(`production-workers-7d9fk-${suffix}`, `server-rack${index + 1}-u14`, 700 + index * 12),
  );
  const slow: MachinePlan = { name: 'production-workers-7d9fk-jw8ht', host: 'server-rack2-u18', phase: 'Provisioning' };
  const waiting: MachinePlan = { name: 'production-workers-7d9fk-p6d2s', host: null, phase: 'Pending' };
  const staging = ['c1', 'c2', 'c3'].map((suffix, index) => running(`staging-cp-${suffix}`, `server-rack${index + 1}-u11`, 600));
  return {
    objects: [
      cluster('production', ago, { desired: 3, ready: 3 }, { desired: 5, ready: 3 }, false),
      ...controlPlane('production-cp', 'production', 3, ago),
      deployment('production-workers', 'production', 5, ago),
      ...plane.flatMap((plan) => machine(plan, 'production', null, ago)),
      ...[...workers, slow, waiting].flatMap((plan) => machine(plan, 'production', 'production-workers', ago)),
      cluster('staging', ago, { desired: 3, ready: 3 }, { desired: 0, ready: 0 }, true),
      ...controlPlane('staging-cp', 'staging', 3, ago),
      ...staging.flatMap((plan) => machine(plan, 'staging', null, ago)),
      event('production-workers-7d9fk-jw8ht', 'Machine', 'Normal', 'ImageWriting', 'Image written to 62 %', ago(10)),
      event(
        'production-workers-7d9fk-p6d2s',
        'Machine',
        'Warning',
        'NoHostAvailable',
        'No host matches hostSelector role=worker',
        ago(1260),
      ),
      event('production-cp', 'KubeadmControlPlane', 'Normal', 'ControlPlaneReady', 'All 3 replicas ready', ago(560)),
    ],
    observations: [
      because(`cluster.x-k8s.io/Machine/${NAMESPACE}/${waiting.name}`, now, {
        sentence: 'No host to claim: 9 are available, none has role=worker. Two spares would fit with that label.',
        since: ago(1260),
        wayOut: 'label server-rack4-u13 role=worker, or scale production-workers to 4',
        tone: 'caution',
      }),
      because(`cluster.x-k8s.io/Cluster/${NAMESPACE}/production`, now, {
        sentence: 'Waiting for 2 of 5 workers: 1 is being imaged, 1 finds no host.',
        since: ago(1260),
        tone: 'waits',
      }),
      nodes('production', now),
      nodes('staging', now),
    ],
  };
}

function running(name: string, host: string, took: number): MachinePlan {
  return { name, host, phase: 'Running', took };
}

type Ago = (seconds: number) => string;

function cluster(
  name: string,
  ago: Ago,
  cp: { desired: number; ready: number },
  workers: { desired: number; ready: number },
  well: boolean,
): Draft {
  const counts = ({ desired, ready }: typeof cp) => ({
    desiredReplicas: desired,
    replicas: desired,
    readyReplicas: ready,
    availableReplicas: ready,
    upToDateReplicas: desired,
  });
  const condition = (type: string, status: string, reason: string, message = '') => ({
    type,
    status,
    reason,
    message,
    lastTransitionTime: ago(well ? 90_000 : 1260),
  });
  const ref = (apiGroup: string, kind: string, refName: string) => ({ apiGroup, kind, name: refName });
  return {
    apiVersion: Cluster.apiVersion,
    kind: 'Cluster',
    metadata: { name, namespace: NAMESPACE, creationTimestamp: ago(well ? 700_000 : 1320) },
    spec: {
      clusterNetwork: { pods: { cidrBlocks: ['10.244.0.0/16'] } },
      controlPlaneEndpoint: { host: well ? '10.0.0.101' : '10.0.0.100', port: 6443 },
      controlPlaneRef: ref('controlplane.cluster.x-k8s.io', 'KubeadmControlPlane', `${name}-cp`),
      infrastructureRef: ref('infrastructure.cluster.x-k8s.io', 'Metal3Cluster', name),
    },
    status: {
      phase: 'Provisioned',
      controlPlane: counts(cp),
      workers: counts(workers),
      conditions: [
        condition(
          'Available',
          well ? 'True' : 'False',
          well ? 'Available' : 'NotAvailable',
          well ? '' : 'WorkersAvailable: 3 available of 5',
        ),
        condition('ControlPlaneAvailable', 'True', 'Available'),
        condition(
          'WorkersAvailable',
          well ? 'True' : 'False',
          well ? 'Available' : 'NotAvailable',
          well ? '' : '3 available of 5; at least 4 wanted',
        ),
        condition('RollingOut', 'False', 'NotRollingOut'),
        condition(
          'ScalingUp',
          well ? 'False' : 'True',
          well ? 'NotScalingUp' : 'ScalingUp',
          well ? '' : 'production-workers from 3 to 5',
        ),
      ],
    },
  };
}

function controlPlane(name: string, of: string, replicas: number, ago: Ago): Draft[] {
  const meta = { name, namespace: NAMESPACE, creationTimestamp: ago(1320), labels: { 'cluster.x-k8s.io/cluster-name': of } };
  const infrastructureRef = { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'Metal3MachineTemplate', name };
  return [
    {
      apiVersion: KubeadmControlPlane.apiVersion,
      kind: 'KubeadmControlPlane',
      metadata: meta,
      spec: { replicas, version: 'v1.32.0', kubeadmConfigSpec: {}, machineTemplate: { spec: { infrastructureRef } } },
    },
  ];
}

function deployment(name: string, of: string, replicas: number, ago: Ago): Draft {
  const metadata = { name, namespace: NAMESPACE, creationTimestamp: ago(1320), labels: { 'cluster.x-k8s.io/cluster-name': of } };
  const infrastructureRef = { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'Metal3MachineTemplate', name };
  const template = { spec: { clusterName: of, version: 'v1.32.0', bootstrap: { dataSecretName: name }, infrastructureRef } };
  return {
    apiVersion: MachineDeployment.apiVersion,
    kind: 'MachineDeployment',
    metadata,
    spec: { clusterName: of, replicas, selector: {}, template },
  };
}

function machine({ name, host, phase, took }: MachinePlan, of: string, owner: string | null, ago: Ago): Draft[] {
  const labels: Record<string, string> = { 'cluster.x-k8s.io/cluster-name': of };
  if (owner) labels['cluster.x-k8s.io/deployment-name'] = owner;
  else labels['cluster.x-k8s.io/control-plane'] = '';
  const metadata = { name, namespace: NAMESPACE, creationTimestamp: ago(1270), labels };
  const infrastructureRef = { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'Metal3Machine', name };
  const spec = { clusterName: of, version: 'v1.32.0', bootstrap: { dataSecretName: name }, infrastructureRef };
  const ready = {
    type: 'Ready',
    status: phase === 'Running' ? 'True' : 'False',
    reason: phase === 'Running' ? 'Ready' : 'NotReady',
    lastTransitionTime: ago(600),
  };
  const lastUpdated = took === undefined ? {} : { lastUpdated: ago(1270 - took) };
  const bound = host ? { annotations: { 'metal3.io/BareMetalHost': `metal3/${host}` } } : {};
  return [
    { apiVersion: Machine.apiVersion, kind: 'Machine', metadata, spec, status: { phase, conditions: [ready], ...lastUpdated } },
    { apiVersion: Metal3Machine.apiVersion, kind: 'Metal3Machine', metadata: { ...metadata, ...bound }, spec: {} },
  ] as Draft[];
}

function event(name: string, kind: string, type: string, reason: string, message: string, at: string): Draft {
  return {
    apiVersion: Event.apiVersion,
    kind: 'Event',
    metadata: { name: `${name}.${reason.toLowerCase()}`, namespace: NAMESPACE },
    involvedObject: { kind, name, namespace: NAMESPACE },
    type,
    reason,
    message,
    count: 1,
    firstTimestamp: at,
    lastTimestamp: at,
  } as Draft;
}

function because(subject: string, now: Date, data: object): Observation {
  return { subject, source: 'because', data: data as Observation['data'], seenAt: now.toISOString() };
}

function nodes(name: string, now: Date): Observation {
  const data = { reachable: true, since: now.toISOString(), nodes: [] };
  return { subject: `cluster.x-k8s.io/Cluster/${NAMESPACE}/${name}`, source: 'nodes', data, seenAt: now.toISOString() };
}
