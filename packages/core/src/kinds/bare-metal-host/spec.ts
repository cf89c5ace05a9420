/** The spec of a BareMetalHost: all fields of Metal3 v1alpha1, also those that have no effect yet (kind.ts warns of them). */
import { z } from 'zod';
import { ObjectReference } from '../shared/schema.ts';

/** corev1.SecretReference. */
export const secretReference = z.object({ name: z.string().max(253).optional(), namespace: z.string().max(63).optional() });

/** Which disk gets the operating system; all hints given must match one disk. */
export const rootDeviceHints = z.object({
  deviceName: z.string().max(253).optional().describe('/dev/… or /dev/disk/by-path/…'),
  hctl: z.string().max(64).optional(),
  model: z.string().max(253).optional().describe('A part of the model name.'),
  vendor: z.string().max(253).optional().describe('A part of the vendor name.'),
  serialNumber: z.string().max(253).optional(),
  minSizeGigabytes: z.int().min(0).optional(),
  wwn: z.string().max(253).optional(),
  wwnWithExtension: z.string().max(253).optional(),
  wwnVendorExtension: z.string().max(253).optional(),
  rotational: z.boolean().optional(),
});

/** What to write onto the disk. */
export const image = z.object({
  url: z.string().max(2048),
  checksum: z.string().max(2048).optional().describe('A digest, or the URL of a checksum file.'),
  checksumType: z.enum(['md5', 'sha256', 'sha512', 'auto']).optional(),
  format: z.enum(['raw', 'qcow2', 'vdi', 'vmdk', 'live-iso']).optional(),
  ociAuthSecretName: z.string().max(253).optional(),
});

/** Firmware boot mode. */
export const bootMode = z.enum(['UEFI', 'UEFISecureBoot', 'legacy']);

/** A step of a custom agent that deploys instead of an image. */
export const customDeploy = z.object({ method: z.string().min(1).max(253) });

const hardwareRaidVolume = z.object({
  sizeGibibytes: z.int().min(0).optional(),
  level: z.enum(['0', '1', '2', '5', '6', '1+0', '5+0', '6+0']),
  name: z.string().max(64).optional(),
  rotational: z.boolean().optional(),
  numberOfPhysicalDisks: z.int().min(1).optional(),
  controller: z.string().max(253).optional(),
  physicalDisks: z.array(z.string().max(253)).max(256).optional(),
});

const softwareRaidVolume = z.object({
  sizeGibibytes: z.int().min(0).optional(),
  level: z.enum(['0', '1', '1+0']),
  physicalDisks: z.array(rootDeviceHints).min(2).max(256).optional(),
  rootVolume: z.boolean().optional(),
});

/** RAID volumes to make. `[]` clears, null leaves alone. */
export const raid = z.object({
  hardwareRAIDVolumes: z.array(hardwareRaidVolume).max(64).nullable().optional(),
  softwareRAIDVolumes: z.array(softwareRaidVolume).max(2).nullable().optional(),
});

/** BIOS settings in their oldest form. */
export const firmware = z.object({
  virtualizationEnabled: z.boolean().optional(),
  simultaneousMultithreadingEnabled: z.boolean().optional(),
  sriovEnabled: z.boolean().optional(),
});

const mac = z.string().regex(/^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}$/, 'must be a MAC address such as aa:bb:cc:dd:ee:01');

const networkInterface = z.object({
  name: z.string().max(64).optional(),
  macAddress: mac.optional(),
  hostNetworkAttachment: z.object({ name: z.string().max(253), namespace: z.string().max(63).optional() }).optional(),
  switchPort: z.object({ switchID: mac.optional(), portID: z.string().max(253).optional() }).optional(),
});

/** Schema of spec. */
export const spec = z.object({
  bmc: z
    .object({
      address: z
        .string()
        .max(1024)
        .describe('scheme://host[:port][/path], such as redfish-virtualmedia://192.168.1.10/redfish/v1/Systems/1'),
      credentialsName: z.string().max(253).describe('Secret with keys username and password, in this namespace.'),
      disableCertificateVerification: z.boolean().optional(),
    })
    .optional(),
  bootMACAddress: mac.optional(),
  bootMode: bootMode.optional(),
  online: z.boolean().describe('Whether the server should be powered on.'),
  disablePowerOff: z.boolean().optional(),
  consumerRef: ObjectReference.optional(),
  image: image.optional(),
  customDeploy: customDeploy.optional(),
  userData: secretReference.optional(),
  networkData: secretReference.optional(),
  metaData: secretReference.optional(),
  preprovisioningNetworkDataName: z.string().max(253).optional(),
  rootDeviceHints: rootDeviceHints.optional(),
  raid: raid.optional(),
  firmware: firmware.optional(),
  hardwareProfile: z.string().max(253).optional(),
  taints: z
    .array(z.object({ key: z.string(), value: z.string().optional(), effect: z.string(), timeAdded: z.string().optional() }))
    .max(64)
    .optional(),
  externallyProvisioned: z.boolean().optional(),
  automatedCleaningMode: z.enum(['metadata', 'disabled']).optional(),
  architecture: z.string().max(64).optional(),
  inspectionMode: z.enum(['disabled', 'agent', 'fast']).optional(),
  networkInterfaces: z.array(networkInterface).max(64).optional(),
  description: z.string().max(1024).optional(),
});

/** spec of a BareMetalHost. */
export type BareMetalHostSpec = z.output<typeof spec>;
/** spec.image. */
export type HostImage = z.output<typeof image>;
/** spec.rootDeviceHints. */
export type RootDeviceHints = z.output<typeof rootDeviceHints>;
