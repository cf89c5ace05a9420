/** Supermicro X11 and later. */
import { GENERIC, type Quirks } from './quirks.ts';

/** Virtual media appears as a USB drive at boot, and InsertMedia takes no other parameter than the image. */
export const SUPERMICRO: Quirks = {
  ...GENERIC,
  maker: 'supermicro',
  bootTargets: (device) => (device === 'Cd' ? ['UsbCd', 'Cd'] : [device]),
  insertBodies: (url) => [{ Image: url }, ...GENERIC.insertBodies(url)],
};
