/** Amounts with their units (DESIGN-LANGUAGE section 14): a space before the unit, GiB for memory, GB and TB for disks. */

/** Memory given in MiB: `256 GiB`. */
export function memory(mebibytes: number | undefined): string {
  if (mebibytes === undefined) return '–';
  return mebibytes < 1024 ? `${mebibytes} MiB` : `${trim(mebibytes / 1024)} GiB`;
}

/** A disk's size given in bytes: `960 GB`, `3.84 TB`. */
export function disk(bytes: number | undefined): string {
  if (bytes === undefined) return '–';
  return bytes < 1e12 ? `${Math.round(bytes / 1e9)} GB` : `${trim(bytes / 1e12)} TB`;
}

/** A count with thousands apart: `1,024`. */
export function count(n: number): string {
  return n.toLocaleString('en-US');
}

/** `1 host`, `2 hosts`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

function trim(n: number): string {
  return n.toFixed(2).replace(/\.?0+$/, '');
}
