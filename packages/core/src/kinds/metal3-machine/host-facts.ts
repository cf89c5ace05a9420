/** Facts about hosts for the choice, from BareMetalHosts, Sites and HostDeployPolicies. */
import type { Reader } from '../../runtime/define-reconciler.ts';
import { parseBmcAddress } from '../bare-metal-host/bmc-address.ts';
import { BareMetalHost, type BareMetalHostObject } from '../bare-metal-host/kind.ts';
import { claimAllowed } from '../host-deploy-policy/claim-allowed.ts';
import { HostDeployPolicy, type HostDeployPolicyObject } from '../host-deploy-policy/kind.ts';
import { Namespace } from '../namespace/kind.ts';
import { Site, type SiteObject } from '../site/kind.ts';
import { failureDomainOf, siteOf } from '../site/site-of.ts';
import type { HostFacts } from './choose-host.ts';

/** All hosts, and what decides who may claim them. */
export interface HostWorld {
  hosts: BareMetalHostObject[];
  sites: SiteObject[];
  policies: HostDeployPolicyObject[];
  /** Labels of the claiming namespace. */
  namespaceLabels: Record<string, string>;
}

/** Reads the hosts for machines of a namespace; all, or those with these labels. */
export async function readHosts(reader: Reader, namespace: string, matchLabels?: Record<string, string>): Promise<HostWorld> {
  const [hosts, sites, policies, owner] = await Promise.all([
    reader.list(BareMetalHost, undefined, matchLabels ? { matchLabels } : undefined),
    reader.list(Site, undefined),
    reader.list(HostDeployPolicy, undefined),
    reader.get(Namespace, '', namespace),
  ]);
  return { hosts, sites, policies, namespaceLabels: owner?.metadata.labels ?? {} };
}

/** The facts of each host, as machines of `namespace` see them. */
export function hostFacts(world: HostWorld, namespace: string): HostFacts[] {
  const allowed = new Map<string, boolean>();
  return world.hosts.map((host) => {
    const hostNamespace = host.metadata.namespace ?? '';
    if (!allowed.has(hostNamespace)) {
      allowed.set(hostNamespace, claimAllowed(world.policies, hostNamespace, namespace, world.namespaceLabels));
    }
    return factsOf(host, world.sites, allowed.get(hostNamespace) === true);
  });
}

function factsOf(host: BareMetalHostObject, sites: readonly SiteObject[], allowed: boolean): HostFacts {
  const { metadata, spec, status } = host;
  const bmc = spec.bmc ? parseBmcAddress(spec.bmc.address) : undefined;
  const site = siteOf(host, sites, typeof bmc === 'object' ? bmc.host : undefined)?.metadata.name;
  const disks = status?.hardware?.storage?.map((disk) => disk.sizeBytes ?? 0);
  const consumer = consumerOf(host);
  const releasedAt = status?.operationHistory?.deprovision?.end;
  const outOfSight = status?.conditions?.some(({ type, status: holds }) => type === 'Manageable' && holds === 'Unknown');
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    deleting: metadata.deletionTimestamp !== undefined,
    state: status?.provisioning?.state ?? '',
    error: status?.errorMessage ?? '',
    failureDomain: failureDomainOf(host) ?? '',
    allowed,
    ...(site ? { site } : {}),
    ...(consumer ? { consumer } : {}),
    ...(releasedAt ? { releasedAt } : {}),
    ...(outOfSight ? { outOfSight } : {}),
    ...(disks ? { largestDisk: Math.max(0, ...disks) } : {}),
  };
}

/** Who holds a host: `namespace/name`, with the kind in front where it is no Metal3Machine. */
export function consumerOf(host: BareMetalHostObject): string | undefined {
  const ref = host.spec.consumerRef;
  if (!ref?.name) return undefined;
  const key = `${ref.namespace ?? host.metadata.namespace ?? ''}/${ref.name}`;
  return ref.kind === undefined || ref.kind === 'Metal3Machine' ? key : `${ref.kind} ${key}`;
}
