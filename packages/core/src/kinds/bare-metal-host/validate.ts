/** Cross-field rules of a BareMetalHost (Metal3's webhook), and warnings for what has no effect yet. */
import type { FieldError } from '../../errors.ts';
import type { KubeObject } from '../../store/object.ts';
import { forbidden, invalid, required } from '../shared/fields.ts';
import { parseBmcAddress } from './bmc-address.ts';
import type { BareMetalHostSpec, HostImage } from './spec.ts';
import type { BareMetalHostStatus } from './status.ts';

type Host = KubeObject<BareMetalHostSpec, BareMetalHostStatus>;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Rules for create and update. */
export function validateHost(host: Host): FieldError[] {
  return [
    ...nameErrors(host),
    ...bmcErrors(host.spec),
    ...diskErrors(host.spec),
    ...imageErrors(host.spec),
    ...otherErrors(host),
  ];
}

function nameErrors({ metadata: { name } }: Host): FieldError[] {
  if (!/^[A-Za-z0-9._-]+$/.test(name))
    return [invalid('metadata.name', name, 'may hold letters, digits, dots, dashes and underscores only')];
  return UUID.test(name) ? [invalid('metadata.name', name, 'must not be a UUID')] : [];
}

function bmcErrors(spec: BareMetalHostSpec): FieldError[] {
  if (!spec.bmc || (spec.bmc.address === '' && spec.bmc.credentialsName === '')) return [];
  const errors: FieldError[] = [];
  const parsed = parseBmcAddress(spec.bmc.address);
  if (typeof parsed === 'string') return [invalid('spec.bmc.address', spec.bmc.address, parsed)];
  if (spec.bmc.credentialsName === '')
    errors.push(required('spec.bmc.credentialsName', 'names the Secret with username and password'));
  if (!spec.bootMACAddress && (parsed.needsBootMAC || (spec.inspectionMode === 'disabled' && parsed.boot === 'network')))
    errors.push(
      required(
        'spec.bootMACAddress',
        `is needed for ${parsed.scheme}:// ${parsed.needsBootMAC ? '' : 'without inspection'}`.trim(),
      ),
    );
  if (spec.bootMode === 'UEFISecureBoot' && parsed.driver === 'ipmi')
    errors.push(invalid('spec.bootMode', spec.bootMode, `${parsed.scheme}:// cannot set secure boot`));
  if (spec.raid?.hardwareRAIDVolumes?.length && parsed.driver === 'ipmi')
    errors.push(invalid('spec.raid.hardwareRAIDVolumes', '', `${parsed.scheme}:// cannot make RAID volumes`));
  if (spec.inspectionMode === 'fast' && parsed.driver !== 'redfish')
    errors.push(invalid('spec.inspectionMode', 'fast', `${parsed.scheme}:// cannot be inspected out of band`));
  return errors;
}

function diskErrors(spec: BareMetalHostSpec): FieldError[] {
  const errors: FieldError[] = [];
  const { raid, rootDeviceHints } = spec;
  const device = rootDeviceHints?.deviceName;
  if (device !== undefined && !/^\/dev\/(disk\/by-path\/)?[^/]+$/.test(device))
    errors.push(invalid('spec.rootDeviceHints.deviceName', device, 'must be /dev/<name> or /dev/disk/by-path/<name>'));
  if (raid?.hardwareRAIDVolumes?.length && raid.softwareRAIDVolumes?.length)
    errors.push(forbidden('spec.raid', 'hardwareRAIDVolumes and softwareRAIDVolumes exclude each other'));
  (raid?.hardwareRAIDVolumes ?? []).forEach((volume, index) => {
    const field = `spec.raid.hardwareRAIDVolumes[${index}]`;
    if (!volume.physicalDisks) return;
    if (!volume.controller) errors.push(required(`${field}.controller`, 'is needed with physicalDisks'));
    if (volume.numberOfPhysicalDisks !== undefined && volume.numberOfPhysicalDisks !== volume.physicalDisks.length)
      errors.push(
        invalid(
          `${field}.numberOfPhysicalDisks`,
          String(volume.numberOfPhysicalDisks),
          `physicalDisks names ${volume.physicalDisks.length}`,
        ),
      );
  });
  const roots = (raid?.softwareRAIDVolumes ?? []).filter((volume) => volume.rootVolume);
  if (roots.length > 1) errors.push(forbidden('spec.raid.softwareRAIDVolumes', 'only one volume can be the rootVolume'));
  if (roots.some((volume) => volume.level !== '1'))
    errors.push(forbidden('spec.raid.softwareRAIDVolumes', 'the rootVolume must be of level 1'));
  if (roots.length > 0 && rootDeviceHints && Object.keys(rootDeviceHints).length > 0)
    errors.push(forbidden('spec.rootDeviceHints', 'must be empty when a software RAID volume is the rootVolume'));
  return errors;
}

function imageErrors({ image }: BareMetalHostSpec): FieldError[] {
  if (!image) return [];
  const errors: FieldError[] = [];
  const scheme = /^([a-z][a-z0-9+.-]*):\/\/./i.exec(image.url)?.[1]?.toLowerCase();
  if (scheme === undefined || !['http', 'https', 'ftp', 'gopher', 'oci'].includes(scheme) || !URL.canParse(image.url))
    errors.push(invalid('spec.image.url', image.url, 'must be a URL of scheme http, https, ftp, gopher or oci'));
  if (scheme === 'oci' && image.checksum) errors.push(forbidden('spec.image.checksum', 'must be empty for oci:// images'));
  if (scheme !== 'oci' && needsChecksum(image) && !image.checksum)
    errors.push(required('spec.image.checksum', 'is needed for this image'));
  return errors;
}

function needsChecksum(image: HostImage): boolean {
  return image.format !== 'live-iso';
}

function otherErrors({ spec, metadata }: Host): FieldError[] {
  const errors: FieldError[] = [];
  if (spec.firmware) errors.push(forbidden('spec.firmware', 'is no longer supported; use HostFirmwareSettings'));
  if (spec.disablePowerOff && !spec.online)
    errors.push(invalid('spec.online', 'false', 'a host with disablePowerOff must stay online'));
  const seen = new Set<string>();
  (spec.networkInterfaces ?? []).forEach((nic, index) => {
    const field = `spec.networkInterfaces[${index}]`;
    if ((nic.name === undefined) === (nic.macAddress === undefined))
      errors.push(invalid(field, '', 'needs exactly one of name and macAddress'));
    const id = nic.name ?? nic.macAddress?.toLowerCase() ?? '';
    if (seen.has(id)) errors.push({ field, reason: 'FieldValueDuplicate', message: `Duplicate value: ${JSON.stringify(id)}` });
    seen.add(id);
  });
  const inspect = metadata.annotations?.['inspect.metal3.io'];
  if (inspect === 'disabled' && spec.inspectionMode !== undefined && spec.inspectionMode !== 'disabled')
    errors.push(forbidden('spec.inspectionMode', 'contradicts the annotation inspect.metal3.io: disabled'));
  return errors;
}

/** Rules on a change. */
export function validateHostUpdate(host: Host, was: Host): FieldError[] {
  const errors: FieldError[] = [];
  const state = was.status?.provisioning?.state ?? '';
  const detached = was.status?.operationalStatus === 'detached';
  const before = was.spec.bmc?.address ?? '';
  if (before !== '' && before !== (host.spec.bmc?.address ?? '') && !mayMoveBmc(was) && !detached)
    errors.push(
      forbidden('spec.bmc.address', `can be changed while the host is registering or detached, not while it is ${state}`),
    );
  const mac = was.spec.bootMACAddress;
  if (mac !== undefined && mac.toLowerCase() !== host.spec.bootMACAddress?.toLowerCase())
    errors.push(forbidden('spec.bootMACAddress', 'can not be changed once it is set'));
  if (
    host.spec.externallyProvisioned &&
    !was.spec.externallyProvisioned &&
    !['', 'unmanaged', 'registering', 'available', 'ready'].includes(state)
  )
    errors.push(forbidden('spec.externallyProvisioned', `can be set on a new or available host, not while it is ${state}`));
  return errors;
}

/** A BMC that never answered, or no longer lets us in, may be given another address: that is how a wrong one is mended. */
function mayMoveBmc(was: Host): boolean {
  const state = was.status?.provisioning?.state ?? '';
  return (
    state === '' ||
    state === 'unmanaged' ||
    state === 'registering' ||
    (was.status?.errorType ?? '').endsWith('registration error')
  );
}

/** Warnings for what is accepted but has not, or not yet, its wished effect. */
export function hostWarnings({ spec }: Host): string[] {
  const warnings: string[] = [];
  const parsed = spec.bmc?.address ? parseBmcAddress(spec.bmc.address) : '';
  if (typeof parsed !== 'string') {
    if (parsed.driver === 'ipmi') warnings.push('spec.bmc.address: no driver for ipmi yet; the host is kept and waits');
    else if (parsed.boot !== 'virtualmedia')
      warnings.push(
        `spec.bmc.address: ${parsed.scheme}:// boots by virtual media in this release, as redfish-virtualmedia:// does`,
      );
  }
  const idle: [string, boolean][] = [
    ['spec.raid', spec.raid !== undefined],
    ['spec.customDeploy', spec.customDeploy !== undefined],
    ['spec.networkInterfaces', (spec.networkInterfaces ?? []).length > 0],
    ['spec.preprovisioningNetworkDataName', spec.preprovisioningNetworkDataName !== undefined],
    ['spec.image.ociAuthSecretName', spec.image?.ociAuthSecretName !== undefined],
    ['spec.disablePowerOff', spec.disablePowerOff === true],
    ['spec.taints', (spec.taints ?? []).length > 0],
  ];
  for (const [field, given] of idle) if (given) warnings.push(`${field} has no effect yet`);
  if (spec.hardwareProfile !== undefined && spec.hardwareProfile !== '')
    warnings.push('spec.hardwareProfile is deprecated and has no effect; use rootDeviceHints');
  if (spec.bootMode === 'UEFISecureBoot') warnings.push('spec.bootMode: secure boot is not set yet; the host boots in UEFI mode');
  if (spec.bootMode === 'legacy')
    warnings.push('spec.bootMode: the agent’s medium starts under UEFI only in this release; in legacy mode it does not boot');
  if (spec.inspectionMode === 'fast')
    warnings.push('spec.inspectionMode: fast is not there yet; the host is inspected by the agent');
  if (spec.image?.format && !['raw', 'qcow2'].includes(spec.image.format))
    warnings.push(`spec.image.format: ${spec.image.format} cannot be written yet; the host waits with it`);
  return warnings;
}
