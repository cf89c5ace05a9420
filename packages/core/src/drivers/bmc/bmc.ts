/**
 * What a BMC can do, as capabilities: a driver offers those that it has. All calls are safe to repeat, end within the
 * `timeoutSeconds` the BMC was opened with (per request; `power.set` may wait longer, as asked), and throw only errors of errors.ts.
 */

/** Power of the server behind the BMC. */
export interface Power {
  /** true = on (also while powering off is in progress), false = off, null = the BMC does not know. */
  get(): Promise<boolean | null>;
  /**
   * Asks for the state and waits until the BMC reports it, at most `waitSeconds` (0 = do not wait), then throws BmcTimeout. Already so:
   * nothing is sent. Off is a hard off (Redfish ForceOff); never a toggle or a cycle.
   */
  set(on: boolean, waitSeconds: number): Promise<void>;
}

/** From where a server may be told to boot. */
export type BootDevice = 'Cd' | 'Pxe' | 'Hdd';
/** Firmware mode of a boot. */
export type BootMode = 'UEFI' | 'Legacy';

/** One-time boot override. */
export interface BootOnce {
  /** The next power on boots from `device`, once. Repeating changes nothing. Set it while the server is off: some BMCs refuse during POST. */
  set(device: BootDevice, mode: BootMode): Promise<void>;
}

/** The virtual CD drive. */
export interface VirtualMedia {
  /** URL of the inserted image as the BMC reports it (some hide or rewrite it: then ''), or null when the drive is empty. */
  inserted(): Promise<string | null>;
  /** Inserts `url` (http or https, reachable by the BMC), replacing what was there. Already inserted with the same URL: nothing. */
  insert(url: string): Promise<void>;
  /** Empties the drive; nothing if it is empty. */
  eject(): Promise<void>;
}

/** What the BMC says of its server. Hostile text: bounded in length, never markup. Missing: ''. */
export interface BmcIdentity {
  /** Redfish system id, `System.Embedded.1`. */
  systemId: string;
  manufacturer: string;
  model: string;
  serialNumber: string;
  /** System UUID, lower case. */
  uuid: string;
  bmcFirmware: string;
  biosVersion: string;
  bootMode?: BootMode;
  power: boolean | null;
  /** DMTF health rollup: OK, Warning, Critical. */
  health?: string;
}

/** Hardware as the BMC knows it, without booting anything. */
export interface BmcInventory {
  cpu: { count: number; cores: number; model: string };
  memoryMebibytes: number;
  nics: { name: string; mac: string; speedMbps?: number; linkUp?: boolean }[];
  disks: { name: string; model: string; serialNumber: string; sizeBytes: number; rotational: boolean }[];
  /** Parts that the BMC failed to tell: their lists are empty because of that, not because there is nothing. */
  unread: ('nics' | 'disks')[];
}

/** Hardware inventory out of band. */
export interface Inventory {
  /** At most 64 network interfaces and 256 disks are read. */
  read(): Promise<BmcInventory>;
}

/** An open BMC. */
export interface Bmc {
  /** Reads identity and power; the cheapest call that proves address and credentials. */
  identity(): Promise<BmcIdentity>;
  power: Power;
  bootOnce?: BootOnce;
  virtualMedia?: VirtualMedia;
  inventory?: Inventory;
  /** Ends what this handle holds. The login is kept for the next handle to the same BMC (see closeBmcSessions). */
  close(): Promise<void>;
}

/** How to reach a BMC. */
export interface BmcAccess {
  /** As in spec.bmc.address of a BareMetalHost: `redfish-virtualmedia+https://192.168.1.10/redfish/v1/Systems/1`. */
  address: string;
  username: string;
  password: string;
  /** false = any certificate is accepted (spec.bmc.disableCertificateVerification). */
  verifyTls: boolean;
  /** HTTP CONNECT proxy that leads into the site. */
  proxyURL?: string;
  /** Limit of one request. */
  timeoutSeconds: number;
  signal?: AbortSignal;
}
