/** Virtual CD. Slots live under the system (newer services) or under its manager. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { VirtualMedia } from '../bmc.ts';
import { BmcBusy, BmcTimeout, BmcUnsupported } from '../errors.ts';
import type { Resource } from './http.ts';
import type { Quirks } from './quirks/quirks.ts';
import { actionOf, linkAt, linksAt, RedfishRefused, textAt, textsAt } from './resource.ts';
import type { RedfishService } from './service.ts';

const INSERT = '#VirtualMedia.InsertMedia';
const EJECT = '#VirtualMedia.EjectMedia';

interface Slot {
  path: string;
  resource: Resource;
}

/** The virtual media capability. */
export function redfishVirtualMedia(service: RedfishService, signal?: AbortSignal): VirtualMedia {
  return {
    inserted: async () => imageOf(await cdSlot(service)),
    insert: async (url) => {
      const { quirks } = await service.system();
      const slot = await cdSlot(service);
      if (imageOf(slot) === url) return;
      if (imageOf(slot) !== null) await ejectFrom(service, slot, quirks, signal);
      await insertInto(service, slot, url, quirks);
    },
    eject: async () => {
      const slot = await cdSlot(service);
      if (imageOf(slot) === null) return;
      await ejectFrom(service, slot, (await service.system()).quirks, signal);
    },
  };
}

/** URL in the slot; '' if the service hides it; null if empty. Some leave the old URL behind with Inserted false. */
function imageOf(slot: Slot): string | null {
  const image = slot.resource.Image;
  if (slot.resource.Inserted === false) return null;
  if (typeof image === 'string' && image) return image;
  return slot.resource.Inserted === true ? '' : null;
}

async function insertInto(service: RedfishService, slot: Slot, url: string, quirks: Quirks): Promise<void> {
  const target = actionOf(slot.resource, INSERT)?.target;
  // Lenovo SD530 has no action: the slot itself is patched.
  if (!target) return service.client.patch(slot.path, { Image: url, Inserted: true });
  const bodies = quirks.insertBodies(url);
  for (const [index, body] of bodies.entries()) {
    try {
      return void (await service.client.post(target, body));
    } catch (error) {
      if (!(error instanceof RedfishRefused)) throw error;
      if (quirks.isBusy(error)) throw new BmcBusy(error.message);
      if (index === bodies.length - 1 || !isAboutParameters(error)) throw error;
    }
  }
}

function isAboutParameters(error: RedfishRefused): boolean {
  return (
    error.status === 400 &&
    (error.says('Parameter') || error.says('Property') || error.says('GeneralError') || error.messageIds[0] === '')
  );
}

async function ejectFrom(service: RedfishService, slot: Slot, quirks: Quirks, signal?: AbortSignal): Promise<void> {
  const target = actionOf(slot.resource, EJECT)?.target;
  // iLO wants a body, be it empty.
  if (target) await service.client.post(target, {});
  else await service.client.patch(slot.path, { Image: null, Inserted: false });
  const until = Date.now() + quirks.ejectSettlesSeconds * 1000;
  while (quirks.ejectSettlesSeconds > 0) {
    const resource = await service.client.get(slot.path);
    if (imageOf({ path: slot.path, resource }) === null) return;
    if (Date.now() > until)
      throw new BmcTimeout(`BMC ${service.client.host} still shows media ${quirks.ejectSettlesSeconds} s after the eject`);
    await sleep(500, undefined, signal ? { signal } : {});
  }
}

/** The slot for a CD: one that can be inserted into, CD before DVD. */
async function cdSlot(service: RedfishService): Promise<Slot> {
  const known = await service.client.known();
  if (known.media) return { path: known.media, resource: await service.client.get(known.media) };
  const slots = await allSlots(service);
  const usable = slots.filter(({ resource }) => actionOf(resource, INSERT) || !('Actions' in resource));
  const found =
    usable.find(({ resource }) => textsAt(resource, 'MediaTypes').includes('CD')) ??
    usable.find(({ resource }) => textsAt(resource, 'MediaTypes').includes('DVD'));
  if (!found) throw new BmcUnsupported(`BMC ${service.client.host} has no virtual CD drive that can be inserted into (license?)`);
  known.media = found.path;
  return found;
}

async function allSlots(service: RedfishService): Promise<Slot[]> {
  const { resource: system } = await service.system();
  const managerPath = await service.managerPath(system);
  const collections = [
    linkAt(system, 'VirtualMedia'),
    managerPath && linkAt(await service.client.get(managerPath), 'VirtualMedia'),
  ];
  const slots: Slot[] = [];
  for (const collection of collections) {
    if (!collection) continue;
    const members = linksAt(await service.client.get(collection), 16, 'Members');
    for (const path of members) slots.push({ path, resource: await service.client.get(path) });
    if (slots.some(({ resource }) => textAt(resource, 'Id') && textsAt(resource, 'MediaTypes').includes('CD'))) break;
  }
  return slots;
}
