/**
 * What the machine listener asks of its owner. The listener parses and bounds; the handlers decide. The tokens and signatures
 * come from the wire as they are: the handler compares them in constant time.
 */
import type { AgentIsoInput } from '../boot/agent-iso.ts';

/** GET /v1/lookup: which host is this agent running on? */
export interface LookupRequest {
  /** MAC addresses, lower case, at most 64. */
  addresses: string[];
  /** The agent's guess, from an earlier boot or the kernel line. */
  nodeUuid?: string;
}

/** Answer to a lookup. */
export type LookupAnswer =
  | {
      found: true;
      /** Host uid: the agent puts it into its heartbeats. */
      uuid: string;
      /** Given once; undefined when the token was on the kernel line (the agent keeps that one). */
      agentToken?: string;
      /** Seconds; the agent reports every 0.3 to 0.6 of it. */
      heartbeatTimeoutSeconds: number;
      /** IPA refuses to boot again into a disk it was not told; informative. */
      properties?: Record<string, unknown>;
    }
  /** Not a host that expects an agent now; the agent asks again for up to 10 minutes. */
  | { found: false };

/** POST /v1/heartbeat/{uuid}. */
export interface Heartbeat {
  uuid: string;
  /** `https://<agent ip>:9999`, checked to be an https or http URL without path. */
  callbackUrl: string;
  token: string;
  version: string;
  /** PEM of the agent's own certificate. */
  verifyCa?: string;
}

/** What becomes of a heartbeat or an inspection: 202, 401/403-like refusal, or 409 (the agent tries again in 5 to 10 s). */
export type Accepted = 'accepted' | 'refused' | 'unknown' | 'busy';

/** POST of the inventory to the inspection callback URL. */
export interface InspectionReport {
  /** From the callback URL, see {@link inspectionPath}. */
  hostUid: string;
  boot: string;
  token: string;
  /** As IPA sends it (reference: metal3-ironic 3.2). Hostile: parse before use. */
  inventory: unknown;
  /** Everything beside `inventory` (lldp, pci devices …). */
  pluginData: Record<string, unknown>;
  /** The agent's own error, if its collectors failed. */
  error?: string;
}

/** A BMC asks for its boot image. */
export interface BootIsoRequest {
  hostUid: string;
  boot: string;
  signature: string;
}

/** The owner of the machine listener. Each handler must answer within 20 s; a thrown error becomes 503, which the agent repeats. */
export interface AgentHandlers {
  lookup(request: LookupRequest): Promise<LookupAnswer>;
  heartbeat(beat: Heartbeat): Promise<Accepted>;
  inspection(report: InspectionReport): Promise<Accepted>;
  /** What to put into the ISO, or null if nobody expects this boot. Asked once per request; a BMC reads in many ranges. */
  bootIso(request: BootIsoRequest): Promise<AgentIsoInput | null>;
}

/** Path of the inspection callback of one boot. A path, not a query: `&` would end the command in grub.cfg. */
export function inspectionPath(hostUid: string, boot: string, token: string): string {
  return `/v1/continue_inspection/${encodeURIComponent(hostUid)}/${encodeURIComponent(boot)}/${encodeURIComponent(token)}`;
}

/** Path of the boot ISO of one boot. */
export function bootIsoPath(hostUid: string, boot: string, signature: string): string {
  return `/boot/${encodeURIComponent(hostUid)}/${encodeURIComponent(boot)}/${encodeURIComponent(signature)}.iso`;
}
