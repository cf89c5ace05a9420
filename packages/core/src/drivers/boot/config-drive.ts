/** The config drive of a node: ISO 9660 with label `config-2`, as cloud-init's ConfigDrive data source and Ironic know it. */
import { buildIso } from './iso9660.ts';

/** What goes onto a config drive. */
export interface ConfigDrive {
  /** JSON text or an object; cloud-init wants a `uuid` in it. */
  metaData: string | Record<string, unknown>;
  /** cloud-config or another user data format. */
  userData: string;
  /** OpenStack's network_data.json, JSON text. */
  networkData?: string;
}

/** Volume label by which cloud-init finds a config drive. */
export const CONFIG_DRIVE_LABEL = 'config-2';

/** The image's bytes. Throws RangeError above 64 MiB: the agent refuses larger ones (ironic-python-agent). */
export function buildConfigDrive({ metaData, userData, networkData }: ConfigDrive): Uint8Array {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const iso = buildIso(CONFIG_DRIVE_LABEL, [
    { path: 'openstack/latest/meta_data.json', data: bytes(typeof metaData === 'string' ? metaData : JSON.stringify(metaData)) },
    { path: 'openstack/latest/user_data', data: bytes(userData) },
    ...(networkData === undefined ? [] : [{ path: 'openstack/latest/network_data.json', data: bytes(networkData) }]),
  ]);
  if (iso.length > 64 * 1024 * 1024) throw new RangeError(`config drive of ${iso.length} bytes is larger than 64 MiB`);
  return iso;
}
