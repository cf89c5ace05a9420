/** Zod parts that several Cluster API kinds share. Hub (v1beta2) shapes first, then those only v1beta1 has. */
import { z } from 'zod';

/** A name as a DNS subdomain (RFC 1123), at most 253 characters. */
export const DnsName = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);

/** Cluster names end up in labels: at most 63 characters. */
export const ClusterName = z.string().min(1).max(63);

/** A signed 32-bit integer. */
export const Int32 = z.int().min(-2147483648).max(2147483647);

/** A count. */
export const Count = z.int().min(0).max(2147483647);

/** Seconds; 0 mostly means "no limit" or "off": the field says which. */
export const Seconds = Count;

/** metav1.Time. */
export const Time = z.iso.datetime({ offset: true });

/** A Go duration (`10m0s`), as v1beta1 writes them. */
export const GoDuration = z
  .string()
  .regex(/^(0|([0-9]+(\.[0-9]*)?(ns|us|µs|ms|s|m|h))+)$/, 'must be a duration such as 10m0s or 300s');

/** intstr.IntOrString: a number or a percentage. */
export const IntOrString = z.union([z.int(), z.string()]);
/** A number or a percentage. */
export type IntOrString = z.output<typeof IntOrString>;

/** metav1.Condition. */
export const ConditionSchema = z.object({
  type: z.string().min(1).max(316),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string().max(1024),
  message: z.string().max(32768).optional(),
  observedGeneration: z.int().optional(),
  lastTransitionTime: Time,
});
export const Conditions = z.array(ConditionSchema).max(32).optional();

/** The older Cluster API condition, which has a severity and optional reason. */
export const V1Beta1Condition = z.object({
  type: z.string(),
  status: z.enum(['True', 'False', 'Unknown']),
  severity: z.string().optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
  lastTransitionTime: Time.optional(),
});
export const V1Beta1Conditions = z.array(V1Beta1Condition).optional();

/** Metadata of a template: what is handed on to what is made from it. */
export const TemplateMeta = z.object({
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});

/** A reference of v1beta2: no version (the contract finds it), no namespace (always the referrer's). */
export const ContractRef = z.object({
  apiGroup: z.string().min(1).max(253),
  kind: z.string().min(1).max(63),
  name: DnsName,
});
/** A reference of v1beta2. */
export type ContractRef = z.output<typeof ContractRef>;

/** corev1.ObjectReference, which v1beta1 uses for every reference. */
export const ObjectReference = z.object({
  apiVersion: z.string().optional(),
  kind: z.string().optional(),
  name: z.string().optional(),
  namespace: z.string().optional(),
  uid: z.string().optional(),
  resourceVersion: z.string().optional(),
  fieldPath: z.string().optional(),
});

/** metav1.LabelSelector. */
export const Selector = z.object({
  matchLabels: z.record(z.string(), z.string()).optional(),
  matchExpressions: z
    .array(
      z.object({
        key: z.string(),
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(z.string()).optional(),
      }),
    )
    .optional(),
});

/** The host and port of a cluster's API. Both are unset until they are known. */
export const ApiEndpoint = z.object({
  host: z.string().max(512).optional(),
  port: z.int().min(0).max(65535).optional(),
});

/** How many machines report a Kubernetes version. */
export const StatusVersion = z.object({ version: z.string(), replicas: Count.optional() });
export const StatusVersions = z.array(StatusVersion).max(100).optional();

/** A condition that also counts towards Ready or Available. */
export const Gate = z.object({
  conditionType: z.string().min(1).max(316),
  polarity: z.enum(['Positive', 'Negative']).optional(),
});

/** A taint that a Machine hands to its node. */
export const MachineTaint = z.object({
  key: z.string().min(1).max(317),
  value: z.string().max(63).optional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
  propagation: z.enum(['Always', 'OnInitialization']),
});

/** How machines are named: a template over `.cluster.name`, the owner's `.name` and `.random`. */
export const Naming = z.object({ template: z.string().max(512).optional() });

/** Which machine goes first when a MachineSet shrinks. */
export const DeletionOrder = z.enum(['Random', 'Newest', 'Oldest']);
