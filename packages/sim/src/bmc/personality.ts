/** How the three makers' Redfish services differ: paths, texts, and what they refuse. */
import type { Vendor } from '../layout.ts';

/** A maker's service. */
export interface Personality {
  manufacturer: string;
  /** ServiceRoot.Vendor. */
  vendor: string;
  systemId: string;
  managerId: string;
  chassisId: string;
  bmcFirmware: string;
  biosVersion: string;
  redfishVersion: string;
  /** Whether virtual media lives under the system or its manager. */
  mediaUnder: 'Systems' | 'Managers';
  slots: { id: string; types: string[] }[];
  /** Boot target under which the inserted CD starts. */
  cdTargets: string[];
  bootTargets: string[];
  resetTypes: string[];
  /** Reset values are told by ActionInfo instead of in place. */
  resetInfo: boolean;
  /** PATCH needs If-Match, compared strongly though given as weak. */
  strictEtags: boolean;
  /** InsertMedia takes `Image` alone. */
  imageOnly: boolean;
  /** InsertMedia answers 202 with a task. */
  insertTask: boolean;
  /** Reads after an eject that still say inserted. */
  ejectLagReads: number;
  /** EjectMedia wants a JSON body. */
  ejectNeedsBody: boolean;
  /** Boot override cannot be changed during POST, power on while on is refused. */
  strictStates: boolean;
  /** A boot target that is set without BootSourceOverrideEnabled switches the override off. */
  forgetsEnabled: boolean;
  messagePrefix: string;
}

const RESETS = ['On', 'ForceOff', 'GracefulShutdown', 'GracefulRestart', 'ForceRestart', 'Nmi', 'PushPowerButton'];

const COMMON = {
  resetTypes: RESETS,
  resetInfo: false,
  strictEtags: false,
  imageOnly: false,
  insertTask: false,
  ejectLagReads: 0,
  ejectNeedsBody: false,
  strictStates: false,
  forgetsEnabled: false,
} as const;

/** The personality of each maker. */
export const PERSONALITIES: Record<Vendor, Personality> = {
  dell: {
    ...COMMON,
    manufacturer: 'Dell Inc.',
    vendor: 'Dell',
    systemId: 'System.Embedded.1',
    managerId: 'iDRAC.Embedded.1',
    chassisId: 'System.Embedded.1',
    bmcFirmware: '7.10.50.00',
    biosVersion: '1.15.2',
    redfishVersion: '1.17.0',
    mediaUnder: 'Systems',
    slots: [
      { id: '1', types: ['CD', 'DVD', 'USBStick'] },
      { id: '2', types: ['CD', 'DVD', 'USBStick'] },
    ],
    cdTargets: ['Cd'],
    bootTargets: ['None', 'Pxe', 'Floppy', 'Cd', 'Hdd', 'BiosSetup', 'Utilities', 'UefiTarget', 'SDCard', 'UefiHttp'],
    resetTypes: [...RESETS, 'PowerCycle'],
    insertTask: true,
    ejectLagReads: 1,
    messagePrefix: 'IDRAC.2.8',
  },
  hpe: {
    ...COMMON,
    manufacturer: 'HPE',
    vendor: 'HPE',
    systemId: '1',
    managerId: '1',
    chassisId: '1',
    bmcFirmware: 'iLO 6 v1.56',
    biosVersion: 'U54 v2.12 (02/17/2024)',
    redfishVersion: '1.13.0',
    mediaUnder: 'Managers',
    slots: [
      { id: '1', types: ['Floppy', 'USBStick'] },
      { id: '2', types: ['CD', 'DVD'] },
    ],
    cdTargets: ['Cd'],
    bootTargets: [
      'None',
      'Cd',
      'Hdd',
      'Usb',
      'SDCard',
      'Utilities',
      'Diags',
      'BiosSetup',
      'Pxe',
      'UefiShell',
      'UefiHttp',
      'UefiTarget',
    ],
    ejectNeedsBody: true,
    strictStates: true,
    messagePrefix: 'iLO.2.24',
  },
  supermicro: {
    ...COMMON,
    manufacturer: 'Supermicro',
    vendor: 'Supermicro',
    systemId: '1',
    managerId: '1',
    chassisId: '1',
    bmcFirmware: '01.03.17',
    biosVersion: '1.8a',
    redfishVersion: '1.11.0',
    mediaUnder: 'Managers',
    slots: [{ id: 'VirtualMedia1', types: ['CD', 'DVD'] }],
    cdTargets: ['UsbCd'],
    bootTargets: ['None', 'Pxe', 'Floppy', 'Cd', 'Usb', 'Hdd', 'BiosSetup', 'UsbCd', 'UefiBootNext', 'UefiHttp'],
    resetInfo: true,
    strictEtags: true,
    imageOnly: true,
    forgetsEnabled: true,
    messagePrefix: 'SMC.1.0',
  },
};
