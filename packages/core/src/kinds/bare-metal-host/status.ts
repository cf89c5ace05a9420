/** The status of a BareMetalHost: Metal3's fields, and ours under provisioning (boot, step, since, retryAt). */
import { z } from 'zod';
import { hardwareDetails } from '../hardware-data/kind.ts';
import { Conditions, Time } from '../shared/schema.ts';
import { bootMode, customDeploy, firmware, image, raid, rootDeviceHints, secretReference } from './spec.ts';

/** States of a host, as Metal3 names them. `ready` and `match profile` are of the past and only read. */
export const HOST_STATES = [
  '',
  'unmanaged',
  'registering',
  'match profile',
  'inspecting',
  'preparing',
  'ready',
  'available',
  'provisioning',
  'provisioned',
  'externally provisioned',
  'deprovisioning',
  'powering off before delete',
  'deleting',
] as const;
/** A state of a host. */
export type HostState = (typeof HOST_STATES)[number];

/** status.errorType, as Metal3 names them. */
export const ERROR_TYPES = [
  '',
  'provisioned registration error',
  'registration error',
  'inspection error',
  'preparation error',
  'provisioning error',
  'power management error',
  'servicing error',
  'detach error',
] as const;
/** A type of error. */
export type HostErrorType = (typeof ERROR_TYPES)[number];

/** Where a host stands within its state, for people: each lasts seconds to minutes and has a limit. */
export const HOST_STEPS = [
  'boot-agent',
  'wait-inspection',
  'wait-agent',
  'clean',
  'write-image',
  'boot-disk',
  'power-off',
] as const;
/** A step within a state. */
export type HostStep = (typeof HOST_STEPS)[number];

const credentials = z.object({
  credentials: secretReference.optional(),
  credentialsVersion: z.string().optional().describe('resourceVersion of the Secret.'),
  address: z.string().optional().describe('The BMC address they are bound to: a changed address voids them.'),
});

const period = z.object({ start: Time.nullable().optional(), end: Time.nullable().optional() });

/** Schema of status. */
export const status = z.object({
  operationalStatus: z.enum(['', 'OK', 'discovered', 'error', 'delayed', 'detached', 'servicing']).optional(),
  errorType: z.enum(ERROR_TYPES).optional(),
  errorMessage: z.string().optional(),
  errorCount: z.int().min(0).optional(),
  provisioningFailCount: z.int().min(0).optional(),
  lastAttemptedImage: image.optional(),
  lastUpdated: Time.optional(),
  hardwareProfile: z.string().optional(),
  hardware: hardwareDetails.optional(),
  poweredOn: z.boolean().optional().describe('Absent while nobody knows: the BMC does not answer.'),
  provisioning: z
    .object({
      state: z.enum(HOST_STATES),
      ID: z.string().optional(),
      image: image.optional(),
      rootDeviceHints: rootDeviceHints.optional(),
      bootMode: bootMode.optional(),
      raid: raid.optional(),
      firmware: firmware.optional(),
      customDeploy: customDeploy.optional(),
      boot: z.string().max(32).optional().describe("Names the agent's boot: what speaks for another boot is not heard."),
      step: z.enum(HOST_STEPS).optional().describe('Where the work of this state stands.'),
      since: Time.optional().describe('Since when the step is so.'),
      retryAt: Time.optional().describe('After a failure: not tried again before this.'),
    })
    .optional(),
  goodCredentials: credentials.optional(),
  triedCredentials: credentials.optional(),
  operationHistory: z
    .object({
      register: period.optional(),
      inspect: period.optional(),
      provision: period.optional(),
      deprovision: period.optional(),
    })
    .optional(),
  conditions: Conditions,
});

/** status of a BareMetalHost. */
export type BareMetalHostStatus = z.output<typeof status>;
/** status.provisioning. */
export type HostProvisioning = NonNullable<BareMetalHostStatus['provisioning']>;
