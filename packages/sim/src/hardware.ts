/** What is inside a simulated server. */
import type { ServerSpec } from './layout.ts';

/** A disk as ironic-python-agent reports it. */
export interface DiskHardware {
  name: string;
  model: string;
  size: number;
  rotational: boolean;
  serial: string;
  vendor: string | null;
  wwn: string;
  wwn_with_extension: string;
  wwn_vendor_extension: string | null;
  hctl: string | null;
  by_path: string;
  logical_sectors: number;
  physical_sectors: number;
  tran: string;
}

/** The disks; under the fault `disk-missing` the first, which the root device hint names, is gone. */
export function disksOf(spec: ServerSpec, faults: ReadonlySet<string>): DiskHardware[] {
  const all = [0, 1].map((index): DiskHardware => {
    const serial = `S6${spec.serialNumber}${index}`;
    const wwn = `eui.0025385${spec.serialNumber.toLowerCase().padStart(8, '0')}${index}`;
    return {
      name: `/dev/nvme${index}n1`,
      model: 'SAMSUNG MZQL2960HCJR-00A07',
      size: index === 0 ? 960_197_124_096 : 3_840_755_982_336,
      rotational: false,
      serial,
      vendor: null,
      wwn,
      wwn_with_extension: wwn,
      wwn_vendor_extension: null,
      hctl: null,
      by_path: `/dev/disk/by-path/pci-0000:${index === 0 ? '65' : '66'}:00.0-nvme-1`,
      logical_sectors: 512,
      physical_sectors: 4096,
      tran: 'nvme',
    };
  });
  return faults.has('disk-missing') ? all.slice(1) : all;
}
