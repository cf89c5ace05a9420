/** Reaching a host's BMC: address and site are checked again at the moment of acting, and only then are the credentials read. */
import type { Bmc, BmcAccess } from '../drivers/bmc/bmc.ts';
import { parseBmcAddress } from '../kinds/bare-metal-host/bmc-address.ts';
import type { BareMetalHostObject } from '../kinds/bare-metal-host/kind.ts';
import { Site, type SiteObject } from '../kinds/site/kind.ts';
import { isInNetworks } from '../kinds/site/networks.ts';
import { SITE_LABEL, siteOf } from '../kinds/site/site-of.ts';
import { OPERATION_ERRORS, type OperationOutcome } from '../runtime/operations.ts';
import type { Store } from '../store/store.ts';
import { readSecret } from './secrets.ts';

/** What reaching a host needs. */
export interface HostPorts {
  store: Store;
  openBmc: (access: BmcAccess) => Promise<Bmc>;
  /** Limit of one request to a BMC. */
  bmcRequestSeconds: number;
}

/** A failure that ends an operation; becomes its outcome. */
export class Failed extends Error {
  readonly outcome: Extract<OperationOutcome, { state: 'failed' }>;

  constructor(code: string, message: string, retryable: boolean) {
    super(message);
    this.outcome = { state: 'failed', code, message, retryable };
  }
}

/** At most this many Sites are looked through. */
const MOST_SITES = 500;

/** The host's Site. Throws Failed where there is none. */
export async function siteFor(store: Store, host: BareMetalHostObject): Promise<SiteObject> {
  const parsed = parseBmcAddress(host.spec.bmc?.address ?? '');
  const site = siteOf(host, await sitesFor(store, host), typeof parsed === 'string' ? undefined : parsed.host);
  if (!site) throw new Failed(OPERATION_ERRORS.badInput, `host ${host.metadata.name} belongs to no Site`, true);
  return site;
}

/** The Site its label names, alone; all of them only where the label is missing. */
async function sitesFor(store: Store, host: BareMetalHostObject): Promise<SiteObject[]> {
  const { group, kind } = Site;
  const named = host.metadata.labels?.[SITE_LABEL];
  if (named === undefined) return (await store.list({ group, kind, limit: MOST_SITES })).items as SiteObject[];
  const site = await store.get({ group, kind, namespace: '', name: named });
  return site ? [site as SiteObject] : [];
}

/** Opens the host's BMC. Throws Failed where the address may not be contacted or the credentials cannot be used. */
export async function openHostBmc(
  ports: HostPorts,
  host: BareMetalHostObject,
  timeoutSeconds = ports.bmcRequestSeconds,
): Promise<{ bmc: Bmc; site: SiteObject }> {
  const { bmc: wanted } = host.spec;
  if (!wanted?.address) throw new Failed(OPERATION_ERRORS.badInput, `host ${host.metadata.name} has no BMC address`, false);
  const parsed = parseBmcAddress(wanted.address);
  if (typeof parsed === 'string') throw new Failed(OPERATION_ERRORS.badInput, `BMC address ${wanted.address} ${parsed}`, false);
  const credentials = await readCredentials(ports.store, host);
  if (parsed.driver !== 'redfish') throw new Failed(OPERATION_ERRORS.noDriver, `no driver for ${parsed.driver} yet`, false);
  const site = await siteFor(ports.store, host);
  if (!isInNetworks(parsed.host, site.spec.bmc.allowedNetworks)) {
    throw new Failed(
      OPERATION_ERRORS.badInput,
      `BMC address ${parsed.host} lies outside the networks of Site ${site.metadata.name}`,
      false,
    );
  }
  const bmc = await ports.openBmc({
    address: wanted.address,
    ...credentials,
    verifyTls: wanted.disableCertificateVerification !== true,
    ...(site.spec.proxyURL ? { proxyURL: site.spec.proxyURL } : {}),
    timeoutSeconds,
  });
  return { bmc, site };
}

/** User name and password of the host's BMC. Throws Failed for a Secret that is missing, incomplete or still a placeholder; never quotes a value. */
async function readCredentials(store: Store, host: BareMetalHostObject): Promise<{ username: string; password: string }> {
  const namespace = host.metadata.namespace ?? '';
  const name = host.spec.bmc?.credentialsName ?? '';
  const data = await readSecret(store, namespace, name);
  if (!data) throw new Failed(OPERATION_ERRORS.badInput, `Secret ${namespace}/${name} does not exist`, false);
  const { username = '', password = '' } = data;
  for (const [key, value] of Object.entries({ username, password })) {
    if (value === '') throw new Failed(OPERATION_ERRORS.badInput, `Secret ${namespace}/${name} has no ${key}`, false);
    const placeholder = placeholderIn(value);
    if (placeholder)
      throw new Failed(OPERATION_ERRORS.badInput, `Secret ${namespace}/${name}: ${key} is still ${placeholder}`, false);
  }
  return { username, password };
}

/** Says which placeholder a value is; null if it is none. Only texts that cannot be anybody's secret are quoted. */
export function placeholderIn(value: string): string | null {
  const text = value.trim();
  if (/^change_?me(_in_vault)?$/i.test(text)) return `the placeholder ${text}`;
  return /^change[_-]?me\b/i.test(text) || /^<[^<>]*>$/.test(text) || /^\$\{[^{}]*\}$/.test(text) ? 'a placeholder' : null;
}
