/** Metal3MachineTemplate: what Metal3Machines are cloned from (CAPM3). */
import { z } from 'zod';
import { type Column, defineKind, type ObjectOf } from '../../registry/define-kind.ts';
import type { KubeObject } from '../../store/object.ts';
import {
  machineSpecErrors,
  machineSpecSchema,
  machineSpecV1beta1Schema,
  specFromHub,
  specToHub,
} from '../metal3-machine/parts.ts';

const metadata = z
  .strictObject({
    labels: z.record(z.string(), z.string()).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  })
  .optional();

const templateOf = <Schema extends z.ZodType>(spec: Schema) =>
  z.strictObject({ nodeReuse: z.boolean().optional(), template: z.strictObject({ metadata, spec }) });

const spec = templateOf(machineSpecSchema);
const status = z.looseObject({});

const age: Column<z.output<typeof spec>, z.output<typeof status>> = {
  name: 'Age',
  type: 'date',
  of: (object) => object.metadata.creationTimestamp,
};

export const Metal3MachineTemplate = defineKind({
  group: 'infrastructure.cluster.x-k8s.io',
  kind: 'Metal3MachineTemplate',
  plural: 'metal3machinetemplates',
  shortNames: ['m3mt', 'm3machinetemplate', 'm3machinetemplates', 'metal3mt', 'metal3machinetemplate'],
  categories: ['cluster-api'],
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
      toHub: (object) => convertTemplate(object, specToHub),
      fromHub: (object) => convertTemplate(object, specFromHub),
    },
  ],
  validate: (object) => machineSpecErrors(object.spec.template.spec, 'spec.template.spec'),
  description: 'Metal3MachineTemplate is what the Metal3Machines of a control plane or a MachineDeployment are cloned from.',
});

/** A Metal3MachineTemplate object. */
export type Metal3MachineTemplateObject = ObjectOf<typeof Metal3MachineTemplate>;

type Part = Record<string, unknown>;

function convertTemplate(object: KubeObject, change: (spec: Part) => Part): KubeObject {
  const spec = object.spec as { template?: { spec?: Part } } | undefined;
  if (!spec?.template?.spec) return object;
  return { ...object, spec: { ...spec, template: { ...spec.template, spec: change(spec.template.spec) } } };
}
