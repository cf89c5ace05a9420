/**
 * What agents and BMCs tell the machine listener: lookup, heartbeat, inventory, and the request for a boot ISO. Tokens are derived from
 * host and boot, never stored; only a boot that its host expects is answered. Writes what was seen and wakes the host; decides nothing.
 */
import { timingSafeEqual } from 'node:crypto';
import type {
  Accepted,
  AgentHandlers,
  BootIsoRequest,
  Heartbeat,
  InspectionReport,
  LookupAnswer,
  LookupRequest,
} from '../drivers/agent/handlers.ts';
import { type AgentIsoInput, agentKernelArgs } from '../drivers/boot/agent-iso.ts';
import { isCode } from '../errors.ts';
import { INSPECTION_BOOT } from '../kinds/bare-metal-host/agent-boot.ts';
import { BareMetalHost, type BareMetalHostObject } from '../kinds/bare-metal-host/kind.ts';
import { HardwareData, type HardwareDetails } from '../kinds/hardware-data/kind.ts';
import { agentHints } from '../operations/agent-params.ts';
import { siteFor } from '../operations/host-access.ts';
import { hostKey } from '../operations/see-power.ts';
import { isKind } from '../registry/define-kind.ts';
import { ownerReference } from '../runtime/actions.ts';
import type { AgentSeen, InspectionSeen } from '../runtime/seen.ts';
import { deriveToken } from '../store/cipher.ts';
import { type Json, type KubeObject, kubeTime, refKey, refOf } from '../store/object.ts';
import type { Draft, Store, Write } from '../store/store.ts';
import { clean, hardwareDetails, macsOf } from './hardware-details.ts';

/** What answering needs. */
export interface AgentReportPorts {
  store: Store;
  masterKey: Uint8Array;
  /** PEM of the CA of our machine listener: agents trust it. */
  caPem: string;
  log?: (level: 'debug' | 'warn', message: string, detail: Record<string, unknown>) => void;
}

/** Ironic's default; the agent reports every 0.3 to 0.6 of it. */
const HEARTBEAT_TIMEOUT_SECONDS = 300;
/** An agent's certificate is about 2 KB. */
const MOST_PEM = 16_384;

/** The handlers of the machine listener. */
export function createAgentHandlers(ports: AgentReportPorts): AgentHandlers {
  return {
    lookup: (request) => lookup(ports, request),
    heartbeat: (beat) => noted(ports, 'heartbeat', beat.uuid, heartbeat(ports, beat)),
    inspection: (report) => noted(ports, 'inspection', report.hostUid, inspection(ports, report)),
    bootIso: (request) => bootIso(ports, request),
  };
}

/** Refusals are worth a line: a stale boot, or somebody who guesses tokens. */
async function noted(ports: AgentReportPorts, what: string, uid: string, answer: Promise<Accepted>): Promise<Accepted> {
  const accepted = await answer;
  if (accepted === 'refused' || accepted === 'unknown')
    ports.log?.('debug', `${what} of an agent was turned away`, { uid: clean(uid, 64), accepted });
  return accepted;
}

/**
 * Tells an agent which host it runs on: by MAC addresses until it has reported once, later only to one that names the host's uid, as
 * the agent does before it writes an image without root device hints (and waits ten minutes for an answer), and when it was started
 * anew after sending its inventory. No token is given: it came with the ISO.
 */
async function lookup(ports: AgentReportPorts, { addresses, nodeUuid }: LookupRequest): Promise<LookupAnswer> {
  const uids = nodeUuid ? [nodeUuid] : await uidsOf(ports.store, addresses);
  for (const uid of uids) {
    const expected = await expecting(ports.store, uid);
    if (!expected) continue;
    const { host, boot } = expected;
    const seen = await agentOf(ports.store, host);
    const reported = seen?.boot === boot && seen.heartbeatAt !== undefined;
    if (reported && !nodeUuid) continue;
    const now = await ports.store.now();
    if (!reported) await see(ports.store, host, 'agent', { boot, lookedUpAt: kubeTime(now) } satisfies AgentSeen, now);
    const hints = agentHints(host.status?.provisioning?.rootDeviceHints ?? host.spec.rootDeviceHints);
    return {
      found: true,
      uuid: host.metadata.uid,
      heartbeatTimeoutSeconds: HEARTBEAT_TIMEOUT_SECONDS,
      ...(Object.keys(hints).length > 0 ? { properties: { root_device: hints } } : {}),
    };
  }
  return { found: false };
}

/** Records that the agent lives and where its API is. The address must not change within a boot (Ironic). */
async function heartbeat(ports: AgentReportPorts, beat: Heartbeat): Promise<Accepted> {
  const expected = await expecting(ports.store, beat.uuid);
  if (!expected) return 'unknown';
  const { host, boot } = expected;
  if (!isToken(ports, beat.token, 'agent', host, boot)) return 'refused';
  const seen = await agentOf(ports.store, host);
  const before = seen?.boot === boot ? seen : undefined;
  if (before?.callbackUrl && before.callbackUrl !== beat.callbackUrl) return 'refused';
  if ((beat.verifyCa?.length ?? 0) > MOST_PEM || beat.callbackUrl.length > 512) return 'refused';
  const now = await ports.store.now();
  const next: AgentSeen = {
    boot,
    ...(before?.lookedUpAt ? { lookedUpAt: before.lookedUpAt } : {}),
    callbackUrl: beat.callbackUrl,
    version: clean(beat.version, 64) ?? '',
    heartbeatAt: now.toISOString(),
  };
  const pem = beat.verifyCa ?? before?.verifyCa;
  if (pem) next.verifyCa = pem;
  await see(ports.store, host, 'agent', next, now, true);
  return 'accepted';
}

/** Keeps the inventory as HardwareData and says so to the host. */
async function inspection(ports: AgentReportPorts, report: InspectionReport): Promise<Accepted> {
  const expected = await expecting(ports.store, report.hostUid);
  if (!expected) return 'unknown';
  const { host, boot } = expected;
  if (report.boot !== boot || !isToken(ports, report.token, 'inspection', host, boot)) return 'refused';
  const hardware = report.error
    ? `the agent’s collectors failed: ${clean(report.error, 512)}`
    : hardwareDetails(report.inventory);
  const now = await ports.store.now();
  const seen: InspectionSeen = { boot, at: kubeTime(now) };
  if (typeof hardware === 'string') seen.error = hardware;
  else {
    try {
      await keepHardware(ports.store, host, hardware);
    } catch (error) {
      // Somebody else wrote it meanwhile; the agent repeats after 409.
      if (isCode(error, 'conflict') || isCode(error, 'alreadyExists')) return 'busy';
      throw error;
    }
    await rememberMacs(ports.store, host, macsOf(hardware), now);
  }
  await see(ports.store, host, 'inspection', seen, now, true);
  return 'accepted';
}

/** What goes into the ISO of a boot: the same for each of the many requests with which a BMC reads it. */
async function bootIso(ports: AgentReportPorts, { hostUid, boot, signature }: BootIsoRequest): Promise<AgentIsoInput | null> {
  const expected = await expecting(ports.store, hostUid);
  if (!expected || expected.boot !== boot || !isToken(ports, signature, 'iso', expected.host, boot)) return null;
  const { host } = expected;
  const { spec } = await siteFor(ports.store, host);
  const { kernelURL, initrdURL, espImageURL, kernelArgs, caBundle } = spec.agentImage;
  const mac = host.spec.bootMACAddress?.toLowerCase();
  if (mac && !boot.startsWith(INSPECTION_BOOT)) await rememberMacs(ports.store, host, [mac], await ports.store.now());
  return {
    kernelURL,
    initrdURL,
    ...(espImageURL ? { espImageURL } : {}),
    ...(spec.proxyURL ? { proxyURL: spec.proxyURL } : {}),
    kernelArgs: agentKernelArgs({
      machineURL: spec.machineURL,
      hostUid,
      boot,
      agentToken: tokenOf(ports, 'agent', host, boot),
      ...(boot.startsWith(INSPECTION_BOOT) ? { inspectionToken: tokenOf(ports, 'inspection', host, boot) } : {}),
      ...(mac ? { bootMACAddress: mac } : {}),
      ...(kernelArgs ? { extra: kernelArgs } : {}),
    }),
    caPem: ports.caPem,
    ...(caBundle ? { caBundle } : {}),
  };
}

/** A host and the boot of the agent that it expects; null where no agent is expected. A boot ends with the state it was for. */
async function expecting(store: Store, uid: string): Promise<{ host: BareMetalHostObject; boot: string } | null> {
  const object = await store.getByUid(uid);
  if (!object || !isKind(BareMetalHost, object)) return null;
  const { boot, state } = object.status?.provisioning ?? {};
  const expects = state !== undefined && ['inspecting', 'preparing', 'provisioning', 'deprovisioning'].includes(state);
  return boot && expects ? { host: object, boot } : null;
}

function tokenOf({ masterKey }: AgentReportPorts, purpose: string, host: BareMetalHostObject, boot: string): string {
  return deriveToken(masterKey, purpose, host.metadata.uid, boot);
}

/** Compared in constant time. */
function isToken(ports: AgentReportPorts, given: string, purpose: string, host: BareMetalHostObject, boot: string): boolean {
  const right = Buffer.from(tokenOf(ports, purpose, host, boot));
  const text = Buffer.from(given);
  return text.length === right.length && timingSafeEqual(text, right);
}

async function agentOf(store: Store, host: KubeObject): Promise<AgentSeen | undefined> {
  const observations = await store.observations(refKey(refOf(host)));
  return (observations.find(({ source }) => source === 'agent')?.data as AgentSeen | null | undefined) ?? undefined;
}

async function see(
  store: Store,
  host: KubeObject,
  source: string,
  data: AgentSeen | InspectionSeen,
  now: Date,
  wake = false,
): Promise<void> {
  const observation = { subject: refKey(refOf(host)), source, data: data as unknown as Json, seenAt: now.toISOString() };
  await store.observe([observation], wake ? [hostKey(host)] : []);
}

/** HardwareData of the host's name, owned by the host. */
async function keepHardware(store: Store, host: BareMetalHostObject, hardware: HardwareDetails): Promise<void> {
  const { name, namespace = '' } = host.metadata;
  const was = await store.get({ group: HardwareData.group, kind: HardwareData.kind, namespace, name });
  const owner = ownerReference(host, true);
  const fresh = {
    apiVersion: HardwareData.apiVersion,
    kind: HardwareData.kind,
    metadata: { name, namespace, ownerReferences: [owner] },
    spec: { hardware },
  };
  const write: Write = was
    ? { op: 'update', was, object: { ...was, metadata: { ...was.metadata, ownerReferences: [owner] }, spec: { hardware } } }
    : { op: 'create', object: fresh as Draft };
  await store.commit({ writes: [write] });
}

/** By which MAC addresses a lookup finds this host. An address stays with the host that had it first, for as long as that exists. */
async function rememberMacs(store: Store, host: BareMetalHostObject, macs: string[], now: Date): Promise<void> {
  const data = { uid: host.metadata.uid };
  const mine: string[] = [];
  for (const mac of macs) {
    const [holder] = await uidsOf(store, [mac]);
    if (holder === host.metadata.uid) continue;
    if (holder === undefined || !(await store.getByUid(holder))) mine.push(mac);
  }
  if (mine.length === 0) return;
  await store.observe(mine.map((mac) => ({ subject: `mac/${mac}`, source: 'host', data, seenAt: now.toISOString() })));
}

async function uidsOf(store: Store, addresses: string[]): Promise<string[]> {
  const uids = new Set<string>();
  for (const mac of addresses) {
    const seen = (await store.observations(`mac/${mac.toLowerCase()}`)).find(({ source }) => source === 'host');
    const uid = (seen?.data as { uid?: unknown } | null | undefined)?.uid;
    if (typeof uid === 'string') uids.add(uid);
  }
  return [...uids];
}
