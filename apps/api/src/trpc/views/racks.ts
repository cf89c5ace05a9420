/** The elevation's data: the racks of a site with what stands in them, and what hangs nowhere. */

import { AppError } from '@slipway/core/errors.ts';
import type { RackObject } from '@slipway/core/kinds/rack/kind.ts';
import type { FleetRead } from './fleet-read.ts';
import type { HostRow } from './hosts.ts';

/** A rack with its hosts. */
export interface RackView {
  name: string;
  row: string;
  hall: string;
  facilityID: string;
  units: number;
  order: 'ascending' | 'descending';
  devices: { name: string; unit: number; height: number; kind: string }[];
  hosts: HostRow[];
}

/** A site's racks. */
export interface SiteRacks {
  now: string;
  site: { name: string; displayName: string };
  racks: RackView[];
  /** Hosts of the site without a rack of it, or without a unit. */
  unplaced: HostRow[];
}

const natural = new Intl.Collator('en', { numeric: true });

/** Cuts a site out of the fleet. Throws `notFound`. */
export function siteRacks(fleet: FleetRead, name: string): SiteRacks {
  const site = fleet.sites.find((one) => one.metadata.name === name);
  if (!site) throw new AppError('notFound', `There is no Site ${name}.`);
  const racks = fleet.racks.filter((rack) => rack.spec.site === name).sort(byPlace);
  const hosts = fleet.hosts.filter((host) => host.site === name);
  const known = new Map(racks.map((rack) => [rack.metadata.name, rack]));
  const placed = (host: HostRow) => host.unit !== null && host.rack !== null && host.unit <= unitsOf(known.get(host.rack));
  return {
    now: fleet.now,
    site: { name, displayName: site.spec.displayName ?? '' },
    racks: racks.map((rack) =>
      rackView(
        rack,
        hosts.filter((host) => host.rack === rack.metadata.name && placed(host)),
      ),
    ),
    unplaced: hosts.filter((host) => !placed(host)),
  };
}

function rackView(rack: RackObject, hosts: HostRow[]): RackView {
  const { spec } = rack;
  return {
    name: rack.metadata.name,
    row: spec.row ?? '',
    hall: spec.hall ?? '',
    facilityID: spec.facilityID ?? '',
    units: unitsOf(rack),
    order: spec.order ?? 'ascending',
    devices: spec.devices ?? [],
    hosts: hosts.sort((a, b) => (b.unit ?? 0) - (a.unit ?? 0) || natural.compare(a.name, b.name)),
  };
}

/** 0 for a rack that does not exist: no unit lies in it. */
function unitsOf(rack: RackObject | undefined): number {
  return rack ? (rack.spec.units ?? 42) : 0;
}

function byPlace(a: RackObject, b: RackObject): number {
  const key = (rack: RackObject) => `${rack.spec.hall ?? ''} ${rack.spec.row ?? ''} ${rack.metadata.name}`;
  return natural.compare(key(a), key(b));
}
