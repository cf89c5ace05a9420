/**
 * KubeadmConfig: makes the bootstrap data of one machine (reference cluster-api 2.7). The first control-plane machine inits, all
 * others wait for that and join, each with a token of its own.
 */

import { type BootstrapInputs, type KubeadmConfigSpec, TOKEN_SECONDS } from '../../bootstrap/inputs.ts';
import { refusedLabels } from '../../bootstrap/labels.ts';
import { type Action, event, operation, update } from '../../runtime/actions.ts';
import { type Because, defineReconciler, type Env, type Plan } from '../../runtime/define-reconciler.ts';
import { Cluster } from '../cluster/kind.ts';
import { Machine } from '../machine/kind.ts';
import { Metal3Cluster } from '../metal3-cluster/kind.ts';
import { Secret } from '../secret/kind.ts';
import { conditionIs, conditionOf, type NewCondition, setConditions, summarize } from '../shared/conditions.ts';
import { LABELS } from '../shared/labels.ts';
import { isPaused, pausedCondition } from '../shared/paused.ts';
import { Site } from '../site/kind.ts';
import { inputsOf, roleOf, tokenSecretName } from './inputs-of.ts';
import { KubeadmConfig } from './kind.ts';
import { type KubeadmConfigSeen, observe } from './observe.ts';

/** The reconciler. */
export const kubeadmConfigReconciler = defineReconciler({
  name: KubeadmConfig.plural,
  for: KubeadmConfig,
  owns: [Secret],
  reads: [
    {
      kind: Machine,
      wakes: (machine) => {
        const name = (machine.spec as { bootstrap?: { configRef?: { name?: string } } }).bootstrap?.configRef?.name;
        return name ? [{ namespace: machine.metadata.namespace ?? '', name }] : [];
      },
    },
    { kind: Cluster, wakes: (cluster) => ofCluster(cluster.metadata.namespace, cluster.metadata.name) },
    { kind: Metal3Cluster, wakes: (infra) => ofCluster(infra.metadata.namespace, infra.metadata.labels?.[LABELS.clusterName]) },
    // The cluster's certificates: whoever waits for them goes on.
    { kind: Secret, wakes: (secret) => ofCluster(secret.metadata.namespace, secret.metadata.labels?.[LABELS.clusterName]) },
    { kind: Site, wakes: () => [{}] },
  ],
  observe,
  plan,
});

function ofCluster(namespace: string | undefined, cluster: string | undefined) {
  return cluster ? [{ namespace: namespace ?? '', labels: { [LABELS.clusterName]: cluster } }] : [];
}

/** Where the config stands. */
type Standing =
  | { is: 'ready' }
  | { is: 'waiting'; reason: string; because: Because; certificates: boolean }
  | { is: 'making'; inputs: BootstrapInputs };

/** Decides. Pure. */
export function plan(seen: KubeadmConfigSeen, env: Env): Plan {
  const { config, cluster, machine } = seen;
  if (config.metadata.deletionTimestamp) return { actions: [], because: null };
  if (isPaused(cluster, config)) return { actions: statusActions(seen, [pausedCondition(cluster, config)], env), because: null };
  if (!machine || !cluster) return { actions: [], because: waits('Waits for its Machine and Cluster to be linked') };
  const standing = standingOf(seen);
  switch (standing.is) {
    case 'ready':
      return keepToken(seen, env);
    case 'waiting': {
      const conditions = waitingConditions(standing.reason, standing.because.sentence, standing.certificates);
      return { actions: statusActions(seen, conditions, env), because: standing.because };
    }
    case 'making':
      return make(seen, standing.inputs, env);
    default:
      return standing satisfies never;
  }
}

function standingOf(seen: KubeadmConfigSeen): Standing {
  const { config, cluster, machine, controlPlane } = seen;
  if (seen.data) return { is: 'ready' };
  const wait = (reason: string, because: Because, certificates = seen.missingSecrets.length === 0): Standing => ({
    is: 'waiting',
    reason,
    because,
    certificates,
  });
  if (config.spec.format === 'ignition') {
    const sentence = 'Format ignition is not made here';
    return wait('NotAvailable', { sentence, tone: 'caution', wayOut: 'Set spec.format to cloud-config.' });
  }
  if (!cluster?.status?.initialization?.infrastructureProvisioned) {
    return wait('WaitingForClusterInfrastructureReady', waits('Waits for the infrastructure of the cluster'));
  }
  const initialized = cluster.status.initialization.controlPlaneInitialized === true;
  const isControlPlane = machine?.metadata.labels?.[LABELS.controlPlane] !== undefined;
  if (!initialized && !(isControlPlane && isFirst(seen))) {
    const first = firstOf(controlPlane)?.metadata.name;
    const sentence = `Waits for ${first ? `Machine ${first}` : 'the first control-plane machine'} to initialize the control plane`;
    return wait('WaitingForControlPlaneInitialized', waits(sentence));
  }
  if (seen.missingSecrets.length > 0) {
    return wait('NotAvailable', waits(`Waits for the certificates in Secret ${seen.missingSecrets.join(', ')}`), false);
  }
  const inputs = inputsOf(seen, roleOf(machine?.metadata.labels, initialized));
  if (!('lacks' in inputs)) return { is: 'making', inputs };
  return wait('NotAvailable', { ...waits(`Waits for ${inputs.lacks}`), ...(inputs.wayOut ? { wayOut: inputs.wayOut } : {}) });
}

/** Only one machine may init: the oldest that is not going; upstream takes a lock for it. */
function isFirst(seen: KubeadmConfigSeen): boolean {
  return firstOf(seen.controlPlane)?.metadata.uid === seen.machine?.metadata.uid;
}

function firstOf(machines: KubeadmConfigSeen['controlPlane']) {
  const age = (machine: (typeof machines)[number]) => `${machine.metadata.creationTimestamp} ${machine.metadata.name}`;
  return machines.filter((machine) => !machine.metadata.deletionTimestamp).sort((a, b) => (age(a) < age(b) ? -1 : 1))[0];
}

/** Token, then telling it to the cluster, then the data. */
function make(seen: KubeadmConfigSeen, inputs: BootstrapInputs, env: Env): Plan {
  const { config } = seen;
  const secret = (name: string) => ({ namespace: config.metadata.namespace ?? '', name });
  const labels = { [LABELS.clusterName]: inputs.cluster.name };
  const because = waits('Makes the bootstrap data');
  if (inputs.role !== 'init') {
    const name = tokenSecretName(config.metadata.name);
    if (!seen.token) {
      const action: Action = {
        do: 'ensureSecret',
        secret: secret(name),
        recipe: 'bootstrap-token',
        inputs: { config: config.metadata.name },
        owner: config,
        labels,
      };
      return { actions: [action], because, wakeAfterSeconds: 1 };
    }
    const told = tokenOperation(seen, 0);
    if (told?.state !== 'succeeded') {
      const why = told?.error ? `The cluster could not be told the token: ${told.error.message}` : because.sentence;
      const waiting = statusActions(seen, waitingConditions('NotAvailable', 'Tells the cluster the bootstrap token', true), env);
      if (waiting.length > 0) return { actions: waiting, because, wakeAfterSeconds: 1 };
      return { actions: [tellToken(seen, inputs.cluster, 0, inputs)], because: { ...because, sentence: why.slice(0, 160) } };
    }
  }
  const data: Action = {
    do: 'ensureSecret',
    secret: secret(config.metadata.name),
    recipe: 'bootstrap-data',
    inputs: { ...inputs },
    owner: config,
    labels,
  };
  return { actions: [data, ...readyActions(seen, env), ...labelEvents(seen, inputs)], because: null };
}

/** The token is renewed at half its life until the machine has a node: a server may take long to install. */
function keepToken(seen: KubeadmConfigSeen, env: Env): Plan {
  const { config, machine, cluster } = seen;
  const status = readyActions(seen, env);
  const made = conditionOf(config, 'DataSecretAvailable')?.lastTransitionTime;
  if (status.length > 0 || !seen.token || !made || !cluster || machine?.status?.nodeRef)
    return { actions: status, because: null };
  const half = TOKEN_SECONDS / 2;
  const age = (env.now.getTime() - Date.parse(made)) / 1000;
  const turn = Math.max(0, Math.floor(age / half));
  const wakeAfterSeconds = Math.max(1, Math.ceil((turn + 1) * half - age));
  const done = turn === 0 || tokenOperation(seen, turn)?.state === 'succeeded';
  if (done) return { actions: [], because: null, wakeAfterSeconds };
  const name = { namespace: cluster.metadata.namespace ?? '', name: cluster.metadata.name };
  return { actions: [tellToken(seen, name, turn)], because: null, wakeAfterSeconds };
}

function tokenOperation(seen: KubeadmConfigSeen, turn: number) {
  const id = tokenOperationId(seen, turn);
  return seen.operations.find((candidate) => candidate.id === id);
}

function tokenOperationId(seen: KubeadmConfigSeen, turn: number): string {
  return `${seen.config.metadata.uid}/${turn}/token`;
}

function tellToken(
  seen: KubeadmConfigSeen,
  cluster: { namespace: string; name: string },
  turn: number,
  inputs?: BootstrapInputs,
): Action {
  const { namespace = '', name } = seen.config.metadata;
  const secret = { namespace, name: tokenSecretName(name) };
  const version = inputs?.role === 'join-control-plane' ? { kubernetesVersion: inputs.kubernetesVersion } : {};
  return operation(tokenOperationId(seen, turn), { kind: 'workload.token', args: { cluster, secret, ...version } });
}

function labelEvents(seen: KubeadmConfigSeen, inputs: BootstrapInputs): Action[] {
  const field = inputs.role === 'init' ? 'initConfiguration' : 'joinConfiguration';
  const keys = refusedLabels(seen.config.spec as KubeadmConfigSpec).filter((label) => label.field.startsWith(field));
  if (keys.length === 0) return [];
  const names = keys.map(({ key }) => key).join(', ');
  return [
    event(
      seen.config,
      'Warning',
      'NodeLabelsLeftOut',
      `kubelet may not set ${names} on its own node; left out of the bootstrap data`,
    ),
  ];
}

function readyActions(seen: KubeadmConfigSeen, env: Env): Action[] {
  const conditions: NewCondition[] = [
    { type: 'CertificatesAvailable', status: 'True', reason: 'Available', message: '' },
    { type: 'DataSecretAvailable', status: 'True', reason: 'Available', message: '' },
  ];
  return statusActions(seen, conditions, env, seen.config.metadata.name);
}

function waitingConditions(reason: string, message: string, certificates: boolean): NewCondition[] {
  return [
    certificates
      ? { type: 'CertificatesAvailable', status: 'True', reason: 'Available', message: '' }
      : { type: 'CertificatesAvailable', status: 'Unknown', reason: 'NotAvailable', message: 'Certificates are not made yet' },
    { type: 'DataSecretAvailable', status: 'False', reason, message },
  ];
}

/** The status with these conditions, Ready and Paused; nothing where it is so already. */
function statusActions(seen: KubeadmConfigSeen, next: NewCondition[], env: Env, dataSecretName?: string): Action[] {
  const { config, cluster } = seen;
  const own = setConditions(config.status?.conditions, next, env.now);
  const sources = [{ type: 'DataSecretAvailable' }, { type: 'CertificatesAvailable' }];
  const ready = summarize(own, 'Ready', sources, { True: 'Ready', False: 'NotReady', Unknown: 'ReadyUnknown' });
  const conditions = setConditions(own, [ready, pausedCondition(cluster, config)], env.now);
  const { generation } = config.metadata;
  const same =
    conditions === config.status?.conditions &&
    config.status?.observedGeneration === generation &&
    (dataSecretName === undefined || conditionIs(config, 'DataSecretAvailable')) &&
    (dataSecretName === undefined || config.status?.dataSecretName === dataSecretName);
  if (same) return [];
  return [
    update(config, (copy) => {
      copy.status = { ...copy.status, conditions, observedGeneration: generation };
      if (dataSecretName !== undefined) {
        copy.status.dataSecretName = dataSecretName;
        copy.status.initialization = { ...copy.status.initialization, dataSecretCreated: true };
      }
    }),
  ];
}

function waits(sentence: string): Because {
  return { sentence, tone: 'waits' };
}
