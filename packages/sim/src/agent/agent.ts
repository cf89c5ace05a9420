/**
 * A stand-in for ironic-python-agent: reports its inventory, looks itself up, sends heartbeats and serves its API over TLS with its
 * own certificate, as the real one does (reference: metal3-ironic 3.1 and 3.2).
 */
import { sleepReal } from '../clock.ts';
import { lasts, networkOf, type SimServer } from '../server.ts';
import { siteRequest } from '../site-request.ts';
import { type Identity, makeIdentity } from '../tls.ts';
import { agentApi } from './api.ts';
import { type CommandBook, newCommandBook } from './commands.ts';
import { inspectionData } from './inventory.ts';
import { VERSION } from './steps.ts';

/** A running agent. */
export interface RunningAgent {
  /** Ends it without a word, as a crash or a power cut does. */
  stop(): void;
}

/** The agent's own state. */
export interface AgentState {
  server: SimServer;
  args: Map<string, string>;
  caPem: string;
  identity: Identity;
  /** Its own token; commands must carry it. */
  token: string;
  commands: CommandBook;
  signal: AbortSignal;
  startedAt: string;
  /** Sends a heartbeat soon: a command has ended. */
  beatNow(): void;
  /** Asks again which host this is, as before an image is written without root device hints; answers with the host's properties. */
  lookUpAgain(): Promise<Record<string, unknown>>;
}

const PORT = 9999;
/** Simulated seconds until an agent that ended is started again. */
const RESTART = 30;
/** Simulated seconds of the collectors. */
const INSPECTION = 30;
/** Heartbeats come no closer than this, real ms, however fast the clock. */
const LEAST_BEAT_MS = 1000;
/** With no artificial delays a heartbeat still waits this long, real ms. */
const UNHURRIED_BEAT_MS = 5000;

/**
 * Starts the agent that was booted from an ISO with these kernel arguments. Ends with `life`. An agent that ends by itself (nobody
 * knew it, say) is started again, as systemd does with ironic-python-agent-builder's unit: Restart=always, RestartSec=30s.
 */
export async function startAgent(
  server: SimServer,
  media: { args: Map<string, string>; caPem: string },
  life: AbortSignal,
): Promise<RunningAgent> {
  const { ip, name } = server.spec;
  const ended = new AbortController();
  const service = AbortSignal.any([life, ended.signal]);
  const identity = await makeIdentity(ip, { ips: [ip] });
  const keepRunning = async (first: Identity) => {
    for (let identity = first; ; identity = await makeIdentity(ip, { ips: [ip] })) {
      const failure = await runOnce(server, media, identity, service);
      server.around.log.add(name, 'agent-stop', failure);
      await pause(server, RESTART, service);
      server.around.log.add(name, 'agent-start', 'by its service, again');
    }
  };
  keepRunning(identity).catch(() => ended.abort());
  return { stop: () => ended.abort() };
}

/** One process of the agent, until it fails; answers with why. Rejects when `service` ends. */
async function runOnce(
  server: SimServer,
  media: { args: Map<string, string>; caPem: string },
  identity: Identity,
  service: AbortSignal,
): Promise<string> {
  const { ip } = server.spec;
  const ended = new AbortController();
  const signal = AbortSignal.any([service, ended.signal]);
  let wake: () => void = () => undefined;
  const agent: AgentState = {
    server,
    ...media,
    identity,
    token: media.args.get('ipa-agent-token') ?? '',
    commands: newCommandBook(),
    signal,
    startedAt: new Date().toISOString(),
    beatNow: () => wake(),
    lookUpAgain: async () => ({}),
  };
  const listener = server.around.network.listen(ip, PORT, (socket) => agentApi.accept(agent, socket, identity.context));
  signal.addEventListener('abort', () => listener.close(), { once: true });
  const nextBeat = (milliseconds: number) =>
    new Promise<void>((resolve, reject) => {
      wake = resolve;
      sleepReal(milliseconds, signal).then(resolve, reject);
    });
  try {
    return await live(agent, nextBeat);
  } catch (error) {
    service.throwIfAborted();
    return error instanceof Error ? error.message : 'failed';
  } finally {
    ended.abort();
  }
}

async function live(agent: AgentState, nextBeat: (milliseconds: number) => Promise<void>): Promise<string> {
  const uuid = await inspect(agent);
  const api = agent.args.get('ipa-api-url')?.split(',')[0];
  if (!api) return 'no ipa-api-url: nothing to do';
  await post(agent, 'GET', `${api}/`);
  const node = await lookUp(agent, api, uuid);
  agent.lookUpAgain = () =>
    lookUp(agent, api, node.uuid).then(
      ({ properties }) => properties,
      () => ({}),
    );
  for (;;) {
    const ok = await heartbeat(agent, api, node.uuid);
    const seconds = ok ? node.heartbeatTimeout * (0.3 + 0.3 * agent.server.random()) : 5 + 5 * agent.server.random();
    const { speed } = agent.server.around.clock;
    await nextBeat(Number.isFinite(speed) ? Math.max(LEAST_BEAT_MS, (seconds * 1000) / speed) : UNHURRIED_BEAT_MS);
  }
}

/**
 * Sends the inventory; five tries on 409 and 5xx, then goes on to the lookup regardless. Answers with the host's uid, if it was told.
 */
async function inspect(agent: AgentState): Promise<string | undefined> {
  const url = agent.args.get('ipa-inspection-callback-url');
  if (!url) return undefined;
  await lasts(agent.server, INSPECTION, agent.signal);
  const body = JSON.stringify(inspectionData(agent.server, agent.args));
  for (let tries = 1; tries <= 5; tries++) {
    const { status, body: answer } = await ask(agent, 'POST', url, body);
    agent.server.around.log.add(agent.server.spec.name, 'inspection', String(status));
    if (status >= 200 && status < 300) return (JSON.parse(answer || '{}') as { uuid?: string }).uuid;
    if (status < 500 && status !== 409 && status !== 0) return undefined;
    await pause(agent.server, 5 * tries, agent.signal);
  }
  return undefined;
}

interface LookedUp {
  uuid: string;
  properties: Record<string, unknown>;
  heartbeatTimeout: number;
}

/** Asks who it is, for up to 600 simulated seconds (at least 2 real ones). */
async function lookUp(agent: AgentState, api: string, uuid: string | undefined): Promise<LookedUp> {
  const addresses = agent.server.spec.macs.join(',');
  const url = `${api}/v1/lookup?addresses=${addresses}${uuid ? `&node_uuid=${uuid}` : ''}`;
  const until = Date.now() + Math.max(2000, 600_000 / agent.server.around.clock.speed);
  for (let wait = 1; Date.now() < until; wait = Math.min(wait * 2, 30)) {
    const answer = await ask(agent, 'GET', url);
    if (answer.status === 200) return understand(agent, JSON.parse(answer.body));
    await pause(agent.server, wait * (0.5 + agent.server.random()), agent.signal);
  }
  throw new Error('lookup failed: no node for these addresses');
}

function understand(
  agent: AgentState,
  body: { node?: { uuid?: string; properties?: Record<string, unknown> }; config?: Record<string, unknown> },
): LookedUp {
  const { node, config } = body;
  if (!node?.uuid || typeof config?.heartbeat_timeout !== 'number') throw new Error('lookup failed: answer lacks node or config');
  const given = config.agent_token;
  if (!agent.token && typeof given === 'string' && !given.startsWith('***')) agent.token = given;
  if (!agent.token) throw new Error('locked down: the token was given to somebody else');
  return { uuid: node.uuid, properties: node.properties ?? {}, heartbeatTimeout: config.heartbeat_timeout };
}

async function heartbeat(agent: AgentState, api: string, uuid: string): Promise<boolean> {
  const body = {
    callback_url: `https://${agent.server.spec.ip}:${PORT}`,
    agent_token: agent.token,
    agent_version: VERSION,
    agent_verify_ca: agent.identity.certificatePem,
  };
  return (await post(agent, 'POST', `${api}/v1/heartbeat/${uuid}`, JSON.stringify(body))) === 202;
}

async function post(agent: AgentState, method: string, url: string, body?: string): Promise<number> {
  return (await ask(agent, method, url, body)).status;
}

/** A request to our listener; status 0 when it cannot be reached. */
async function ask(agent: AgentState, method: string, url: string, body?: string): Promise<{ status: number; body: string }> {
  const headers = { 'x-openstack-ironic-api-version': '1.68', accept: 'application/json' };
  const request = { url, method, headers, ca: [agent.caPem], signal: agent.signal, ...(body === undefined ? {} : { body }) };
  try {
    const answer = await siteRequest(networkOf(agent.server), request);
    return { status: answer.status, body: answer.body.toString('utf8') };
  } catch (error) {
    if (agent.signal.aborted) throw error;
    return { status: 0, body: '' };
  }
}

/** Waits simulated seconds, but never so short that a dead listener is hammered. */
async function pause(server: SimServer, seconds: number, signal: AbortSignal): Promise<void> {
  await sleepReal(Math.max(200, (seconds * 1000) / server.around.clock.speed), signal);
}
