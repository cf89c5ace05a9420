/** What a handler sees of a host: the observation, made easy to ask. */
import type { Env, SecretOutside } from '../../runtime/define-reconciler.ts';
import type { Limits } from '../../runtime/limits.ts';
import type { AgentSeen, InspectionSeen, PowerSeen } from '../../runtime/seen.ts';
import { kubeTime } from '../../store/object.ts';
import type { Operation } from '../../store/store.ts';
import type { HostDeployPolicyObject } from '../host-deploy-policy/kind.ts';
import type { SiteObject } from '../site/kind.ts';
import { type BareMetalHostObject, HOST_ANNOTATIONS } from './kind.ts';
import type { HostProvisioning, HostState } from './status.ts';

/** Everything a plan for a host stands on. */
export interface HostSeen {
  host: BareMetalHostObject;
  sites: SiteObject[];
  /** Policies of the host's namespace. */
  policies: HostDeployPolicyObject[];
  /** Labels of the consumer's namespace. */
  consumerLabels: Record<string, string>;
  /** The BMC's credentials; null = no such Secret. */
  credentials: SecretOutside | null;
  /** The Secrets of userData, metaData and networkData by `namespace/name`; missing ones are not in it. */
  data: Record<string, SecretOutside>;
  operations: Operation[];
  power?: PowerSeen;
  agent?: AgentSeen;
  inspection?: InspectionSeen;
}

/** A handler's view. */
export interface View {
  seen: HostSeen;
  env: Env;
  host: BareMetalHostObject;
  uid: string;
  state: HostState;
  provisioning: HostProvisioning;
  now: Date;
  limits: Limits;
  deleting: boolean;
  paused: boolean;
  detached: boolean;
  /** An operation by its id. */
  operation: (id: string) => Operation | undefined;
}

/** Makes the view. */
export function viewOf(seen: HostSeen, env: Env): View {
  const { host } = seen;
  const annotations = host.metadata.annotations ?? {};
  const provisioning = host.status?.provisioning ?? { state: '' as const };
  return {
    seen,
    env,
    host,
    uid: host.metadata.uid,
    state: provisioning.state,
    provisioning,
    now: env.now,
    limits: env.limits,
    deleting: host.metadata.deletionTimestamp !== undefined,
    paused: HOST_ANNOTATIONS.paused in annotations,
    detached: HOST_ANNOTATIONS.detached in annotations,
    operation: (id) => seen.operations.find((operation) => operation.id === id),
  };
}

/** Seconds from `from` (RFC 3339) to the plan's time. */
export function secondsSince(view: View, from: string): number {
  return (view.now.getTime() - Date.parse(from)) / 1000;
}

/** A time so many seconds after another, as Kubernetes writes it. */
export function after(from: string, seconds: number): string {
  return kubeTime(new Date(Date.parse(from) + seconds * 1000));
}

/** Seconds until `at`, at least one: for wakeAfterSeconds. */
export function until(view: View, at: string): number {
  return Math.max(1, Math.ceil((Date.parse(at) - view.now.getTime()) / 1000));
}

/** Whether the host has a BMC at all. */
export function hasBmc(view: View): boolean {
  const { address = '', credentialsName = '' } = view.host.spec.bmc ?? {};
  return address !== '' || credentialsName !== '';
}

/** Mode in which the server boots. */
export function modeOf(view: View): 'UEFI' | 'Legacy' {
  return view.host.spec.bootMode === 'legacy' ? 'Legacy' : 'UEFI';
}

/** Whether disks are cleaned when a host is taken in or given back. */
export function cleans(view: View): boolean {
  return view.host.spec.automatedCleaningMode !== 'disabled';
}
