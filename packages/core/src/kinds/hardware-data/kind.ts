/** HardwareData (metal3.io/v1alpha1): what inspection found in a server. Same name and namespace as its BareMetalHost, owned by it. */
import { z } from 'zod';
import { defineKind, type ObjectOf } from '../../registry/define-kind.ts';

const text = z.string().max(512).optional();
const vlan = z.object({ id: z.int().min(0).max(4094).optional(), name: text });

const nic = z.object({
  name: text,
  /** PCI vendor and product, `0x8086 0x1572`. */
  model: text,
  mac: z
    .string()
    .regex(/^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}$/, 'must be a MAC address such as aa:bb:cc:dd:ee:01')
    .optional(),
  ip: text,
  speedGbps: z.int().min(0).optional(),
  vlans: z.array(vlan).max(128).optional(),
  vlanId: z.int().min(0).max(4094).optional(),
  pxe: z.boolean().optional(),
  lldp: z.object({ switchID: text, portID: text, switchSystemName: text }).optional(),
  pciAddress: text,
});

const storage = z.object({
  /** A name that is stable across boots where there is one (`/dev/disk/by-path/…`). */
  name: text,
  alternateNames: z.array(z.string().max(512)).max(16).optional(),
  rotational: z.boolean().optional(),
  type: z.enum(['HDD', 'SSD', 'NVME']).optional(),
  sizeBytes: z.int().min(0).optional(),
  vendor: text,
  model: text,
  serialNumber: text,
  wwn: text,
  wwnVendorExtension: text,
  wwnWithExtension: text,
  hctl: text,
});

/** Hardware of one server, as Metal3's HardwareDetails. */
export const hardwareDetails = z.object({
  systemVendor: z.object({ manufacturer: text, productName: text, serialNumber: text }).optional(),
  firmware: z.object({ bios: z.object({ date: text, vendor: text, version: text }).optional() }).optional(),
  ramMebibytes: z.int().min(0).optional(),
  nics: z.array(nic).max(256).optional(),
  storage: z.array(storage).max(512).optional(),
  cpu: z
    .object({
      arch: text,
      model: text,
      clockMegahertz: z.number().min(0).optional(),
      flags: z.array(z.string().max(64)).max(1024).optional(),
      count: z.int().min(0).optional(),
    })
    .optional(),
  hostname: text,
});

/** Hardware of one server. */
export type HardwareDetails = z.output<typeof hardwareDetails>;
/** One network interface; a dual-stack one appears once per address. */
export type HardwareNic = z.output<typeof nic>;
/** One disk. */
export type HardwareStorage = z.output<typeof storage>;

export const HardwareData = defineKind({
  group: 'metal3.io',
  kind: 'HardwareData',
  plural: 'hardwaredata',
  shortNames: ['hd'],
  scope: 'Namespaced',
  hub: 'v1alpha1',
  spec: z.object({ hardware: hardwareDetails.optional() }),
  status: z.object({}),
  statusSubresource: false,
  columns: [
    {
      name: 'Age',
      type: 'date',
      description: 'Time since creation',
      of: (object) => object.metadata.creationTimestamp,
    },
  ],
  description: 'The hardware that inspection found on the BareMetalHost of the same name.',
});

/** A HardwareData object. */
export type HardwareDataObject = ObjectOf<typeof HardwareData>;
