/** Metal3Machine: bind a host, follow it until it is provisioned, give it back clean. */
import { defineReconciler, type Env, type Plan } from '../../runtime/define-reconciler.ts';
import { BareMetalHost, type BareMetalHostObject } from '../bare-metal-host/kind.ts';
import { Cluster } from '../cluster/kind.ts';
import type { HardwareDataObject } from '../hardware-data/kind.ts';
import { Machine } from '../machine/kind.ts';
import { Metal3Cluster } from '../metal3-cluster/kind.ts';
import { Metal3MachineTemplate } from '../metal3-machine-template/kind.ts';
import { OSImage } from '../os-image/kind.ts';
import { Secret } from '../secret/kind.ts';
import { conditionOf } from '../shared/conditions.ts';
import { LABELS } from '../shared/labels.ts';
import { isPaused, pausedCondition } from '../shared/paused.ts';
import { addFinalizer, because, begin, condition, finish, statusOf, WAITS_FOR, waits } from '../shared/planning.ts';
import { failureDomainOf } from '../site/site-of.ts';
import { bind, ensureMetadata, keyOf, type MachineWork } from './bind.ts';
import { consumerOf } from './host-facts.ts';
import { METAL3_MACHINE_FINALIZER, Metal3Machine } from './kind.ts';
import { release } from './release.ts';
import { observe, type Seen } from './seen.ts';

/** The reconciler. */
export const metal3MachineReconciler = defineReconciler({
  name: Metal3Machine.plural,
  for: Metal3Machine,
  owns: [Secret],
  reads: [
    { kind: Machine, wakes: (machine) => [{ namespace: namespaceOf(machine), name: infraName(machine) }] },
    { kind: Cluster, wakes: (cluster) => [ofCluster(cluster)] },
    { kind: Metal3Cluster, wakes: (cluster) => [ofCluster(cluster)] },
    { kind: BareMetalHost, wakes: wakesOfHost },
    { kind: Metal3MachineTemplate, wakes: () => [{ labels: { [WAITS_FOR]: 'image' } }] },
    { kind: OSImage, wakes: () => [{ labels: { [WAITS_FOR]: 'image' } }] },
  ],
  writes: {
    'metal3.io/BareMetalHost': [
      'spec.consumerRef',
      'spec.image',
      'spec.customDeploy',
      'spec.userData',
      'spec.metaData',
      'spec.networkData',
      'spec.automatedCleaningMode',
      'spec.online',
      'metadata.labels',
    ],
  },
  observe,
  plan,
});

function namespaceOf(object: { metadata: { namespace?: string } }): string {
  return object.metadata.namespace ?? '';
}

function infraName(machine: { metadata: { name: string }; spec: unknown }): string {
  return (machine.spec as { infrastructureRef?: { name: string } }).infrastructureRef?.name ?? machine.metadata.name;
}

function ofCluster(cluster: { metadata: { namespace?: string; name: string; labels?: Record<string, string> } }) {
  const name = cluster.metadata.labels?.[LABELS.clusterName] ?? cluster.metadata.name;
  return { namespace: namespaceOf(cluster), labels: { [LABELS.clusterName]: name } };
}

/** A held host wakes its machine; a free one wakes those that wait for a host. */
function wakesOfHost(object: { spec: unknown }) {
  const consumer = (object as BareMetalHostObject).spec.consumerRef;
  if (consumer?.name && consumer.namespace) return [{ namespace: consumer.namespace, name: consumer.name }];
  return [{ labels: { [WAITS_FOR]: 'host' } }];
}

/** Pure. */
export function plan(seen: Seen, env: Env): Plan {
  const work: MachineWork = begin(seen.self, env);
  if (work.self.metadata.deletionTimestamp) {
    if (!isPaused(seen.cluster, seen.self)) release(work, seen);
    return finish(work);
  }
  condition(work, pausedCondition(seen.cluster, seen.self));
  if (isPaused(seen.cluster, seen.self)) return finish(work);
  if (ready(work, seen)) phases(work, seen);
  summary(work);
  return finish(work);
}

/** What must be there before anything is done; says what is not. */
function ready(work: MachineWork, seen: Seen): boolean {
  const wait = (reason: string, message: string): false => {
    waits(work, { type: 'AssociateBareMetalHost', status: 'False', reason, message });
    return false;
  };
  if (!seen.machine) return wait('WaitingForMetal3MachineOwnerRef', 'Waiting for a Machine to take this Metal3Machine');
  if (!seen.cluster) return wait('WaitingForClusterInfrastructureReady', `Waiting for Cluster ${seen.machine.spec.clusterName}`);
  addFinalizer(work.self, METAL3_MACHINE_FINALIZER);
  if (seen.host) return true;
  const name = seen.cluster.spec.infrastructureRef?.name ?? '(none)';
  if (!seen.metal3Cluster) return wait('WaitingforMetal3Cluster', `Waiting for Metal3Cluster ${name}`);
  if (seen.metal3Cluster.status?.initialization?.provisioned !== true) {
    const why = conditionOf(seen.metal3Cluster, 'Ready')?.message;
    return wait('WaitingForClusterInfrastructureReady', `Waiting for Metal3Cluster ${name}${why ? `: ${why}` : ''}`);
  }
  return true;
}

function phases(work: MachineWork, seen: Seen): void {
  if (!seen.host) {
    const lost = work.self.spec.providerID;
    if (!lost) {
      bind(work, seen);
      return;
    }
    const message = `The host of ${lost} is gone; delete this Machine to get another`;
    waits(
      work,
      { type: 'AssociateBareMetalHost', status: 'False', reason: 'AssociateBareMetalHostFailed', message },
      { tone: 'fault' },
    );
    return;
  }
  const holder = consumerOf(seen.host);
  if (holder !== keyOf(work.self)) {
    const message = `Host ${keyOf(seen.host)} is held by ${holder ?? 'nobody'}, not by this machine`;
    waits(
      work,
      { type: 'AssociateBareMetalHost', status: 'False', reason: 'AssociateBareMetalHostFailed', message },
      { tone: 'fault' },
    );
    return;
  }
  condition(work, { type: 'AssociateBareMetalHost', status: 'True', reason: 'AssociateBareMetalHostSuccess', message: '' });
  if (seen.metadataSecret === null) ensureMetadata(work, seen.host);
  const reason = work.self.spec.metaData ? 'SecretsSetExternally' : 'Metal3DataSecretsReady';
  condition(work, { type: 'Metal3DataReady', status: 'True', reason, message: '' });
  follow(work, seen.host, seen.hardware);
}

/** Shows how far the host is. */
function follow(work: MachineWork, host: BareMetalHostObject, hardware: HardwareDataObject | null): void {
  const status = statusOf(work);
  const addresses = addressesOf(work.self.metadata.name, hardware);
  if (addresses.length > 0) status.addresses = addresses;
  const failureDomain = failureDomainOf(host);
  if (failureDomain) status.failureDomain = failureDomain;
  const state = host.status?.provisioning?.state ?? '';
  if (state === 'provisioned' || state === 'externally provisioned') {
    status.initialization = { provisioned: true };
    return;
  }
  const error = host.status?.errorMessage;
  const message = error
    ? `Host ${keyOf(host)} (${state}) is in error: ${error}`
    : `Host ${keyOf(host)} is ${state || 'not registered yet'}`;
  const since = host.status?.provisioning?.since;
  because(work, message, { tone: error ? 'fault' : 'waits', ...(since ? { since } : {}) });
}

/** Addresses that inspection found, the interface that booted first, then the host name. Link-local ones are of no use to anybody. */
function addressesOf(hostname: string, hardware: HardwareDataObject | null) {
  const nics = hardware?.spec.hardware?.nics ?? [];
  const sorted = [...nics].sort((a, b) => Number(b.pxe ?? false) - Number(a.pxe ?? false));
  const found = sorted.map((nic) => nic.ip ?? '').filter((ip) => ip !== '' && !/^fe80:/i.test(ip) && !ip.startsWith('169.254.'));
  if (found.length === 0) return [];
  return [
    ...[...new Set(found)].slice(0, 16).map((address) => ({ type: 'InternalIP', address })),
    { type: 'Hostname', address: hostname },
    { type: 'InternalDNS', address: hostname },
  ];
}

function summary(work: MachineWork): void {
  const done = work.self.status?.initialization?.provisioned === true && !work.because;
  const message = work.cause;
  condition(
    work,
    done
      ? { type: 'Ready', status: 'True', reason: 'Ready', message: '' }
      : { type: 'Ready', status: 'False', reason: 'NotReady', message },
  );
}
