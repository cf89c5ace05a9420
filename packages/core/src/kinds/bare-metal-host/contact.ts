/** Before any work on a host with a BMC: may we talk to it, and do its credentials work? Upstream registers first in every state, too. */
import type { Because } from '../../runtime/define-reconciler.ts';
import { OPERATION_ERRORS } from '../../runtime/operations.ts';
import { isInNetworks } from '../site/networks.ts';
import { SITE_LABEL, siteOf } from '../site/site-of.ts';
import { act, refused, repeatable, unreachable } from './act.ts';
import { type BmcAddress, parseBmcAddress } from './bmc-address.ts';
import { type HostError, type Outcome, sentence } from './outcome.ts';
import type { View } from './view.ts';

/** null = the BMC is ours to talk to. Else why not, and what is being done. */
export function contact(view: View): Outcome | null {
  const bmc = view.host.spec.bmc ?? { address: '', credentialsName: '' };
  const parsed = parseBmcAddress(bmc.address);
  if (typeof parsed === 'string') {
    const message = `BMC address ${JSON.stringify(bmc.address)} ${parsed}`;
    return failed(view, message, 'Correct spec.bmc.address.');
  }
  if (parsed.driver === 'ipmi') return noDriver(view, parsed);
  return reachable(view, parsed) ?? secret(view) ?? register(view) ?? stillLetIn(view);
}

/** Whether the credentials in status are those of now: same Secret, same version, same address. A changed address voids them. */
export function hasGoodCredentials(view: View): boolean {
  const { goodCredentials } = view.host.status ?? {};
  const { credentials } = view.seen;
  return (
    credentials !== null &&
    goodCredentials?.credentials?.name === credentials.name &&
    goodCredentials.credentialsVersion === credentials.resourceVersion &&
    goodCredentials.address === view.host.spec.bmc?.address
  );
}

/** Whether the registration with the credentials of now has succeeded, though status may not say so yet. */
export function isRegistered(view: View): boolean {
  if (!view.seen.credentials) return false;
  return (
    hasGoodCredentials(view) || view.operation(`${view.uid}/${repeatable(view, registerId(view)).id}`)?.state === 'succeeded'
  );
}

/** An ipmi host waits for its driver. Its Secret is looked at all the same, so that a placeholder is named now and not later. */
function noDriver(view: View, parsed: BmcAddress): Outcome {
  const wayOut = 'Give a redfish-virtualmedia:// address, or wait for a release with an IPMI driver.';
  const because = (more: string): Because => ({
    sentence: sentence(`no driver for ${parsed.driver} yet${more}`),
    since: view.host.metadata.creationTimestamp,
    tone: 'caution',
    wayOut,
  });
  if (!view.seen.credentials) {
    const more = `; Secret ${view.host.spec.bmc?.credentialsName} is missing too`;
    return { go: 'wait', because: because(more), wakeAfterSeconds: view.limits.sweepSeconds };
  }
  const outcome = act(view, { ...registration(view, registerId(view)), onFinal: () => ({ go: 'wait', because: because('') }) });
  const known = view.operation(`${view.uid}/${registerId(view)}`);
  const placeholder = known?.error?.code === OPERATION_ERRORS.badInput ? `; ${known.error.message}` : '';
  const operation = outcome && 'operation' in outcome ? outcome.operation : undefined;
  return { go: 'wait', because: because(placeholder), ...(operation ? { operation } : {}) };
}

function reachable(view: View, parsed: BmcAddress): Outcome | null {
  const { sites, host } = view.seen;
  const site = siteOf(host, sites, parsed.host);
  if (!site) {
    const label = host.metadata.labels?.[SITE_LABEL];
    const names = sites.map(({ metadata }) => metadata.name).join(', ') || 'none';
    const why =
      label === undefined
        ? `No Site holds BMC address ${parsed.host}; Sites: ${names}`
        : `There is no Site ${label}; Sites: ${names}`;
    return waits(
      view,
      why,
      `Create a Site whose spec.bmc.allowedNetworks holds ${parsed.host}, or label the host ${SITE_LABEL}.`,
    );
  }
  const { allowedNetworks } = site.spec.bmc;
  if (isInNetworks(parsed.host, allowedNetworks)) return null;
  const nets = allowedNetworks.join(', ') || 'none';
  return waits(
    view,
    `BMC address ${parsed.host} lies outside the networks that Site ${site.metadata.name} allows (${nets})`,
    `Correct spec.bmc.address, or add the network to spec.bmc.allowedNetworks of Site ${site.metadata.name}.`,
  );
}

function secret(view: View): Outcome | null {
  const name = view.host.spec.bmc?.credentialsName ?? '';
  const full = `${view.host.metadata.namespace}/${name}`;
  const { credentials } = view.seen;
  if (!credentials) {
    return waits(
      view,
      `Secret ${full} with the BMC’s credentials does not exist`,
      `Create Secret ${full} with keys username and password.`,
    );
  }
  const missing = ['username', 'password'].filter((key) => !credentials.keys.includes(key));
  if (missing.length === 0) return null;
  return waits(view, `Secret ${full} has no ${missing.join(' and no ')}`, `Add ${missing.join(' and ')} to Secret ${full}.`);
}

/** A new Secret version or address is a new epoch: mending either registers at once. */
function registerId(view: View): string {
  const { credentials, host } = view.seen;
  return `bmc-${credentials?.resourceVersion ?? ''}-${shortHash(`${credentials?.uid}|${host.spec.bmc?.address}`)}/register`;
}

function registration(view: View, id: string) {
  const provisioned = ['provisioned', 'externally provisioned'].includes(view.state);
  return {
    id,
    spec: {
      kind: 'bmc.register',
      args: { address: view.host.spec.bmc?.address ?? '', credentialsVersion: view.seen.credentials?.resourceVersion ?? '' },
    } as const,
    says: `The BMC at ${view.host.spec.bmc?.address} is being asked who it is.`,
    errorType: provisioned ? ('provisioned registration error' as const) : ('registration error' as const),
  };
}

function register(view: View): Outcome | null {
  if (hasGoodCredentials(view)) return null;
  const repeat = repeatable(view, registerId(view));
  const wanted = registration(view, repeat.id);
  return act(view, {
    ...wanted,
    onFinal: (failure) => {
      const secretName = `${view.host.metadata.namespace}/${view.host.spec.bmc?.credentialsName}`;
      if (failure.code === OPERATION_ERRORS.badInput)
        return waits(view, failure.message, `Put the real value into Secret ${secretName}.`, failure.at);
      return refused(
        view,
        wanted.errorType,
        failure,
        repeat,
        `Put the right username and password into Secret ${secretName}: it is tried at once.`,
      );
    },
  });
}

/** The power poller found the door shut although the credentials were good once. */
function stillLetIn(view: View): Outcome | null {
  const { power } = view.seen;
  if (power?.error?.code !== OPERATION_ERRORS.auth) return null;
  const { errorType } = registration(view, '');
  const error: HostError = { type: errorType, message: power.error.message, count: 1 };
  const because: Because = {
    sentence: sentence(power.error.message),
    ...(power.errorSince ? { since: power.errorSince } : {}),
    tone: 'fault',
    wayOut: `Put the right username and password into Secret ${view.host.metadata.namespace}/${view.host.spec.bmc?.credentialsName}.`,
  };
  return { go: 'fail', error, because };
}

/** The sentence for a BMC that the power poller cannot reach; null while it answers. */
export function outOfSight(view: View): Because | null {
  const { power } = view.seen;
  if (!power?.error || power.error.code === OPERATION_ERRORS.auth) return null;
  return unreachable(
    view,
    `Power unknown: ${power.error.message}`,
    power.errorSince ?? power.readAt ?? view.host.metadata.creationTimestamp,
  );
}

function waits(view: View, text: string, wayOut: string, since?: string): Outcome {
  return {
    go: 'wait',
    because: {
      sentence: sentence(text),
      since: since ?? view.provisioning.since ?? view.host.metadata.creationTimestamp,
      tone: 'caution',
      wayOut,
    },
    wakeAfterSeconds: view.limits.missingSeconds,
  };
}

function failed(view: View, message: string, wayOut: string): Outcome {
  return {
    go: 'fail',
    error: { type: 'registration error', message, count: 1 },
    because: { sentence: sentence(message), since: view.host.metadata.creationTimestamp, tone: 'fault', wayOut },
  };
}

/** FNV-1a: names an epoch, not security. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}
