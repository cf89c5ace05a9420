/** What the agent is told of a host and its image, in ironic-python-agent's words. Secrets are read here, at the moment of acting. */
import { gzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { buildConfigDrive } from '../drivers/boot/config-drive.ts';
import type { BareMetalHostObject } from '../kinds/bare-metal-host/kind.ts';
import { type AgentOperation, OPERATION_ERRORS, type SecretName } from '../runtime/operations.ts';
import type { Store } from '../store/store.ts';
import { Failed } from './host-access.ts';
import { readSecret } from './secrets.ts';

type WriteArgs = Extract<AgentOperation, { kind: 'agent.writeImage' }>['args'];
type Hints = Record<string, string | number | boolean | undefined>;

/** How each root device hint is compared: exact, part of, at least (Metal3 to Ironic, reference 1.6). */
const HINTS: Record<string, { name: string; operator: string }> = {
  hctl: { name: 'hctl', operator: 's== ' },
  model: { name: 'model', operator: '<in> ' },
  vendor: { name: 'vendor', operator: '<in> ' },
  serialNumber: { name: 'serial', operator: 's== ' },
  minSizeGigabytes: { name: 'size', operator: '>= ' },
  wwn: { name: 'wwn', operator: 's== ' },
  wwnWithExtension: { name: 'wwn_with_extension', operator: 's== ' },
  wwnVendorExtension: { name: 'wwn_vendor_extension', operator: 's== ' },
  rotational: { name: 'rotational', operator: '' },
};

/** Root device hints as the agent reads them. */
export function agentHints(hints: Hints | undefined): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [field, value] of Object.entries(hints ?? {})) {
    if (value === undefined || value === '' || (field === 'minSizeGigabytes' && value === 0)) continue;
    if (field === 'deviceName') found[String(value).startsWith('/dev/disk/by-path/') ? 'by_path' : 'name'] = `s== ${value}`;
    else if (HINTS[field]) found[HINTS[field].name] = `${HINTS[field].operator}${value}`;
  }
  return found;
}

/** The node as steps get it. */
export function nodeOf(host: BareMetalHostObject, hints: Hints | undefined) {
  const root = agentHints(hints);
  return {
    uuid: host.metadata.uid,
    name: `${host.metadata.namespace}~${host.metadata.name}`,
    properties: Object.keys(root).length > 0 ? { root_device: root } : {},
    instance_info: {},
    driver_internal_info: {},
  };
}

/** Arguments of the step write_image: the image, and the config drive as base64 of gzip of ISO 9660. */
export async function imageParams(store: Store, host: BareMetalHostObject, args: WriteArgs) {
  const { url, checksum, checksumType, format } = args.image;
  const isURL = /^https?:\/\//.test(checksum);
  const digest =
    checksumType === 'md5' || (isURL && checksumType === undefined)
      ? { checksum }
      : { os_hash_algo: checksumType, os_hash_value: checksum };
  return {
    image_info: {
      id: url.split('/').at(-1) ?? url,
      urls: [url],
      disk_format: format,
      container_format: 'bare',
      ...digest,
      stream_raw_images: true,
      node_uuid: host.metadata.uid,
      image_type: 'whole-disk',
      deploy_boot_mode: host.spec.bootMode === 'legacy' ? 'bios' : 'uefi',
    },
    configdrive: await configDrive(store, host, args),
  };
}

async function configDrive(store: Store, host: BareMetalHostObject, args: WriteArgs): Promise<string> {
  const userData = await dataOf(store, host, args.userData, 'userData');
  const metaData = objectIn(await dataOf(store, host, args.metaData, 'metaData'), args.metaData);
  const networkData = objectIn(await dataOf(store, host, args.networkData, 'networkData'), args.networkData);
  const iso = buildConfigDrive({
    metaData: JSON.stringify({ ...defaultMetaData(host), ...metaData }),
    userData: userData ?? '',
    ...(networkData ? { networkData: JSON.stringify(networkData) } : {}),
  });
  return gzipSync(iso).toString('base64');
}

/** What Metal3 puts into every host's metadata. */
function defaultMetaData(host: BareMetalHostObject): Record<string, string> {
  const { uid, name, namespace = '' } = host.metadata;
  return { uuid: uid, name, 'local-hostname': name, 'metal3-name': name, 'metal3-namespace': namespace };
}

/** A data Secret's text. Only Secrets of the host's namespace or of its consumer's are read. */
async function dataOf(
  store: Store,
  host: BareMetalHostObject,
  secret: SecretName | undefined,
  key: string,
): Promise<string | undefined> {
  if (!secret) return undefined;
  const full = `${secret.namespace}/${secret.name}`;
  if (secret.namespace !== host.metadata.namespace && secret.namespace !== host.spec.consumerRef?.namespace) {
    throw new Failed(OPERATION_ERRORS.badInput, `Secret ${full} lies in a namespace that does not hold this host`, false);
  }
  const data = await readSecret(store, secret.namespace, secret.name);
  if (!data) throw new Failed(OPERATION_ERRORS.badInput, `Secret ${full} does not exist`, true);
  const text = data[key] ?? data.value;
  if (text === undefined) throw new Failed(OPERATION_ERRORS.badInput, `Secret ${full} has neither ${key} nor value`, true);
  return text;
}

/** JSON is YAML. The message names the Secret, never its content. */
function objectIn(text: string | undefined, secret: SecretName | undefined): Record<string, unknown> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = parse(text, { maxAliasCount: 20 });
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Falls through: what the parser says would quote the Secret.
  }
  throw new Failed(
    OPERATION_ERRORS.badInput,
    `Secret ${secret?.namespace}/${secret?.name} holds neither a JSON nor a YAML object`,
    true,
  );
}
