/** KubeadmControlPlane: certificates, then one machine at a time: init, scale, roll, remediate. */
import { kubeconfigInputs } from '../../bootstrap/inputs.ts';
import type { Action, EnsureSecret } from '../../runtime/actions.ts';
import { defineReconciler, type Env, type Plan } from '../../runtime/define-reconciler.ts';
import type { KubeObject } from '../../store/object.ts';
import { Cluster } from '../cluster/kind.ts';
import { clusterSecrets } from '../kubeadm-config/inputs-of.ts';
import { KubeadmConfig } from '../kubeadm-config/kind.ts';
import { siteOfCluster } from '../kubeadm-config/site-of-cluster.ts';
import { Machine } from '../machine/kind.ts';
import { Metal3Machine } from '../metal3-machine/kind.ts';
import { Metal3MachineTemplate } from '../metal3-machine-template/kind.ts';
import { OSImage } from '../os-image/kind.ts';
import { Secret } from '../secret/kind.ts';
import { setCondition } from '../shared/conditions.ts';
import { FINALIZERS, LABELS } from '../shared/labels.ts';
import { isPaused, pausedCondition } from '../shared/paused.ts';
import {
  addFinalizer,
  because,
  begin,
  condition,
  dropFinalizer,
  finish,
  setAnnotation,
  setLabel,
  WAITS_FOR,
  waits,
  wakeAfter,
} from '../shared/planning.ts';
import { act } from './act.ts';
import { cleanUp, dropHooks } from './cleanup.ts';
import { CLEANUP_HOOK } from './clone.ts';
import { healthTypes } from './health.ts';
import { KubeadmControlPlane } from './kind.ts';
import { REMEDIATION_IN_PROGRESS, remediate } from './remediation.ts';
import { type Candidate, nextStep } from './rollout.ts';
import { type MachineObject, observe, type Seen } from './seen.ts';
import { type ControlPlaneWork, counts, initialized, judgeMachines, sumUp } from './status.ts';
import { outdated } from './up-to-date.ts';

/** The reconciler. */
export const kubeadmControlPlaneReconciler = defineReconciler({
  name: KubeadmControlPlane.plural,
  for: KubeadmControlPlane,
  owns: [Machine, KubeadmConfig, Metal3Machine, Secret],
  reads: [
    { kind: Cluster, wakes: wakesOfCluster },
    { kind: Machine, wakes: wakesOfWorker },
    { kind: Metal3MachineTemplate, wakes: (template) => [{ namespace: template.metadata.namespace ?? '' }] },
    { kind: OSImage, wakes: () => [{ labels: { [WAITS_FOR]: 'image' } }] },
  ],
  observe,
  plan,
});

function wakesOfCluster(cluster: KubeObject) {
  const ref = (cluster.spec as { controlPlaneRef?: { kind: string; name: string } }).controlPlaneRef;
  return ref?.kind === KubeadmControlPlane.kind ? [{ namespace: cluster.metadata.namespace ?? '', name: ref.name }] : [];
}

/** A control plane that goes waits for the last worker. */
function wakesOfWorker({ metadata }: KubeObject) {
  const name = metadata.labels?.[LABELS.clusterName];
  const worker = metadata.labels?.[LABELS.controlPlane] === undefined;
  return worker && name && metadata.deletionTimestamp
    ? [{ namespace: metadata.namespace ?? '', labels: { [LABELS.clusterName]: name } }]
    : [];
}

/** Looks again after this at a control plane that goes (Cluster API: 30 s). */
const DELETION_AGAIN = 30;

/** Pure. */
export function plan(seen: Seen, env: Env): Plan {
  const work: ControlPlaneWork = begin(seen.self, env);
  condition(work, pausedCondition(seen.cluster, seen.self));
  if (isPaused(seen.cluster, seen.self)) return finish(work);
  const candidates = seen.members.map((member) => candidateOf(member, seen, env));
  const machines = judgeMachines(work, seen, candidates);
  const lines = seen.self.metadata.deletionTimestamp ? deletion(work, seen) : reconcile(work, seen, candidates, machines);
  counts(work, machines, seen.cluster?.metadata.name);
  sumUp(work, seen, machines, candidates, { lines });
  return finish(work);
}

function candidateOf(member: Seen['members'][number], seen: Seen, env: Env): Candidate {
  const { machine } = member;
  return {
    machine,
    outdated: outdated(member, seen.self, env.now),
    failureDomain: machine.status?.failureDomain ?? machine.spec.failureDomain ?? '',
  };
}

/** The work of a control plane that is to stand. Returns what stands in the way, for the conditions. */
function reconcile(work: ControlPlaneWork, seen: Seen, candidates: readonly Candidate[], machines: MachineObject[]): string[] {
  condition(work, { type: 'Deleting', status: 'False', reason: 'NotDeleting', message: '' });
  const isInitialized = initialized(work, seen);
  const { cluster } = seen;
  if (!cluster) return say(work, 'Waiting for a Cluster that names this control plane');
  addFinalizer(work.self, FINALIZERS.kubeadmControlPlane);
  setLabel(work.self, LABELS.clusterName, cluster.metadata.name);
  certificates(work, seen);
  const endpoint = cluster.spec.controlPlaneEndpoint;
  if (cluster.status?.initialization?.infrastructureProvisioned !== true || !endpoint?.host || !endpoint.port) {
    const message = cluster.status?.conditions?.find(({ type }) => type === 'InfrastructureReady')?.message;
    return say(work, `Waiting for the infrastructure of Cluster ${cluster.metadata.name}${message ? `: ${message}` : ''}`);
  }
  cleanUp(work, seen);
  if (remedied(work, seen, machines)) return [];
  const step = nextStep({
    replicas: seen.self.spec.replicas ?? 1,
    version: seen.self.spec.version,
    maxSurge: Number(seen.self.spec.rollout?.strategy?.rollingUpdate?.maxSurge ?? 1),
    candidates: candidates.map((each, index) => ({ ...each, machine: machines[index]! })),
    healthTypes: healthTypes(seen.self),
    ...(isInitialized && seen.health?.reachable === false ? { lostSince: seen.health.since } : {}),
    replacing: isInitialized && work.self.metadata.annotations?.[REMEDIATION_IN_PROGRESS] !== undefined,
  });
  // Machines are deleted in the version that was read: what is set on them in this plan would be a second write of the same row.
  const original = step.do === 'delete' ? { ...step, machine: withoutEdits(work, seen, step.machine) } : step;
  return act(work, seen, original, candidates);
}

function say(work: ControlPlaneWork, message: string): string[] {
  because(work, message);
  return [message];
}

/** The Machine as it was read; its edits are left to the next plan. */
function withoutEdits(work: ControlPlaneWork, seen: Seen, machine: MachineObject): MachineObject {
  work.others.delete(machine.metadata.uid);
  return seen.members.find((member) => member.machine.metadata.uid === machine.metadata.uid)!.machine;
}

/** Keys and certificates once, the kubeconfig again whenever what it says changes or half its certificate's life is over. */
function certificates(work: ControlPlaneWork, seen: Seen): void {
  const cluster = { namespace: seen.self.metadata.namespace ?? '', name: seen.cluster!.metadata.name };
  const names = clusterSecrets(cluster.name);
  const make = (name: string, recipe: string, inputs: Record<string, unknown>): EnsureSecret => ({
    do: 'ensureSecret',
    secret: { namespace: cluster.namespace, name },
    recipe,
    inputs,
    owner: work.was,
    labels: { [LABELS.clusterName]: cluster.name },
  });
  const wanted: [string, string][] = [
    [names.ca, 'cluster-ca'],
    [names.etcd, 'etcd-ca'],
    [names.proxy, 'proxy-ca'],
    [names.sa, 'service-account'],
  ];
  const missing = wanted.filter(([name]) => seen.missingSecrets.includes(name));
  const actions: Action[] = missing.map(([name, recipe]) => make(name, recipe, { cluster }));
  work.actions.push(...actions);
  const reason = missing.length > 0 ? 'NotAvailable' : 'Available';
  condition(work, { type: 'CertificatesAvailable', status: missing.length > 0 ? 'False' : 'True', reason, message: '' });
  if (missing.length > 0) wakeAfter(work, 1);
  const endpoint = seen.cluster!.spec.controlPlaneEndpoint;
  if (!endpoint?.host || !endpoint.port) return;
  const proxyURL = siteOfCluster(seen.metal3Cluster, seen.sites)?.spec.proxyURL;
  const of = { cluster, endpoint: { host: endpoint.host, port: endpoint.port }, ...(proxyURL ? { proxyURL } : {}) };
  const inputs = kubeconfigInputs(of, seen.self.metadata.creationTimestamp, work.env.now);
  work.checks.push(make(`${cluster.name}-kubeconfig`, 'kubeconfig', { ...inputs }));
}

/** Machines that a health check has given up. Whether one is being replaced now: then nothing else is done in this plan. */
function remedied(work: ControlPlaneWork, seen: Seen, machines: MachineObject[]): boolean {
  const decision = remediate(work.self, machines, seen.health, work.env.now);
  if (decision.do === 'nothing') {
    condition(work, { type: 'Remediating', status: 'False', reason: 'NotRemediating', message: '' });
    return false;
  }
  const { name } = decision.machine.metadata;
  if (decision.do === 'defer') {
    const copy = machines.find((machine) => machine.metadata.name === name)!;
    const { reason, message } = decision;
    copy.status!.conditions = setCondition(
      copy.status!.conditions,
      { type: 'OwnerRemediated', status: 'False', reason, message },
      work.env.now,
    );
    condition(work, { type: 'Remediating', status: 'True', reason: 'Remediating', message: `* Machine ${name}: ${message}` });
    wakeAfter(work, work.env.limits.preflightSeconds);
    because(work, message, { tone: 'caution' });
    return false;
  }
  setAnnotation(work.self, REMEDIATION_IN_PROGRESS, JSON.stringify(decision.data));
  work.self.status!.lastRemediation = {
    machine: name,
    time: `${decision.data.timestamp.slice(0, 19)}Z`,
    retryCount: decision.data.retryCount,
  };
  work.actions.push({ do: 'delete', was: withoutEdits(work, seen, decision.machine) });
  waits(work, { type: 'Remediating', status: 'True', reason: 'Remediating', message: `* Machine ${name} is being replaced` });
  return true;
}

/** Workers first; then all machines at once, without caring for etcd. */
function deletion(work: ControlPlaneWork, seen: Seen): string[] {
  const wait = (reason: string, message: string): string[] => {
    wakeAfter(work, DELETION_AGAIN);
    waits(work, { type: 'Deleting', status: 'True', reason, message });
    return [];
  };
  const first = (names: string[]) => `${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}`;
  if (seen.workers.length > 0)
    return wait('WaitingForWorkersDeletion', `Waiting for worker Machines to be deleted: ${first(seen.workers.sort())}`);
  if (seen.members.length === 0) {
    condition(work, { type: 'Deleting', status: 'True', reason: 'DeletionCompleted', message: '' });
    dropFinalizer(work.self, FINALIZERS.kubeadmControlPlane);
    return [];
  }
  dropHooks(work, seen);
  for (const { machine } of seen.members) {
    // A hook is dropped in one plan and the machine deleted in the next: one write of a row in a plan.
    if (machine.metadata.deletionTimestamp || CLEANUP_HOOK in (machine.metadata.annotations ?? {})) continue;
    work.others.delete(machine.metadata.uid);
    work.actions.push({ do: 'delete', was: machine });
  }
  return wait(
    'WaitingForMachineDeletion',
    `Waiting for Machines to be deleted: ${first(seen.members.map(({ machine }) => machine.metadata.name).sort())}`,
  );
}
