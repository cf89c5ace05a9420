/** Writing down what was seen of a host's power: by the poller, and by operations that have just read or set it. */
import type { PowerSeen } from '../runtime/seen.ts';
import type { Json } from '../store/object.ts';
import { type KubeObject, kubeTime, refKey, refOf } from '../store/object.ts';
import type { Store, Wake } from '../store/store.ts';

/** A reading: the power (null = the BMC does not know), or why there is none. */
export type PowerReading = { on: boolean | null } | { error: { code: string; message: string } };

/** What is seen after a reading. `material` = somebody must act upon it: on became off, sight was lost or regained. */
export function nextPower(was: PowerSeen | undefined, reading: PowerReading, now: Date): { seen: PowerSeen; material: boolean } {
  const at = kubeTime(now);
  if ('error' in reading) {
    const { code, message } = reading.error;
    const again = was?.error?.code === code;
    const seen: PowerSeen = { on: null, error: { code, message }, errorSince: (again && was?.errorSince) || at };
    if (was?.readAt) seen.readAt = was.readAt;
    if (was?.changedAt) seen.changedAt = was.changedAt;
    return { seen, material: !again };
  }
  const { on } = reading;
  const lostSight = was?.error !== undefined || was?.on === undefined;
  const changed = lostSight || was?.on !== on;
  return { seen: { on, readAt: at, changedAt: changed ? at : (was?.changedAt ?? at) }, material: changed };
}

/** Records a reading of a host. `wake` = the host's key is woken if the reading is material. */
export async function seePower(store: Store, host: KubeObject, reading: PowerReading, wake: boolean): Promise<PowerSeen> {
  const subject = refKey(refOf(host));
  const was = (await store.observations(subject)).find(({ source }) => source === 'power')?.data as PowerSeen | null | undefined;
  const now = await store.now();
  const { seen, material } = nextPower(was ?? undefined, reading, now);
  const wakes: Wake[] = wake && material ? [hostKey(host)] : [];
  await store.observe([{ subject, source: 'power', data: seen as unknown as Json, seenAt: now.toISOString() }], wakes);
  return seen;
}

/** The queue's key of a host. */
export function hostKey(host: KubeObject): Wake {
  return { reconciler: 'baremetalhosts', namespace: host.metadata.namespace ?? '', name: host.metadata.name };
}
