/** HostDeployPolicy (metal3.io/v1alpha1): which namespaces may claim the BareMetalHosts of this policy's namespace. */
import { z } from 'zod';
import type { FieldError } from '../../errors.ts';
import { defineKind, type ObjectOf } from '../../registry/define-kind.ts';
import { invalid } from '../shared/fields.ts';

const spec = z.object({
  hostClaimNamespaces: z
    .object({
      names: z.array(z.string().min(1).max(63)).max(1000).optional(),
      nameMatches: z.string().max(256).optional(),
      hasLabels: z
        .array(z.object({ name: z.string().min(1).max(317), value: z.string().max(63).optional() }))
        .max(64)
        .optional(),
    })
    .optional(),
});

type Spec = z.output<typeof spec>;

/** What is wrong with a pattern, or null. Repeats of repeats would let a long name occupy the process. */
export function patternError(pattern: string): string | null {
  if (/\([^)]*[*+{][^)]*\)\s*[*+{]/.test(pattern)) return 'must not repeat a group that itself repeats';
  if (/\\[1-9]|\(\?/.test(pattern)) return 'must not use back references or look-around';
  try {
    new RegExp(pattern);
    return null;
  } catch {
    return 'must be a regular expression';
  }
}

function validate(object: { spec: Spec }): FieldError[] {
  const pattern = object.spec.hostClaimNamespaces?.nameMatches;
  const wrong = pattern === undefined ? null : patternError(pattern);
  return wrong === null ? [] : [invalid('spec.hostClaimNamespaces.nameMatches', pattern, wrong)];
}

export const HostDeployPolicy = defineKind({
  group: 'metal3.io',
  kind: 'HostDeployPolicy',
  plural: 'hostdeploypolicies',
  scope: 'Namespaced',
  hub: 'v1alpha1',
  spec,
  status: z.object({}),
  statusSubresource: true,
  columns: [
    {
      name: 'Namespaces',
      type: 'string',
      description: 'Namespaces named by this policy',
      of: (object) => object.spec.hostClaimNamespaces?.names?.join(','),
    },
    { name: 'Age', type: 'date', of: (object) => object.metadata.creationTimestamp },
  ],
  validate,
  description: 'Names the namespaces whose machines may claim the BareMetalHosts of this namespace.',
});

/** A HostDeployPolicy object. */
export type HostDeployPolicyObject = ObjectOf<typeof HostDeployPolicy>;
