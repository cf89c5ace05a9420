/** Taking the bootstrap and infrastructure objects, and reading from them how far they are. */
import { ownerReference } from '../../runtime/actions.ts';
import { conditionOf } from '../shared/conditions.ts';
import { LABELS } from '../shared/labels.ts';
import { because, condition, edit, statusOf, type Waiting, type Work, waits, wakeAfter } from '../shared/planning.ts';
import type { MachineObject, Provided, Seen } from './seen.ts';

/** The plan of a Machine. */
export type MachineWork = Work<MachineObject['spec'], NonNullable<MachineObject['status']>>;

/** Looks again after this for objects of other names than the Machine's own, which wake nobody. Seconds. */
const LOOK_AGAIN = 15;

/**
 * Makes the Machine the controller of an object. Who made it (a control plane or MachineSet) gives it up by that: it goes with its
 * Machine. false = another Machine has it.
 */
function take(work: MachineWork, object: Provided): boolean {
  const owners = object.metadata.ownerReferences ?? [];
  const other = owners.find((owner) => owner.controller === true && owner.uid !== work.self.metadata.uid);
  if (other?.kind === 'Machine') return false;
  const mine = edit(work, object);
  const kept = owners.filter(
    (owner) => owner.uid !== work.self.metadata.uid && owner.kind !== 'KubeadmControlPlane' && owner.kind !== 'MachineSet',
  );
  mine.metadata.ownerReferences = [ownerReference(work.was, true), ...kept.map((owner) => ({ ...owner, controller: undefined }))];
  mine.metadata.labels = { ...mine.metadata.labels, [LABELS.clusterName]: work.self.spec.clusterName };
  return true;
}

/** Bootstrap: the data Secret's name, and the condition BootstrapConfigReady. */
export function bootstrap(work: MachineWork, seen: Seen): void {
  const { configRef, dataSecretName } = work.self.spec.bootstrap;
  const status = statusOf(work);
  const done = (reason: string) => {
    status.initialization = { ...status.initialization, bootstrapDataSecretCreated: true };
    condition(work, { type: 'BootstrapConfigReady', status: 'True', reason, message: '' });
  };
  if (!configRef) {
    done('DataSecretProvided');
    return;
  }
  const fails = (reason: string, message: string, more: Waiting = {}) =>
    waits(work, { type: 'BootstrapConfigReady', status: 'False', reason, message }, more);
  const name = `${configRef.kind} ${configRef.name}`;
  if (!seen.bootstrap) {
    wakeAfter(work, LOOK_AGAIN);
    // Its data may have been used long ago: then its absence changes nothing.
    if (dataSecretName) {
      done('Ready');
      return;
    }
    fails('DoesNotExist', `${name} does not exist`, { tone: 'caution' });
    return;
  }
  if (!take(work, seen.bootstrap)) {
    fails('NotReady', `${name} belongs to another Machine`, { tone: 'fault' });
    return;
  }
  const provided = seen.bootstrap.status;
  if (provided?.initialization?.dataSecretCreated === true && provided.dataSecretName) {
    work.self.spec.bootstrap = { ...work.self.spec.bootstrap, dataSecretName: provided.dataSecretName };
    done('Ready');
    return;
  }
  const why = conditionOf(seen.bootstrap, 'DataSecretAvailable')?.message || conditionOf(seen.bootstrap, 'Ready')?.message;
  fails('NotReady', why ? `${name}: ${why}` : `Waiting for ${name} to make the bootstrap data`);
}

/** Infrastructure: provider ID, addresses, failure domain, and the condition InfrastructureReady. */
export function infrastructure(work: MachineWork, seen: Seen): void {
  const { kind, name } = work.self.spec.infrastructureRef;
  const status = statusOf(work);
  const fails = (reason: string, message: string, more: Waiting = {}) =>
    waits(work, { type: 'InfrastructureReady', status: 'False', reason, message }, more);
  const object = seen.infrastructure;
  if (!object) {
    wakeAfter(work, LOOK_AGAIN);
    if (status.initialization?.infrastructureProvisioned) {
      fails('Deleted', `${kind} ${name} has been deleted while the Machine still exists`, { tone: 'fault' });
      return;
    }
    fails('DoesNotExist', `${kind} ${name} does not exist`, { tone: 'caution' });
    return;
  }
  if (!take(work, object)) {
    fails('NotReady', `${kind} ${name} belongs to another Machine`, { tone: 'fault' });
    return;
  }
  if (object.spec.providerID) work.self.spec.providerID = object.spec.providerID;
  if (object.status?.addresses?.length) status.addresses = object.status.addresses;
  const failureDomain = object.status?.failureDomain ?? object.spec.failureDomain ?? work.self.spec.failureDomain;
  if (failureDomain) status.failureDomain = failureDomain;
  const ready = conditionOf(object, 'Ready');
  if (object.status?.initialization?.provisioned !== true || ready?.status === 'False') {
    fails('NotReady', ready?.message ? `${kind} ${name}: ${ready.message}` : `Waiting for ${kind} ${name} to be provisioned`);
    return;
  }
  status.initialization = { ...status.initialization, infrastructureProvisioned: true };
  condition(work, { type: 'InfrastructureReady', status: 'True', reason: 'Ready', message: '' });
}

/** Says what is missing before anything can be done. */
export function lacksCluster(work: MachineWork): void {
  because(work, `Waiting for Cluster ${work.self.spec.clusterName} to exist`, { tone: 'caution', wayOut: 'Create the Cluster.' });
}
