/** Power by ComputerSystem.Reset. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Power } from '../bmc.ts';
import { BmcBusy, BmcTimeout, BmcUnsupported } from '../errors.ts';
import type { Resource } from './http.ts';
import { actionOf, RedfishRefused, textAt, textsAt } from './resource.ts';
import type { RedfishService } from './service.ts';

/** Set-state values only: PushPowerButton and PowerCycle would act again when repeated. */
const RESETS = { on: ['On', 'ForceOn'], off: ['ForceOff'] } as const;
const POLL_MS = [100, 250, 500, 1000];

/** The power capability. */
export function redfishPower(service: RedfishService, signal?: AbortSignal): Power {
  const read = async () => textAt((await service.system()).resource, 'PowerState');
  return {
    get: async () => powerOf(await read()),
    set: async (on, waitSeconds) => {
      const { resource, quirks } = await service.system();
      const state = textAt(resource, 'PowerState');
      if (state === (on ? 'On' : 'Off')) return;
      if (state !== (on ? 'PoweringOn' : 'PoweringOff')) {
        await reset(service, resource, on).catch(async (error) => {
          // Refused because it is so already (a request that was answered too late), or because another is under way.
          if (!(error instanceof RedfishRefused) || error.status >= 500) throw error;
          if (powerOf(await read()) === on) return;
          throw quirks.isBusy(error) || error.status === 409 ? new BmcBusy(error.message) : error;
        });
      }
      await reached(service.client.host, read, on, waitSeconds, signal);
    },
  };
}

/** `PowerState` of Redfish as on, off or unknown. */
export function powerOf(state: string): boolean | null {
  if (state === 'Off') return false;
  return ['On', 'PoweringOn', 'PoweringOff', 'Paused'].includes(state) ? true : null;
}

async function reset(service: RedfishService, system: Resource, on: boolean): Promise<void> {
  const action = actionOf(system, '#ComputerSystem.Reset');
  if (!action) throw new BmcUnsupported(`BMC ${service.client.host} offers no power control (no ComputerSystem.Reset)`);
  const allowed = action.allowable('ResetType') ?? (await allowedByInfo(service, action.infoLink));
  const wanted = on ? RESETS.on : RESETS.off;
  const type = allowed ? wanted.find((each) => allowed.includes(each)) : wanted[0];
  if (!type) throw new BmcUnsupported(`BMC ${service.client.host} cannot ${wanted[0]}; it offers ${allowed?.join(', ')}`);
  await service.client.post(action.target, { ResetType: type });
}

async function allowedByInfo(service: RedfishService, link: string | undefined): Promise<string[] | undefined> {
  if (!link) return undefined;
  const parameters = (await service.client.get(link)).Parameters;
  const found = Array.isArray(parameters) ? parameters.find((each) => each?.Name === 'ResetType') : undefined;
  return found ? textsAt(found as Resource, 'AllowableValues') : undefined;
}

async function reached(
  host: string,
  read: () => Promise<string>,
  on: boolean,
  waitSeconds: number,
  signal?: AbortSignal,
): Promise<void> {
  if (waitSeconds <= 0) return;
  const until = Date.now() + waitSeconds * 1000;
  for (let poll = 0; ; poll++) {
    const state = await read();
    if (state === (on ? 'On' : 'Off')) return;
    const wait = POLL_MS[Math.min(poll, POLL_MS.length - 1)]!;
    if (Date.now() + wait > until) {
      throw new BmcTimeout(
        `BMC ${host} still reports power ${state || 'unknown'} ${waitSeconds} s after it was told ${on ? 'On' : 'ForceOff'}`,
      );
    }
    await sleep(wait, undefined, signal ? { signal } : {});
  }
}
