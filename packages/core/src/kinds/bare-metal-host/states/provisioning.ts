/** provisioning and deprovisioning: an image onto the disk, and off it again. */
import { act, type Failure } from '../act.ts';
import { type AgentUse, askAgent, bootAgent, endAgent, waitAgent } from '../agent-boot.ts';
import { dataSecrets, imageToWrite, isSameImage, missingForImage } from '../needs.ts';
import { firstOf, type HostError, type Outcome } from '../outcome.ts';
import { cleans, modeOf, type View } from '../view.ts';
import { cleanDisks } from './intake.ts';
import { forgetWork, startDeprovisioning } from './moves.ts';

/** provisioning: agent, image with config drive, boot entry, flush, off, boot from disk, on. A failure takes the image off and starts over. */
export function provisioning(view: View): Outcome {
  const { image } = view.host.spec;
  if (!image || !isSameImage(image, view.provisioning.image)) return startDeprovisioning(view);
  const use: AgentUse = {
    errorType: 'provisioning error',
    purpose: 'write its image',
    onFinal: (failure) => gaveUpImage(view, failure),
  };
  return (
    firstOf(
      () => bootAgent(view, use),
      () => waitAgent(view, use),
      () => writeImage(view, use),
      () => installBootloader(view, use),
      () => flush(view, use),
      () => endAgent(view, use),
      () => bootDisk(view, use),
    ) ?? {
      go: 'goto',
      state: 'provisioned',
      events: [{ type: 'Normal', reason: 'ProvisioningComplete', message: `Image provisioning completed for ${image.url}` }],
      change: (host) => {
        host.status.provisioning.ID = view.uid;
        host.status.provisioningFailCount = 0;
        delete host.status.provisioning.boot;
        delete host.status.provisioning.retryAt;
      },
    }
  );
}

function gaveUpImage(view: View, failure: Failure): Outcome {
  const error: HostError = {
    type: 'provisioning error',
    message: failure.message,
    count: (view.host.status?.errorCount ?? 0) + 1,
  };
  return startDeprovisioning(view, error);
}

function writeImage(view: View, use: AgentUse): Outcome | null {
  const { image: wanted, rootDeviceHints, boot = '' } = view.provisioning;
  const id = `${view.uid}/${boot}/write-image`;
  const begun = view.operation(id) !== undefined;
  const missing = begun ? null : missingForImage(view);
  if (missing) return { go: 'wait', because: missing, wakeAfterSeconds: view.limits.missingSeconds };
  const image = imageToWrite(wanted ?? { url: '' });
  if (typeof image === 'string') return { go: 'wait', because: { sentence: image, tone: 'caution' } };
  const hints = Object.fromEntries(Object.entries(rootDeviceHints ?? {}).filter(([, value]) => value !== undefined));
  const data = Object.fromEntries(dataSecrets(view.host).map(({ field, secret }) => [field, secret]));
  return askAgent(view, use, {
    name: 'write-image',
    spec: {
      kind: 'agent.writeImage',
      args: { image, ...(Object.keys(hints).length > 0 ? { rootDeviceHints: hints } : {}), ...data, boot },
    },
    step: 'write-image',
    says: `The agent is writing ${image.url} onto the disk.`,
    limitSeconds: view.limits.deploySeconds,
  });
}

function installBootloader(view: View, use: AgentUse): Outcome | null {
  const mode = modeOf(view);
  // A whole-disk image brings its own boot record; only UEFI firmware needs an entry made.
  if (mode === 'Legacy') return null;
  return askAgent(view, use, {
    name: 'install-bootloader',
    spec: { kind: 'agent.installBootloader', args: { mode, boot: view.provisioning.boot ?? '' } },
    step: 'write-image',
    says: 'The agent is making the UEFI boot entry.',
    limitSeconds: view.limits.cleanSeconds,
  });
}

function flush(view: View, use: AgentUse): Outcome | null {
  return askAgent(view, use, {
    name: 'sync',
    spec: { kind: 'agent.sync', args: { boot: view.provisioning.boot ?? '' } },
    step: 'write-image',
    says: 'The agent is flushing the disks.',
    limitSeconds: view.limits.cleanSeconds,
  });
}

function bootDisk(view: View, use: AgentUse): Outcome | null {
  const { boot } = view.provisioning;
  const bmc = (name: string, spec: Parameters<typeof act>[1]['spec']) => () =>
    act(view, {
      id: `${boot}/${name}`,
      spec,
      step: 'boot-disk',
      says: 'The server is booting from its disk.',
      errorType: 'provisioning error',
      onFinal: use.onFinal ?? ((failure) => gaveUpImage(view, failure)),
    });
  return firstOf(
    bmc('boot-disk', { kind: 'bmc.bootOnce', args: { device: 'Hdd', mode: modeOf(view) } }),
    bmc('start', { kind: 'bmc.power', args: { on: true } }),
  );
}

/** deprovisioning: the disks are cleaned and the server goes off. An error of the deployment stays visible until then. */
export function deprovisioning(view: View): Outcome {
  const use: AgentUse = { errorType: 'provisioning error', purpose: 'clean its disks', keepError: true };
  const clean = cleans(view);
  const done = firstOf(
    () => (clean ? bootAgent(view, use) : null),
    () => (clean ? waitAgent(view, use) : null),
    () => (clean ? cleanDisks(view, use) : null),
    () => endAgent(view, use),
  );
  if (done) return done;
  const { errorType, errorMessage = '', errorCount = 1, provisioningFailCount = 0 } = view.host.status ?? {};
  const spent = provisioningFailCount >= view.limits.provisionRetries && errorType === 'provisioning error';
  return {
    go: 'goto',
    state: view.deleting ? 'powering off before delete' : 'available',
    events: [{ type: 'Normal', reason: 'DeprovisioningComplete', message: 'Image deprovisioning completed' }],
    ...(spent ? { error: { type: 'provisioning error', message: errorMessage, count: errorCount } } : {}),
    change: forgetWork,
  };
}
