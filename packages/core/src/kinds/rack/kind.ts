/** Rack (fleet.slipway.dev/v1alpha1): a cabinet of a Site. Hosts hang in it by their labels, other devices by this list. */
import { z } from 'zod';
import type { FieldError } from '../../errors.ts';
import { defineKind, type ObjectOf } from '../../registry/define-kind.ts';
import { invalid } from '../shared/fields.ts';

const device = z.object({
  name: z.string().min(1).max(128),
  unit: z.int().min(1).max(100).describe('Lowest unit it fills.'),
  height: z.int().min(1).max(100).describe('Units.'),
  kind: z.enum(['switch', 'pdu', 'patch-panel', 'ups', 'storage', 'other']),
});

const spec = z.object({
  site: z.string().min(1).max(253).describe('Name of the Site.'),
  row: z.string().max(64).optional(),
  hall: z.string().max(64).optional(),
  facilityID: z.string().max(64).optional().describe('What the facility calls it.'),
  units: z.int().min(1).max(100).optional().describe('Height in units; 42 unless given.'),
  order: z.enum(['ascending', 'descending']).optional().describe('ascending: unit 1 is at the bottom.'),
  devices: z.array(device).max(100).optional().describe('What is in the rack besides hosts.'),
});

type Spec = z.output<typeof spec>;

function validate(object: { spec: Spec }): FieldError[] {
  const { units = 42, devices = [] } = object.spec;
  const errors: FieldError[] = [];
  const taken = new Map<number, string>();
  devices.forEach((entry, index) => {
    const field = `spec.devices[${index}].unit`;
    if (entry.unit + entry.height - 1 > units) errors.push(invalid(field, entry.unit, `${entry.name} ends above unit ${units}`));
    for (let unit = entry.unit; unit < entry.unit + entry.height; unit++) {
      const other = taken.get(unit);
      if (other) {
        errors.push(invalid(field, entry.unit, `unit ${unit} holds ${other}`));
        break;
      }
      taken.set(unit, entry.name);
    }
  });
  return errors;
}

export const Rack = defineKind({
  group: 'fleet.slipway.dev',
  kind: 'Rack',
  plural: 'racks',
  categories: ['fleet'],
  scope: 'Cluster',
  hub: 'v1alpha1',
  spec,
  status: z.object({}),
  statusSubresource: true,
  columns: [
    { name: 'Site', type: 'string', of: (object) => object.spec.site },
    { name: 'Row', type: 'string', of: (object) => object.spec.row },
    { name: 'Hall', type: 'string', of: (object) => object.spec.hall },
    { name: 'Units', type: 'integer', of: (object) => object.spec.units },
    { name: 'Age', type: 'date', of: (object) => object.metadata.creationTimestamp },
  ],
  defaults: (object) => {
    object.spec.units ??= 42;
    object.spec.order ??= 'ascending';
  },
  validate,
  description: 'A cabinet of a Site: where hosts hang (by label) and what else is in it.',
});

/** A Rack object. */
export type RackObject = ObjectOf<typeof Rack>;
