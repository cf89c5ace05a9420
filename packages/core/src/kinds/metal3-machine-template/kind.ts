/** Metal3MachineTemplate: what Metal3Machines are cloned from (CAPM3). */
import { z } from 'zod';
import { type Column, defineKind, type ObjectOf } from '../../registry/define-kind.ts';
import {
  imageMoves,
  machineSpecErrors,
  machineSpecSchema,
  machineSpecV1beta1Schema,
  machineSpecWarnings,
} from '../metal3-machine/parts.ts';
import { conversion } from '../shared/convert.ts';
import { CATEGORY, GROUPS } from '../shared/labels.ts';
import { TemplateMeta } from '../shared/schema.ts';

const templateOf = <Schema extends z.ZodType>(spec: Schema) =>
  z.object({ nodeReuse: z.boolean().optional(), template: z.object({ metadata: TemplateMeta.optional(), spec }) });

const spec = templateOf(machineSpecSchema);
const status = z.object({});

const age: Column<z.output<typeof spec>, z.output<typeof status>> = {
  name: 'Age',
  type: 'date',
  of: (object) => object.metadata.creationTimestamp,
};

export const Metal3MachineTemplate = defineKind({
  group: GROUPS.infrastructure,
  kind: 'Metal3MachineTemplate',
  plural: 'metal3machinetemplates',
  shortNames: ['m3mt', 'm3machinetemplate', 'm3machinetemplates', 'metal3mt', 'metal3machinetemplate'],
  categories: [CATEGORY],
  scope: 'Namespaced',
  hub: 'v1beta2',
  spec,
  status,
  statusSubresource: true,
  columns: [age],
  versions: [
    {
      name: 'v1beta1',
      served: true,
      deprecated: true,
      schema: { spec: templateOf(machineSpecV1beta1Schema), status },
      ...conversion(GROUPS.infrastructure, 'v1beta2', 'v1beta1', imageMoves('spec.template.spec')),
    },
  ],
  validate: (object) => machineSpecErrors(object.spec.template.spec, 'spec.template.spec'),
  warnings: (object) => machineSpecWarnings(object.spec.template.spec, 'spec.template.spec'),
  description: 'Metal3MachineTemplate is what the Metal3Machines of a control plane or a MachineDeployment are cloned from.',
});

/** A Metal3MachineTemplate object. */
export type Metal3MachineTemplateObject = ObjectOf<typeof Metal3MachineTemplate>;
