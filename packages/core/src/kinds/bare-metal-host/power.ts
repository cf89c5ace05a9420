/** Holding a host's power as wanted while nothing else goes on. */
import { act, refused, repeatable } from './act.ts';
import { outOfSight } from './contact.ts';
import type { Outcome } from './outcome.ts';
import type { View } from './view.ts';

/** null when the power is as wanted. A BMC out of sight is not acted upon: nothing is known, so nothing is wrong yet. */
export function keepPower(view: View, on: boolean): Outcome | null {
  const { power } = view.seen;
  const hidden = outOfSight(view);
  if (hidden) return { go: 'wait', because: hidden, keepError: true };
  if (!power || power.on === null) {
    return { go: 'wait', because: { sentence: 'The BMC has not said yet whether the server is on.', tone: 'waits' } };
  }
  if (power.on === on || (!on && view.host.spec.disablePowerOff)) return null;
  const word = on ? 'on' : 'off';
  const repeat = repeatable(view, `power-${epoch(view)}/${word}`);
  return act(view, {
    id: repeat.id,
    spec: { kind: 'bmc.power', args: { on } },
    says: `The server is being switched ${word}, as spec.online says.`,
    errorType: 'power management error',
    onFinal: (failure) =>
      refused(view, 'power management error', failure, repeat, 'Look at the BMC: it refuses to change the power.'),
  });
}

/**
 * A power operation is new whenever the power has changed since the last one: so it is repeated after somebody pressed the button.
 * If it succeeded and a later reading still says otherwise (a BMC that lies, a button pressed at once), that reading is the epoch.
 */
function epoch(view: View): string {
  const { power } = view.seen;
  const changed = power?.changedAt ?? 'first';
  const done = view.operation(`${view.uid}/power-${changed}/${power?.on ? 'off' : 'on'}`);
  const readLater =
    power?.readAt !== undefined &&
    done?.finishedAt !== undefined &&
    Date.parse(power.readAt) > Date.parse(done.finishedAt) + 1000;
  return done?.state === 'succeeded' && readLater ? (power?.readAt ?? changed) : changed;
}
