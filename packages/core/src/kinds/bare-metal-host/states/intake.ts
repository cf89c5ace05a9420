/** inspecting and preparing: what the server is, and whether its disks are clean. Both run on one boot of the agent. */
import { type AgentUse, askAgent, bootAgain, bootAgent, endAgent, waitAgent, waitForBoot } from '../agent-boot.ts';
import { firstOf, type Outcome } from '../outcome.ts';
import { cleans, type View } from '../view.ts';
import { forgetWork, startPreparing } from './moves.ts';

const INSPECT: AgentUse = { errorType: 'inspection error', purpose: 'inspect it' };
const PREPARE: AgentUse = { errorType: 'preparation error', purpose: 'clean its disks' };

/** inspecting: the inventory comes as HardwareData and is announced by the observation `inspection`. */
export function inspecting(view: View): Outcome {
  return (
    firstOf(
      () => bootAgent(view, INSPECT),
      () => inspected(view),
    ) ?? {
      ...startPreparing(view, { fresh: false }),
      events: [{ type: 'Normal', reason: 'InspectionComplete', message: 'Hardware inspection completed' }],
    }
  );
}

function inspected(view: View): Outcome | null {
  const { inspection, agent } = view.seen;
  const { boot } = view.provisioning;
  if (!inspection || inspection.boot !== boot) {
    // An agent sends its inventory before it reports, a few times at most: once it reports, the inventory will not come any more.
    if (agent?.boot === boot && agent?.heartbeatAt) {
      const message = 'The agent reports, but its inventory did not arrive';
      return bootAgain(view, 'inspection error', { code: 'StepFailed', message, at: agent.heartbeatAt });
    }
    return waitForBoot(
      view,
      INSPECT,
      'wait-inspection',
      'The agent has not sent its inventory yet.',
      'the agent sent no inventory',
    );
  }
  if (inspection.error === undefined) return null;
  return bootAgain(view, 'inspection error', {
    code: 'StepFailed',
    message: `Inspection failed: ${inspection.error}`,
    at: inspection.at,
  });
}

/** preparing: disks are cleaned of what an earlier owner left (automated cleaning), then the server goes off. */
export function preparing(view: View): Outcome {
  const clean = cleans(view);
  return (
    firstOf(
      () => (clean ? bootAgent(view, PREPARE) : null),
      () => (clean ? waitAgent(view, PREPARE) : null),
      () => (clean ? cleanDisks(view, PREPARE) : null),
      () => endAgent(view, PREPARE),
    ) ?? { go: 'goto', state: 'available', change: forgetWork }
  );
}

/** Erases partition tables, file system and RAID signatures: `erase_devices_metadata`. */
export function cleanDisks(view: View, use: AgentUse): Outcome | null {
  return askAgent(view, use, {
    name: 'clean',
    spec: { kind: 'agent.clean', args: { step: 'erase_devices_metadata', boot: view.provisioning.boot ?? '' } },
    step: 'clean',
    says: 'The agent is cleaning the disks (metadata).',
    limitSeconds: view.limits.cleanSeconds,
  });
}
