/** Instance data of a node: what jinja in the user data may ask for. Names are Metal3's (CAPM3 metadata). */

/** Inputs of the recipe `metadata`. */
export interface InstanceData {
  uuid: string;
  name: string;
  'local-hostname': string;
  'metal3-name': string;
  'metal3-namespace': string;
  /** `<namespace>/<host>/<metal3machine>`; with or without `metal3://` in front. */
  providerid: string;
  [more: string]: unknown;
}

/** meta_data.json. CAPM3 keeps `providerid` without its scheme, so that templates write `metal3://{{ ds.meta_data.providerid }}`: ours does too. */
export function renderInstanceData(data: InstanceData): string {
  return `${JSON.stringify({ ...data, providerid: data.providerid.replace(/^metal3:\/\//, '') }, null, 2)}\n`;
}
