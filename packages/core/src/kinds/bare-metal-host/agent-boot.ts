/** Booting the agent by virtual media, waiting for it, and asking it for work. */
import type { AgentOperation } from '../../runtime/operations.ts';
import { kubeTime } from '../../store/object.ts';
import { act, type Failure } from './act.ts';
import { firstOf, type HostError, limit, type Outcome, sentence } from './outcome.ts';
import type { HostErrorType, HostStep } from './status.ts';
import { after, modeOf, until, type View } from './view.ts';

/** Begins the names of boots whose agent shall report its inventory. */
export const INSPECTION_BOOT = 'inspect-';

/** What a state wants of an agent. */
export interface AgentUse {
  errorType: Exclude<HostErrorType, ''>;
  /** For what the agent is booted: `inspect it`. */
  purpose: string;
  /** Decides when the agent is lost or refuses for good. Default: boot it anew after a pause. */
  onFinal?: (failure: Failure) => Outcome;
  keepError?: boolean;
}

/** Boots the agent of this boot: off, ISO in, boot once from CD, on. null once the server was switched on. */
export function bootAgent(view: View, use: AgentUse): Outcome | null {
  const pause = pausedAfterFailure(view, use);
  if (pause) return pause;
  const { boot } = view.provisioning;
  if (!boot)
    return {
      go: 'wait',
      because: { sentence: 'The host is about to boot the agent.', tone: 'waits' },
      change: freshBoot(view, inspects(view)),
      ...keep(use),
    };
  const bmc = (name: string, spec: Parameters<typeof act>[1]['spec']) => () =>
    act(view, {
      id: `${boot}/${name}`,
      spec,
      step: 'boot-agent',
      says: `The server is booting the agent by virtual media, to ${use.purpose}.`,
      errorType: use.errorType,
      onFinal: final(view, use),
      ...keep(use),
    });
  return firstOf(
    bmc('off', { kind: 'bmc.power', args: { on: false } }),
    bmc('insert-agent', { kind: 'bmc.insertAgent', args: { boot } }),
    bmc('boot-cd', { kind: 'bmc.bootOnce', args: { device: 'Cd', mode: modeOf(view) } }),
    bmc('on', { kind: 'bmc.power', args: { on: true } }),
  );
}

/** Waits for this boot's agent to speak. An agent of another boot is nobody. */
export function waitAgent(view: View, use: AgentUse): Outcome | null {
  const { boot } = view.provisioning;
  const { agent } = view.seen;
  if (agent && agent.boot === boot && agent.callbackUrl && agent.heartbeatAt) return null;
  return waitForBoot(view, use, 'wait-agent', 'The agent has not reported yet.', 'the agent did not report');
}

/** Waits for something that the booted agent should send, until the boot has taken too long. */
export function waitForBoot(view: View, use: AgentUse, step: HostStep, says: string, missing: string): Outcome {
  const on = view.operation(`${view.uid}/${view.provisioning.boot}/on`);
  const since = on?.finishedAt ?? view.provisioning.since ?? kubeTime(view.now);
  const at = after(since, view.limits.agentBootSeconds);
  if (Date.parse(at) <= view.now.getTime()) {
    const message = `${missing} within ${view.limits.agentBootSeconds} seconds of power on`;
    return final(view, use)({ code: 'AgentGone', message: message.charAt(0).toUpperCase() + message.slice(1), at });
  }
  return {
    go: 'wait',
    step,
    because: {
      sentence: sentence(says),
      since,
      limit: limit(at, 'the host boots the agent again'),
      wayOut: 'Look at the server’s console if it does not boot.',
      tone: 'waits',
    },
    wakeAfterSeconds: until(view, at),
    ...keep(use),
  };
}

/** One command to the agent of this boot. null once it has succeeded. */
export function askAgent(
  view: View,
  use: AgentUse,
  wanted: { name: string; spec: AgentOperation; step?: HostStep; says: string; limitSeconds: number },
): Outcome | null {
  const id = `${view.provisioning.boot}/${wanted.name}`;
  const done = view.operation(`${view.uid}/${id}`)?.state === 'succeeded';
  const { agent } = view.seen;
  const heard = agent?.boot === view.provisioning.boot ? agent?.heartbeatAt : undefined;
  if (!done && heard) {
    const silentAt = after(heard, view.limits.agentSilentSeconds);
    if (Date.parse(silentAt) <= view.now.getTime()) {
      const message = `The agent has been silent since ${heard.slice(0, 19)}Z`;
      return final(view, use)({ code: 'AgentGone', message, at: silentAt });
    }
  }
  return act(view, {
    id,
    spec: wanted.spec,
    ...(wanted.step ? { step: wanted.step } : {}),
    says: wanted.says,
    errorType: use.errorType,
    limitSeconds: wanted.limitSeconds,
    onFinal: final(view, use),
    ...keep(use),
  });
}

/** Switches the server off and takes the agent's medium out. */
export function endAgent(view: View, use: AgentUse): Outcome | null {
  const { boot } = view.provisioning;
  if (!boot) return null;
  const bmc = (name: string, spec: Parameters<typeof act>[1]['spec']) => () =>
    act(view, {
      id: `${boot}/${name}`,
      spec,
      step: 'power-off',
      says: 'The server is being switched off and its virtual medium taken out.',
      errorType: use.errorType,
      onFinal: final(view, use),
      ...keep(use),
    });
  return firstOf(
    bmc('end-off', { kind: 'bmc.power', args: { on: false } }),
    bmc('end-eject', { kind: 'bmc.ejectMedia', args: {} }),
  );
}

/**
 * Gives the host a new boot: whatever still speaks for the old one is not heard any more. Boots that start in inspecting are named
 * differently: the ISO of a boot, which the BMC reads in many pieces, must not change with the host's state.
 */
export function freshBoot(view: View, inspect: boolean): (host: { status: { provisioning: { boot?: string } } }) => void {
  const boot = `${inspect ? INSPECTION_BOOT : ''}${view.env.suffix()}`;
  return (host) => {
    host.status.provisioning.boot = boot;
  };
}

function final(view: View, use: AgentUse): (failure: Failure) => Outcome {
  return use.onFinal ?? ((failure) => bootAgain(view, use.errorType, failure));
}

/** Counts the failure and boots the agent anew after a pause that doubles each time. */
export function bootAgain(view: View, type: Exclude<HostErrorType, ''>, failure: Failure): Outcome {
  const count = (view.host.status?.errorCount ?? 0) + 1;
  const pause = Math.min(view.limits.backoffFirstSeconds * 2 ** Math.min(count, 20), view.limits.backoffMostSeconds);
  const retryAt = after(kubeTime(view.now), pause);
  const fresh = freshBoot(view, inspects(view));
  return retryLater(view, { type, message: failure.message, count }, retryAt, (host) => {
    fresh(host);
    host.status.provisioning.step = 'boot-agent';
    host.status.provisioning.retryAt = retryAt;
  });
}

/** While the pause after a failure lasts, the error stays as it is. */
function pausedAfterFailure(view: View, use: AgentUse): Outcome | null {
  const { retryAt } = view.provisioning;
  const { errorMessage, errorCount = 1, errorType } = view.host.status ?? {};
  if (!retryAt || Date.parse(retryAt) <= view.now.getTime() || !errorMessage) return null;
  return retryLater(view, { type: errorType || use.errorType, message: errorMessage, count: errorCount }, retryAt);
}

function retryLater(view: View, error: HostError, retryAt: string, change?: Extract<Outcome, { go: 'fail' }>['change']): Outcome {
  return {
    go: 'fail',
    error,
    because: {
      sentence: sentence(error.message),
      limit: limit(retryAt, 'the host boots the agent again'),
      wayOut: 'Look at the server’s console and at its events.',
      tone: 'fault',
    },
    wakeAfterSeconds: until(view, retryAt),
    ...(change ? { change } : {}),
  };
}

function keep(use: AgentUse): { keepError?: boolean } {
  return use.keepError ? { keepError: true } : {};
}

function inspects(view: View): boolean {
  return view.state === 'inspecting';
}
