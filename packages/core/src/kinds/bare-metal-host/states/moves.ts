/** Moves between states that several handlers make, with what must be right on arrival. */
import { freshBoot } from '../agent-boot.ts';
import { HOST_ANNOTATIONS } from '../kind.ts';
import type { HostCopy, HostError, HostEvent, Outcome } from '../outcome.ts';
import type { View } from '../view.ts';

type Goto = Extract<Outcome, { go: 'goto' }>;

function normal(reason: string, message: string): HostEvent {
  return { type: 'Normal', reason, message };
}

/** To inspecting, with a new boot of the agent. A wish for another inspection is thereby granted. */
export function startInspecting(view: View): Goto {
  const fresh = freshBoot(view, true);
  return {
    go: 'goto',
    state: 'inspecting',
    events: [normal('InspectionStarted', 'Hardware inspection started')],
    change: (host) => {
      fresh(host);
      const annotations = host.metadata.annotations ?? {};
      if (annotations[HOST_ANNOTATIONS.inspect] !== 'disabled') delete annotations[HOST_ANNOTATIONS.inspect];
    },
  };
}

/** To preparing: on the agent that is running already (fast track), or with a new boot. */
export function startPreparing(view: View, { fresh }: { fresh: boolean }): Goto {
  const change = fresh ? freshBoot(view, false) : undefined;
  return { go: 'goto', state: 'preparing', ...(change ? { change } : {}) };
}

/** To provisioning: from here on, the image in status is what this host is being given. */
export function startProvisioning(view: View): Goto {
  const fresh = freshBoot(view, false);
  const { image, rootDeviceHints, bootMode } = view.host.spec;
  return {
    go: 'goto',
    state: 'provisioning',
    events: [normal('ProvisioningStarted', `Image provisioning started for ${image?.url}`)],
    change: (host) => {
      fresh(host);
      const { provisioning } = host.status;
      if (image) provisioning.image = structuredClone(image);
      if (rootDeviceHints) provisioning.rootDeviceHints = structuredClone(rootDeviceHints);
      else delete provisioning.rootDeviceHints;
      provisioning.bootMode = bootMode ?? 'UEFI';
      if (image) host.status.lastAttemptedImage = structuredClone(image);
    },
  };
}

/** To deprovisioning, with a new boot of the agent. With an error the failed try is counted. */
export function startDeprovisioning(view: View, error?: HostError): Goto {
  const fresh = freshBoot(view, false);
  const image = view.provisioning.image?.url;
  return {
    go: 'goto',
    state: 'deprovisioning',
    events: [normal('DeprovisioningStarted', `Image deprovisioning started${image ? ` for ${image}` : ''}`)],
    ...(error ? { error } : {}),
    change: (host) => {
      fresh(host);
      if (error) host.status.provisioningFailCount = (host.status.provisioningFailCount ?? 0) + 1;
    },
  };
}

/** Nothing of a boot or an image is left. */
export function forgetWork(host: HostCopy): void {
  const { provisioning } = host.status;
  delete provisioning.boot;
  delete provisioning.image;
  delete provisioning.rootDeviceHints;
  delete provisioning.customDeploy;
  delete provisioning.ID;
  delete provisioning.retryAt;
}
