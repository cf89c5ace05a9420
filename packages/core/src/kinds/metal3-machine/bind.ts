/** Choosing a host and binding it: one transaction changes the host and the machine, so no host can be claimed twice. */
import { refTo } from '../../registry/define-kind.ts';
import type { BareMetalHostObject } from '../bare-metal-host/kind.ts';
import { ANNOTATIONS, LABELS } from '../shared/labels.ts';
import {
  condition,
  edit,
  setAnnotation,
  setLabel,
  statusOf,
  WAITS_FOR,
  type Work,
  waits,
  wakeAfter,
} from '../shared/planning.ts';
import { chooseInTurn, type HostFacts, type HostWish, type Sibling } from './choose-host.ts';
import { hostFacts } from './host-facts.ts';
import { HOST_ANNOTATION, Metal3Machine, type Metal3MachineObject } from './kind.ts';
import { type MachineImage, placeholderIn } from './parts.ts';
import { pickImage } from './pick-image.ts';
import { metadataSecretName, type Pool, type Seen } from './seen.ts';

/** The plan of a Metal3Machine. */
export type MachineWork = Work<Metal3MachineObject['spec'], NonNullable<Metal3MachineObject['status']>>;

/** Looks again at the hosts after this, should every wake-up be missed; seconds. */
const LOOK_AGAIN = 60;

/** Takes the steps up to a bound host: image, bootstrap data, choice, claim. */
export function bind(work: MachineWork, seen: Seen): void {
  mend(work, seen);
  const picked = pickImage(work.self.spec.image, seen.images, seen.machine?.spec.version);
  if ('refusal' in picked) {
    setLabel(work.self, WAITS_FOR, 'image');
    refuse(work, 'AssociateBareMetalHostFailed', picked.refusal, picked.wayOut, 'caution');
    return;
  }
  const dataSecretName = seen.machine?.spec.bootstrap.dataSecretName;
  if (!dataSecretName || !seen.pool) {
    setLabel(work.self, WAITS_FOR, undefined);
    refuse(work, 'WaitingForBootstrapData', 'Waiting for the bootstrap data of the Machine', undefined, 'waits');
    return;
  }
  const site = seen.metal3Cluster?.status?.site ?? '';
  const choice = choose(seen, seen.pool, site);
  if ('none' in choice) {
    setLabel(work.self, WAITS_FOR, 'host');
    wakeAfter(work, LOOK_AGAIN);
    const wayOut = 'Free or add a host that fits, or change the host selector.';
    refuse(work, 'AssociateBareMetalHostFailed', choice.none, wayOut, 'caution');
    return;
  }
  const host = seen.pool.world.hosts.find((each) => is(each, choice.host))!;
  claim(work, seen, host, picked.image, dataSecretName);
  if (!isControlPlane(seen.self)) return;
  // The spread of a control plane is a hard rule, judged by where the siblings are: none of them may have moved in between.
  for (const sibling of siblingsOf(seen, seen.pool)) work.expects.push(expectOf(sibling));
}

/** A placeholder that was copied from the template goes when the template has been mended: no host has seen it yet. */
function mend(work: MachineWork, seen: Seen): void {
  const { image } = work.self.spec;
  const mended = seen.template?.spec.template.spec.image;
  if (image && mended && placeholderIn(image) && !placeholderIn(mended)) work.self.spec.image = structuredClone(mended);
}

function refuse(work: MachineWork, reason: string, message: string, wayOut: string | undefined, tone: 'waits' | 'caution'): void {
  waits(work, { type: 'AssociateBareMetalHost', status: 'False', reason, message }, { tone, ...(wayOut ? { wayOut } : {}) });
}

function is(host: BareMetalHostObject, facts: HostFacts): boolean {
  return host.metadata.name === facts.name && host.metadata.namespace === facts.namespace;
}

/** The choice, after the machines of the same pool that wait since longer have been given theirs. */
function choose(seen: Seen, pool: Pool, site: string) {
  const facts = hostFacts(pool.world, seen.self.metadata.namespace ?? '');
  const siblings = siblingsOf(seen, pool);
  const version = seen.machine?.spec.version;
  const around: Sibling[] = siblings.flatMap((sibling) => {
    const host = facts.find((each) => each.consumer === keyOf(sibling));
    const machine = machineOf(pool, sibling);
    const stays = machine !== undefined && !machine.metadata.deletionTimestamp && machine.spec.version === version;
    return host ? [{ failureDomain: host.failureDomain, stays }] : [];
  });
  const before = siblings
    .filter((sibling) => waitsBefore(sibling, seen.self, pool))
    .map((sibling) => wishOf(sibling, pool, site));
  return chooseInTurn(wishOf(seen.self, pool, site), before.sort(byMachine), facts, around);
}

function byMachine(a: HostWish, b: HostWish): number {
  return a.machine < b.machine ? -1 : 1;
}

/** Whether a sibling waits for a host too, with its data ready, and comes first (by name: all planners agree on that). */
function waitsBefore(sibling: Metal3MachineObject, self: Metal3MachineObject, pool: Pool): boolean {
  const { annotations = {} } = sibling.metadata;
  if (sibling.metadata.deletionTimestamp || HOST_ANNOTATION in annotations || ANNOTATIONS.paused in annotations) return false;
  return sibling.metadata.name < self.metadata.name && machineOf(pool, sibling)?.spec.bootstrap.dataSecretName !== undefined;
}

function machineOf(pool: Pool, metal3Machine: Metal3MachineObject) {
  return pool.machines.find((machine) => machine.spec.infrastructureRef.name === metal3Machine.metadata.name);
}

function wishOf(self: Metal3MachineObject, pool: Pool, site: string): HostWish {
  const machine = machineOf(pool, self);
  const failureDomain = machine?.spec.failureDomain ?? self.spec.failureDomain;
  return {
    machine: keyOf(self),
    namespace: self.metadata.namespace ?? '',
    site,
    controlPlane: isControlPlane(self),
    ...(self.spec.hostSelector ? { selector: self.spec.hostSelector } : {}),
    ...(failureDomain ? { failureDomain } : {}),
  };
}

/** The other machines of the same control plane, or of the same pool of workers. */
function siblingsOf(seen: Seen, pool: Pool): Metal3MachineObject[] {
  const mine = poolKey(seen.self);
  return pool.metal3Machines.filter((each) => each.metadata.uid !== seen.self.metadata.uid && poolKey(each) === mine);
}

function poolKey(object: Metal3MachineObject): string {
  const { labels = {}, annotations = {} } = object.metadata;
  if (isControlPlane(object)) return 'control-plane';
  return labels[LABELS.deploymentName] ?? labels[LABELS.setName] ?? annotations[ANNOTATIONS.clonedFromName] ?? '';
}

function isControlPlane(object: Metal3MachineObject): boolean {
  return object.metadata.labels?.[LABELS.controlPlane] !== undefined;
}

/** `namespace/name`. */
export function keyOf(object: { metadata: { namespace?: string; name: string } }): string {
  return `${object.metadata.namespace}/${object.metadata.name}`;
}

function expectOf(object: Metal3MachineObject) {
  const ref = refTo(Metal3Machine, object.metadata.namespace ?? '', object.metadata.name);
  return { ref, resourceVersion: object.metadata.resourceVersion };
}

/** `metal3://<host namespace>/<host>/<machine>`. */
export function providerIdOf(self: Metal3MachineObject, host: BareMetalHostObject): string {
  return `metal3://${host.metadata.namespace}/${host.metadata.name}/${self.metadata.name}`;
}

function claim(work: MachineWork, seen: Seen, host: BareMetalHostObject, image: MachineImage, dataSecretName: string): void {
  const { self } = work;
  const namespace = self.metadata.namespace ?? '';
  const bound = edit(work, host);
  bound.spec.consumerRef = {
    apiVersion: Metal3Machine.apiVersion,
    kind: Metal3Machine.kind,
    namespace,
    name: self.metadata.name,
  };
  const { diskFormat, ...rest } = image;
  bound.spec.image = { ...rest, ...(diskFormat ? { format: diskFormat } : {}) };
  bound.spec.userData = self.spec.userData ?? { name: dataSecretName, namespace };
  bound.spec.metaData = self.spec.metaData ?? { name: metadataSecretName(self), namespace };
  if (self.spec.networkData)
    bound.spec.networkData = { ...self.spec.networkData, namespace: self.spec.networkData.namespace ?? namespace };
  if (self.spec.automatedCleaningMode) bound.spec.automatedCleaningMode = self.spec.automatedCleaningMode;
  bound.spec.online = true;
  const clusterName = seen.machine?.spec.clusterName;
  setLabel(bound, LABELS.clusterName, clusterName);
  setLabel(self, WAITS_FOR, undefined);
  setAnnotation(self, HOST_ANNOTATION, `${host.metadata.namespace}/${host.metadata.name}`);
  self.spec.providerID = providerIdOf(self, host);
  const status = statusOf(work);
  status.userData = bound.spec.userData;
  status.metaData = bound.spec.metaData;
  if (bound.spec.networkData) status.networkData = bound.spec.networkData;
  condition(work, { type: 'AssociateBareMetalHost', status: 'True', reason: 'AssociateBareMetalHostSuccess', message: '' });
  ensureMetadata(work, host);
}

/** Makes the Secret with the instance data; the recipe makes it anew when what it says changes. */
export function ensureMetadata(work: MachineWork, host: BareMetalHostObject): void {
  const { self } = work;
  if (self.spec.metaData) return;
  work.actions.push({
    do: 'ensureSecret',
    secret: { namespace: self.metadata.namespace ?? '', name: metadataSecretName(self) },
    recipe: 'metadata',
    owner: work.was,
    labels: clusterLabel(self),
    inputs: {
      uuid: self.metadata.uid,
      name: self.metadata.name,
      'local-hostname': self.metadata.name,
      'metal3-name': host.metadata.name,
      'metal3-namespace': host.metadata.namespace ?? '',
      providerid: providerIdOf(self, host),
    },
  });
}

function clusterLabel(self: Metal3MachineObject): Record<string, string> {
  const name = self.metadata.labels?.[LABELS.clusterName];
  return name ? { [LABELS.clusterName]: name } : {};
}
