/** A kind for tests alone: two versions, scale, status, a rule, a warning. */
import { z } from 'zod';
import { defineKind } from '../define-kind.ts';

const conditions = z.array(
  z.object({
    type: z.string(),
    status: z.enum(['True', 'False', 'Unknown']),
    reason: z.string(),
    message: z.string().optional(),
    lastTransitionTime: z.string(),
  }),
);

/** v1beta1 says a duration as text and a `colour` that the hub has no word for; the hub has `tags`, which v1beta1 has not. */
export const Widget = defineKind({
  group: 'test.slipway.dev',
  kind: 'Widget',
  plural: 'widgets',
  shortNames: ['wd'],
  categories: ['test'],
  scope: 'Namespaced',
  hub: 'v1beta2',
  spec: z.object({
    replicas: z.int().min(0).default(1),
    size: z.enum(['small', 'large']).optional(),
    timeoutSeconds: z.int().optional(),
    tags: z.array(z.string()).optional(),
    parts: z.array(z.object({ name: z.string(), weight: z.int().optional() })).optional(),
  }),
  status: z
    .object({ replicas: z.int().optional(), selector: z.string().optional(), conditions: conditions.optional() })
    .optional(),
  versions: [
    {
      name: 'v1beta1',
      served: true,
      deprecated: true,
      schema: {
        spec: z.object({
          replicas: z.int().min(0).default(1),
          size: z.enum(['small', 'large']).optional(),
          timeout: z.string().optional(),
          colour: z.string().optional(),
          parts: z.array(z.object({ name: z.string(), weight: z.int().optional() })).optional(),
        }),
        status: z.looseObject({}).optional(),
      },
      toHub: (object) => {
        const { timeout, colour: _colour, ...spec } = object.spec as { timeout?: string; colour?: string };
        return {
          ...object,
          spec: { ...spec, timeoutSeconds: timeout === undefined ? undefined : Math.trunc(Number.parseFloat(timeout)) },
        };
      },
      fromHub: (object) => {
        const { timeoutSeconds, tags: _tags, ...spec } = object.spec as { timeoutSeconds?: number; tags?: string[] };
        return { ...object, spec: { ...spec, timeout: timeoutSeconds === undefined ? undefined : `${timeoutSeconds}s` } };
      },
    },
  ],
  statusSubresource: true,
  scale: { specReplicas: 'spec.replicas', statusReplicas: 'status.replicas', selector: 'status.selector' },
  columns: [
    { name: 'Desired', type: 'integer', of: (widget) => widget.spec.replicas },
    { name: 'Size', type: 'string', of: (widget) => widget.spec.size },
    { name: 'Tags', type: 'string', wide: true, of: (widget) => widget.spec.tags?.join(',') },
    { name: 'Age', type: 'date', of: (widget) => widget.metadata.creationTimestamp },
  ],
  validate: (widget) =>
    widget.spec.replicas > 1 && widget.spec.replicas % 2 === 0
      ? [{ field: 'spec.replicas', reason: 'FieldValueInvalid', message: 'must be odd, so that a majority can form' }]
      : [],
  validateUpdate: (widget, was) =>
    was.spec.size && widget.spec.size !== was.spec.size
      ? [{ field: 'spec.size', reason: 'FieldValueInvalid', message: 'field is immutable' }]
      : [],
  warnings: (widget) => (widget.spec.tags?.includes('old') ? ['spec.tags: "old" has no effect'] : []),
  description: 'Widget is a kind for tests.',
});
