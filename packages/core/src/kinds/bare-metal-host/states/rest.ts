/** available, provisioned and externally provisioned: a host at rest is watched for what it should do next. */
import { outOfSight } from '../contact.ts';
import { HOST_ANNOTATIONS } from '../kind.ts';
import { isSameImage, missingForImage } from '../needs.ts';
import type { Outcome } from '../outcome.ts';
import { sentence } from '../outcome.ts';
import { keepPower } from '../power.ts';
import type { View } from '../view.ts';
import { startDeprovisioning, startInspecting, startProvisioning } from './moves.ts';

/** available: clean, off unless wanted on, free to be claimed. */
export function available(view: View): Outcome {
  const { spec } = view.host;
  if (spec.externallyProvisioned) return { go: 'goto', state: 'externally provisioned' };
  const inspect = view.host.metadata.annotations?.[HOST_ANNOTATIONS.inspect];
  if (inspect !== undefined && inspect !== 'disabled') return startInspecting(view);
  return spec.image ? wanted(view) : (keepPower(view, spec.online) ?? rested(view));
}

/** Without a wish for an image the failed tries of the last one are over. */
function rested(view: View): Outcome {
  if (!view.host.status?.provisioningFailCount) return { go: 'stay' };
  return {
    go: 'stay',
    change: (host) => {
      host.status.provisioningFailCount = 0;
    },
  };
}

/** An image is wanted: what still stands against it? */
function wanted(view: View): Outcome {
  const { spec, status } = view.host;
  const failures = status?.provisioningFailCount ?? 0;
  if (!spec.online) {
    return {
      go: 'wait',
      because: { sentence: 'An image is wanted, but spec.online is false.', tone: 'caution', wayOut: 'Set spec.online to true.' },
    };
  }
  if (failures > 0 && !isSameImage(spec.image, status?.lastAttemptedImage)) {
    return {
      go: 'wait',
      because: { sentence: 'Another image is wanted than the one that failed.', tone: 'waits' },
      change: (host) => {
        host.status.provisioningFailCount = 0;
      },
    };
  }
  if (failures >= view.limits.provisionRetries) return gaveUp(view, failures);
  const hidden = outOfSight(view);
  if (hidden) return { go: 'wait', because: hidden };
  const missing = missingForImage(view);
  if (missing) return { go: 'wait', because: missing, wakeAfterSeconds: view.limits.missingSeconds };
  return startProvisioning(view);
}

function gaveUp(view: View, failures: number): Outcome {
  const last = view.host.status?.errorMessage || 'see the events of this host';
  return {
    go: 'fail',
    error: { type: 'provisioning error', message: last, count: view.host.status?.errorCount || 1 },
    because: {
      sentence: sentence(`Provisioning failed ${failures} times, the limit: ${last}`),
      tone: 'fault',
      wayOut: 'Mend the cause, then change or remove the image; or let another host take the machine.',
    },
  };
}

/** provisioned: the image is on disk and the server runs as spec.online says. Another URL or checksum, or none, means out with it. */
export function provisioned(view: View): Outcome {
  const { image, online } = view.host.spec;
  if (!image || !isSameImage(image, view.provisioning.image)) return startDeprovisioning(view);
  return keepPower(view, online) ?? { go: 'stay' };
}

/** externally provisioned: somebody else put something onto this server; only its power is ours. */
export function externallyProvisioned(view: View): Outcome {
  const { image, online, externallyProvisioned: still } = view.host.spec;
  if (still) return keepPower(view, online) ?? { go: 'stay' };
  return {
    go: 'goto',
    state: 'provisioned',
    change: (host) => {
      if (image) host.status.provisioning.image = structuredClone(image);
    },
  };
}
