/** Dell iDRAC. */
import { GENERIC, type Quirks } from './quirks.ts';

/** SYS518 = the Lifecycle Controller is not ready; VRM0012 and the slot's own state lag behind an eject. */
export const DELL: Quirks = {
  ...GENERIC,
  maker: 'dell',
  isBusy: (refused) => GENERIC.isBusy(refused) || refused.says('SYS518') || refused.says('SYS446') || refused.says('VRM0012'),
  ejectSettlesSeconds: 20,
};
