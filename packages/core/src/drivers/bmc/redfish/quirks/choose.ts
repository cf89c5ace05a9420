/** Which quirks a server has, by what it says of its maker. */
import { DELL } from './dell.ts';
import { HPE } from './hpe.ts';
import { GENERIC, type Quirks } from './quirks.ts';
import { SUPERMICRO } from './supermicro.ts';

/** Quirks by the `Manufacturer` of the ComputerSystem. */
export function quirksOf(manufacturer: string): Quirks {
  const maker = manufacturer.toLowerCase();
  if (maker.includes('dell')) return DELL;
  if (maker.startsWith('hp') || maker.includes('hewlett')) return HPE;
  if (maker.includes('supermicro') || maker.includes('super micro')) return SUPERMICRO;
  return GENERIC;
}
