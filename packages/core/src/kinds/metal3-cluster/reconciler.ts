/** Metal3Cluster: a site, an endpoint that nobody else has, and the site's network plugin once there is a control plane. */
import { defineReconciler, type Env, type Plan } from '../../runtime/define-reconciler.ts';
import { Cluster } from '../cluster/kind.ts';
import { ConfigMap } from '../config-map/kind.ts';
import { hostFacts } from '../metal3-machine/host-facts.ts';
import { Metal3Machine } from '../metal3-machine/kind.ts';
import { Metal3MachineTemplate } from '../metal3-machine-template/kind.ts';
import { LABELS } from '../shared/labels.ts';
import { isPaused, pausedCondition } from '../shared/paused.ts';
import {
  addFinalizer,
  ask,
  because,
  begin,
  condition,
  dropFinalizer,
  finish,
  setLabel,
  shortHash,
  statusOf,
  type Waiting,
  type Work,
  waits,
  wakeAfter,
} from '../shared/planning.ts';
import { Site } from '../site/kind.ts';
import { SITE_LABEL } from '../site/site-of.ts';
import { chooseSite } from './choose-site.ts';
import { METAL3_CLUSTER_FINALIZER, Metal3Cluster, type Metal3ClusterObject } from './kind.ts';
import { observe, type Seen, siteNamed } from './seen.ts';

type ClusterWork = Work<Metal3ClusterObject['spec'], NonNullable<Metal3ClusterObject['status']>>;

/** Looks again after this at what no wake-up tells of: other clusters' endpoints, hosts of undecided sites. Seconds. */
const LOOK_AGAIN = 15;

/** The reconciler. */
export const metal3ClusterReconciler = defineReconciler({
  name: Metal3Cluster.plural,
  for: Metal3Cluster,
  reads: [
    {
      kind: Cluster,
      wakes: (cluster) => {
        const ref = (cluster.spec as { infrastructureRef?: { kind: string; name: string } }).infrastructureRef;
        return ref?.kind === Metal3Cluster.kind ? [{ namespace: cluster.metadata.namespace ?? '', name: ref.name }] : [];
      },
    },
    { kind: Site, wakes: () => [{}] },
    { kind: ConfigMap, wakes: () => [{}] },
    // Its host selector may decide on the site.
    { kind: Metal3MachineTemplate, wakes: ({ metadata }) => [{ namespace: metadata.namespace ?? '' }] },
    {
      kind: Metal3Machine,
      // Only its going matters: the last machine lets the cluster go.
      wakes: ({ metadata }) => {
        const name = metadata.labels?.[LABELS.clusterName];
        return metadata.deletionTimestamp && name
          ? [{ namespace: metadata.namespace ?? '', labels: { [LABELS.clusterName]: name } }]
          : [];
      },
    },
  ],
  observe,
  plan,
});

/** Pure. */
export function plan(seen: Seen, env: Env): Plan {
  const work: ClusterWork = begin(seen.self, env);
  if (work.self.metadata.deletionTimestamp) {
    if (!isPaused(seen.cluster, seen.self)) release(work, seen);
    return finish(work);
  }
  condition(work, pausedCondition(seen.cluster, seen.self));
  if (isPaused(seen.cluster, seen.self)) return finish(work);
  const stands = infrastructure(work, seen);
  if (stands) network(work, seen);
  ready(work, stands);
  return finish(work);
}

function release(work: ClusterWork, seen: Seen): void {
  if (seen.machines.length === 0) {
    dropFinalizer(work.self, METAL3_CLUSTER_FINALIZER);
    return;
  }
  const names = seen.machines.slice(0, 3).join(', ');
  const message = `Waiting for Metal3Machines to be deleted: ${names}${seen.machines.length > 3 ? ', …' : ''}`;
  waits(work, { type: 'Ready', status: 'False', reason: 'Deleting', message });
  wakeAfter(work, LOOK_AGAIN);
}

/** Site and endpoint. Whether the infrastructure stands; if not, it has said why. */
function infrastructure(work: ClusterWork, seen: Seen): boolean {
  if (!seen.cluster) return fails(work, 'FailedToGetOwnerCluster', 'Waiting for a Cluster that names this Metal3Cluster');
  addFinalizer(work.self, METAL3_CLUSTER_FINALIZER);
  const site = decideSite(work, seen);
  if (site === null) return false;
  const status = statusOf(work);
  status.site = site;
  setLabel(work.self, SITE_LABEL, work.self.metadata.labels?.[SITE_LABEL] ?? site);
  if (work.self.spec.failureDomains) status.failureDomains = work.self.spec.failureDomains;
  const endpoint = work.self.spec.controlPlaneEndpoint;
  if (!endpoint?.host || !endpoint.port) {
    const message = 'spec.controlPlaneEndpoint.host and port are not set';
    return fails(work, 'ControlPlaneEndpointFailed', message, {
      tone: 'caution',
      wayOut: 'Give the address the control plane is to have.',
    });
  }
  const holder = seen.all.find((other) => holdsBefore(other, seen.self, site));
  if (holder) {
    wakeAfter(work, LOOK_AGAIN);
    const message = `Endpoint ${endpoint.host}:${endpoint.port} of site ${site} is held by Metal3Cluster ${holder.metadata.namespace}/${holder.metadata.name}`;
    return fails(work, 'ControlPlaneEndpointFailed', message, {
      tone: 'caution',
      wayOut: 'Choose another address, or delete the other cluster.',
    });
  }
  status.initialization = { provisioned: true };
  condition(work, { type: 'BaremetalInfrastructureReady', status: 'True', reason: 'Ready', message: '' });
  return true;
}

function fails(work: ClusterWork, reason: string, message: string, more: Waiting = {}): false {
  waits(work, { type: 'BaremetalInfrastructureReady', status: 'False', reason, message }, more);
  return false;
}

function decideSite(work: ClusterWork, seen: Seen): string | null {
  const failed = (message: string, wayOut?: string): null => {
    wakeAfter(work, LOOK_AGAIN);
    fails(work, 'NotReady', message, { tone: 'caution', ...(wayOut ? { wayOut } : {}) });
    return null;
  };
  const names = seen.sites.map((site) => site.metadata.name).sort();
  const named = siteNamed(seen.self, seen.cluster);
  if (named !== undefined) {
    if (names.includes(named)) return named;
    return failed(`There is no Site ${named}`, `Create it, or set label ${SITE_LABEL} to one of: ${names.join(', ')}.`);
  }
  if (names.length === 1) return names[0]!;
  if (!seen.siting) return failed('There is no Site', 'Create a Site.');
  if (seen.siting.lacks) return failed(`Waiting for ${seen.siting.lacks}, whose host selector decides on the site`);
  const namespace = seen.self.metadata.namespace ?? '';
  const choice = chooseSite(names, seen.siting.demands, hostFacts(seen.siting.world, namespace), namespace);
  return 'site' in choice ? choice.site : failed(choice.none, `Add hosts, or set label ${SITE_LABEL}.`);
}

/** Whether another cluster has the same endpoint in the same site, and had it first. One that goes still holds it. */
function holdsBefore(other: Metal3ClusterObject, self: Metal3ClusterObject, site: string): boolean {
  if (other.metadata.uid === self.metadata.uid) return false;
  const [theirs, mine] = [other.spec.controlPlaneEndpoint, self.spec.controlPlaneEndpoint];
  if (!theirs || theirs.host !== mine?.host || theirs.port !== mine.port) return false;
  if (other.status?.site !== undefined && other.status.site !== site) return false;
  return age(other) < age(self);
}

function age(object: Metal3ClusterObject): string {
  // Who already stands keeps the endpoint, whatever the creation times say.
  const stands = object.status?.initialization?.provisioned === true ? '0' : '1';
  return `${stands} ${object.metadata.creationTimestamp} ${object.metadata.uid}`;
}

/** Applies the site's CNI manifest once the control plane answers, again when it changes. Without it no node becomes Ready. */
function network(work: ClusterWork, seen: Seen): void {
  if (seen.cluster?.status?.initialization?.controlPlaneInitialized !== true) return;
  const site = work.self.status?.site;
  if (!seen.manifest) {
    const message = `Site ${site} names no CNI manifest: nodes stay NotReady until somebody applies one`;
    condition(work, { type: 'NetworkApplied', status: 'False', reason: 'NoManifest', message });
    return;
  }
  const { namespace, name, text } = seen.manifest;
  if (text === null) {
    const message = `ConfigMap ${namespace}/${name} with key manifest, which Site ${site} names, is not there`;
    waits(
      work,
      { type: 'NetworkApplied', status: 'False', reason: 'NoManifest', message },
      { tone: 'caution', wayOut: 'Create it.' },
    );
    return;
  }
  const digest = shortHash(text);
  const status = statusOf(work);
  if (status.cniDigest === digest) return;
  const cluster = { namespace: seen.self.metadata.namespace ?? '', name: seen.cluster.metadata.name };
  const id = `${seen.self.metadata.uid}/${digest}/cni`;
  const stands = ask(work, seen.operations, id, {
    kind: 'workload.apply',
    args: { cluster, configMap: { namespace, name }, digest },
  });
  if (stands.state === 'succeeded') {
    status.cniDigest = digest;
    condition(work, { type: 'NetworkApplied', status: 'True', reason: 'Applied', message: '' });
    return;
  }
  const failed = stands.state === 'failed';
  const error = failed ? `${stands.operation.error?.message}` : stands.sentence;
  const message = `Applying ConfigMap ${namespace}/${name} to the cluster${error ? `: ${error}` : ''}`;
  waits(
    work,
    { type: 'NetworkApplied', status: 'False', reason: failed ? 'ApplyFailed' : 'Applying', message },
    { tone: error ? 'caution' : 'waits' },
  );
}

function ready(work: ClusterWork, stands: boolean): void {
  const message = stands
    ? ''
    : (work.self.status?.conditions?.find((each) => each.type === 'BaremetalInfrastructureReady')?.message ?? '');
  condition(work, { type: 'Ready', status: stands ? 'True' : 'False', reason: stands ? 'Ready' : 'NotReady', message });
  if (!stands) because(work, message);
}
