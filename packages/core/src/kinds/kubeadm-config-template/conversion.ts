/** KubeadmConfigTemplate v1beta1. */
import { z } from 'zod';
import type { Version } from '../../registry/define-kind.ts';
import { conversion, under } from '../shared/convert.ts';
import { KUBEADM_SPEC_MOVES, KubeadmConfigSpecV1Beta1 } from '../shared/kubeadm-v1beta1.ts';
import { GROUPS } from '../shared/labels.ts';
import { TemplateMeta } from '../shared/schema.ts';

/** The deprecated version; its columns are the hub's, for they read metadata only. */
export const v1beta1: Version = {
  name: 'v1beta1',
  served: true,
  deprecated: true,
  schema: {
    spec: z.object({ template: z.object({ metadata: TemplateMeta.optional(), spec: KubeadmConfigSpecV1Beta1.optional() }) }),
  },
  ...conversion(GROUPS.bootstrap, 'v1beta2', 'v1beta1', under('spec.template.spec', 'spec.template.spec', KUBEADM_SPEC_MOVES)),
};
