/** Where makers differ from each other. One value per maker; a new quirk is a field here with its neutral value. */
import type { BootDevice } from '../../bmc.ts';
import type { RedfishRefused } from '../resource.ts';

/** How a maker's service differs. */
export interface Quirks {
  maker: 'generic' | 'dell' | 'hpe' | 'supermicro';
  /** Boot targets to ask for, best first; the first that the service allows is used. */
  bootTargets(device: BootDevice): string[];
  /** Bodies of InsertMedia, tried in order while the service refuses parameters. */
  insertBodies(url: string): Record<string, unknown>[];
  /** Whether a refusal means "not now". */
  isBusy(refused: RedfishRefused): boolean;
  /** After an eject the slot goes on saying inserted for a while: wait this many seconds for it. */
  ejectSettlesSeconds: number;
}

/** What the specification says. */
export const GENERIC: Quirks = {
  maker: 'generic',
  bootTargets: (device) => [device],
  insertBodies: (url) => [
    { Image: url, Inserted: true, WriteProtected: true },
    { Image: url },
    { Image: url, Inserted: true, TransferMethod: 'Stream', TransferProtocolType: url.startsWith('https') ? 'HTTPS' : 'HTTP' },
  ],
  isBusy: (refused) =>
    refused.says('ResourceInUse') || refused.says('ServiceInUnknownState') || refused.says('ServiceShuttingDown'),
  ejectSettlesSeconds: 0,
};
