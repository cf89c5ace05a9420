/**
 * What machines reach us by: the part of Ironic's API that ironic-python-agent uses, and boot images for BMCs. Everything that
 * arrives is hostile: bounded, parsed, then handed to the handlers, which decide.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { agentIso } from '../boot/agent-iso.ts';
import { type Artifacts, createArtifacts } from '../boot/artifacts.ts';
import { bodyOf, Refused, sendJson, sendStream, within } from './exchange.ts';
import type { Accepted, AgentHandlers, Heartbeat } from './handlers.ts';

/** Ironic API versions that we speak; 1.68 and later turn on the agent's own TLS. */
const OLDEST = '1.1';
const NEWEST = '1.95';
const MOST_HEARTBEAT_BYTES = 64 * 1024;
/** The agent's logs may be part of it. */
const MOST_INSPECTION_BYTES = 16 * 1024 * 1024;
const HANDLER_SECONDS = 20;

/** Handler of the machine listener (an https server with our machine certificate). */
export function agentListener(
  handlers: AgentHandlers,
  artifacts: Artifacts = createArtifacts(),
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    answer(handlers, artifacts, request, response).catch((error) => {
      if (response.headersSent) return void response.destroy();
      if (error instanceof Refused) return sendFault(request, response, error.status, error.message);
      sendFault(request, response, 503, 'not available now');
    });
  };
}

async function answer(
  handlers: AgentHandlers,
  artifacts: Artifacts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'https://listener');
  const parts = partsOf(url.pathname);
  const route = `${request.method} /${parts.slice(0, 2).join('/')}`;
  const { length } = parts;
  if (route === 'GET /' || (route === 'GET /v1' && length === 1)) return sendJson(response, 200, root(), versionHeaders(request));
  if (route === 'GET /v1/lookup' && length === 2) return lookup(handlers, url, request, response);
  if (route === 'POST /v1/heartbeat' && length === 3) return heartbeat(handlers, parts[2]!, request, response);
  if (route === 'POST /v1/continue_inspection' && length === 5) return inspection(handlers, parts, request, response);
  if (
    parts[0] === 'boot' &&
    length === 4 &&
    parts[3]!.endsWith('.iso') &&
    (request.method === 'GET' || request.method === 'HEAD')
  ) {
    return bootIso(handlers, artifacts, parts, request, response);
  }
  throw new Refused(404, 'not found');
}

/** Path segments, decoded. */
function partsOf(pathname: string): string[] {
  if (pathname.length > 1024) throw new Refused(414, 'path too long');
  try {
    return pathname.split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    throw new Refused(400, 'path is not well formed');
  }
}

function root() {
  const version = { id: 'v1', links: [{ rel: 'self', href: '/v1/' }], status: 'CURRENT', min_version: OLDEST, version: NEWEST };
  return {
    name: 'Slipway machine listener',
    description: 'What ironic-python-agent needs of Ironic.',
    versions: [version],
    default_version: version,
  };
}

function versionHeaders(request: IncomingMessage): Record<string, string> {
  const asked = request.headers['x-openstack-ironic-api-version'];
  const known = typeof asked === 'string' && /^1\.\d{1,3}$/.test(asked) && Number(asked.slice(2)) <= Number(NEWEST.slice(2));
  return {
    'x-openstack-ironic-api-minimum-version': OLDEST,
    'x-openstack-ironic-api-maximum-version': NEWEST,
    'x-openstack-ironic-api-version': known ? asked : NEWEST,
  };
}

async function lookup(handlers: AgentHandlers, url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const addresses = (url.searchParams.get('addresses') ?? '')
    .toLowerCase()
    .split(',')
    .filter((mac) => /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac));
  const nodeUuid = url.searchParams.get('node_uuid') ?? undefined;
  if (addresses.length === 0 && !nodeUuid) throw new Refused(400, 'lookup needs addresses or node_uuid');
  if (addresses.length > 64 || (nodeUuid && nodeUuid.length > 128)) throw new Refused(400, 'too many addresses');
  const found = await within(HANDLER_SECONDS, handlers.lookup({ addresses, ...(nodeUuid ? { nodeUuid } : {}) }));
  if (!found.found) throw new Refused(404, 'no node that expects an agent has these addresses');
  const node = { uuid: found.uuid, properties: found.properties ?? {}, instance_info: {}, driver_internal_info: {}, links: [] };
  const config = {
    heartbeat_timeout: found.heartbeatTimeoutSeconds,
    // What Ironic shows once the token has been given out: the agent keeps the one it has.
    agent_token: found.agentToken ?? '******',
    agent_token_required: true,
    // Metal3 takes MD5 for images still, where the operator says so; without it the agent refuses them once the disk is erased.
    agent_md5_checksum_enable: true,
    disable_deep_image_inspection: false,
    permitted_image_formats: ['raw', 'gpt', 'qcow2'],
    metrics: { backend: 'noop', prepend_host: false, prepend_uuid: false, prepend_host_reverse: true, global_prefix: null },
    metrics_statsd: { statsd_host: null, statsd_port: null },
  };
  sendJson(response, 200, { node, config }, versionHeaders(request));
}

async function heartbeat(
  handlers: AgentHandlers,
  uuid: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await bodyOf(request, MOST_HEARTBEAT_BYTES);
  const { agent_verify_ca: verifyCa } = body;
  const beat: Heartbeat = {
    uuid: bounded(uuid, 128, 'node'),
    callbackUrl: callbackUrl(body.callback_url),
    token: bounded(body.agent_token, 256, 'agent_token'),
    version: typeof body.agent_version === 'string' ? body.agent_version.slice(0, 64) : '',
    ...(typeof verifyCa === 'string' && verifyCa ? { verifyCa: bounded(verifyCa, 16_384, 'agent_verify_ca') } : {}),
  };
  sendAccepted(request, response, await within(HANDLER_SECONDS, handlers.heartbeat(beat)), undefined);
}

/** Scheme, host and port only: what we will later send tokens and images to. */
function callbackUrl(value: unknown): string {
  const text = bounded(value, 512, 'callback_url');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.search || url.hash || url.pathname !== '/') {
    throw new Refused(400, 'callback_url must be an http or https URL without path');
  }
  return url.origin;
}

async function inspection(
  handlers: AgentHandlers,
  parts: string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, , hostUid, boot, token] = parts as [string, string, string, string, string];
  const { inventory, error, ...pluginData } = await bodyOf(request, MOST_INSPECTION_BYTES);
  if (!error && (!inventory || typeof inventory !== 'object')) throw new Refused(400, 'the body needs an inventory');
  const problem = typeof error === 'string' && error ? { error: error.slice(0, 4096) } : {};
  const accepted = await within(
    HANDLER_SECONDS,
    handlers.inspection({ hostUid, boot, token, inventory, pluginData, ...problem }),
  );
  sendAccepted(request, response, accepted, { uuid: hostUid });
}

async function bootIso(
  handlers: AgentHandlers,
  artifacts: Artifacts,
  parts: string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, hostUid, boot, file] = parts as [string, string, string, string];
  const input = await within(HANDLER_SECONDS, handlers.bootIso({ hostUid, boot, signature: file.slice(0, -'.iso'.length) }));
  if (!input) throw new Refused(404, 'no such boot');
  const { plan, etag } = await agentIso(input, artifacts);
  await sendStream(request, response, plan, etag);
}

function sendAccepted(request: IncomingMessage, response: ServerResponse, accepted: Accepted, body: unknown): void {
  switch (accepted) {
    case 'accepted':
      sendJson(response, 202, body, versionHeaders(request));
      break;
    case 'refused':
      throw new Refused(403, 'token missing or not valid');
    case 'unknown':
      throw new Refused(404, 'no such node');
    case 'busy':
      throw new Refused(409, 'the node is busy; try again');
    default:
      accepted satisfies never;
  }
}

function bounded(value: unknown, most: number, name: string): string {
  if (typeof value !== 'string' || !value || value.length > most) throw new Refused(400, `${name} is missing or too long`);
  return value;
}

/** Errors in Ironic's shape, so that the agent logs them. */
function sendFault(request: IncomingMessage, response: ServerResponse, status: number, message: string): void {
  const fault = { faultcode: status < 500 ? 'Client' : 'Server', faultstring: message, debuginfo: null };
  sendJson(response, status, { error_message: fault }, { ...versionHeaders(request), connection: 'close' });
}
