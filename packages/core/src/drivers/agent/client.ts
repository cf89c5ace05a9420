/** Commands to an ironic-python-agent over its own TLS (reference: metal3-ironic 3.2). */
import { request } from 'undici';
import { connectionProblem, dispatcherFor, within } from '../tunnel.ts';

/** How to reach an agent. */
export interface AgentAccess {
  /** From its heartbeat: `https://10.0.1.10:9999`. */
  callbackUrl: string;
  token: string;
  /** PEM of its own certificate, from its heartbeat; pinned. Needed for https. */
  verifyCa?: string;
  /** HTTP CONNECT proxy that leads into the site. */
  proxyURL?: string;
  /** Limit of one request, 30 unless given. */
  timeoutSeconds?: number;
}

/** A command as the agent shows it. */
export interface AgentCommand {
  id: string;
  /** Without its extension: `execute_deploy_step`. */
  name: string;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CLEAN_VERSION_MISMATCH';
  /** Present when it failed; the agent's words, bounded. */
  error?: { type: string; message: string };
  result: Record<string, unknown> | null;
}

/** An agent's API. All throw AgentError. */
export interface AgentClient {
  status(): Promise<{ version: string; startedAt: number }>;
  /** All commands since the agent started, oldest first, at most 1,000. Look here before repeating a command. */
  commands(): Promise<AgentCommand[]>;
  /**
   * Runs `extension.command`. `wait` = the answer comes when it has ended: for short ones only. Without it an asynchronous
   * command is RUNNING in the answer. Busy with another one: AgentError code Busy.
   */
  command(name: string, params: Record<string, unknown>, options: { wait: boolean }): Promise<AgentCommand>;
  /** Frees the connection. */
  close(): Promise<void>;
}

/** What went wrong with an agent. `code` is a code of failed operations. */
export class AgentError extends Error {
  readonly code: 'AgentGone' | 'Busy' | 'ProtocolError' | 'AuthFailed';
  readonly retryable: boolean;

  constructor(code: AgentError['code'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'AgentError';
    this.code = code;
    // An agent that cannot be reached now may be busy with its network; the heartbeat's age tells when it is gone for good.
    this.retryable = code === 'AgentGone' || code === 'Busy';
  }
}

const MOST_BYTES = 16 * 1024 * 1024;
const MOST_COMMANDS = 1000;
const TIMEOUT_SECONDS = 30;

/** Opens a client; sends nothing. Throws AgentError for a callback URL that is not https with a pinned certificate. */
export function createAgentClient(access: AgentAccess): AgentClient {
  const base = new URL(access.callbackUrl);
  if (base.protocol !== 'https:' || !access.verifyCa) {
    throw new AgentError(
      'ProtocolError',
      `the agent at ${base.host} offers no TLS certificate of its own: use an agent with auto-TLS (2021 or later)`,
    );
  }
  const dispatcher = dispatcherFor({
    ...(access.proxyURL ? { proxyURL: access.proxyURL } : {}),
    verifyTls: true,
    pinnedPem: access.verifyCa,
    minVersion: 'TLSv1.3',
  });
  const seconds = access.timeoutSeconds ?? TIMEOUT_SECONDS;

  const send = async (method: 'GET' | 'POST', path: string, query: Record<string, string>, body?: unknown): Promise<unknown> => {
    const url = new URL(path, base);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const answer = await exchange(dispatcher, method, url, body, seconds).catch((error) => {
      throw error instanceof AgentError
        ? error
        : new AgentError('AgentGone', `agent at ${base.host}: ${connectionProblem(error, seconds)}`, error);
    });
    if (answer.status < 300) return answer.body;
    const said = textOf((answer.body as Fields)?.message) || textOf((answer.body as Fields)?.faultstring);
    throw new AgentError(
      codeOf(answer.status),
      `agent at ${base.host}: ${method} ${path} answered ${answer.status}${said ? `: ${said}` : ''}`,
    );
  };
  const token = { agent_token: access.token };

  return {
    status: async () => {
      const body = (await send('GET', '/v1/status', {})) as Fields;
      return { version: textOf(body?.version), startedAt: Number(body?.started_at) || 0 };
    },
    commands: async () => {
      const list = ((await send('GET', '/v1/commands/', token)) as Fields)?.commands;
      if (!Array.isArray(list))
        throw new AgentError('ProtocolError', `agent at ${base.host}: the list of commands is not a list`);
      return list.slice(-MOST_COMMANDS).map((each) => commandOf(each, base.host));
    },
    command: async (name, params, { wait }) => {
      const query = { wait: String(wait), ...token };
      return commandOf(await send('POST', '/v1/commands/', query, { name, params }), base.host);
    },
    close: () => dispatcher.destroy(),
  };
}

type Fields = Record<string, unknown>;

function codeOf(status: number): AgentError['code'] {
  if (status === 409) return 'Busy';
  if (status === 401 || status === 403) return 'AuthFailed';
  // 500 comes from the agent itself, and stays: one failed command that it cannot show spoils its list for as long as it lives.
  return status > 500 ? 'AgentGone' : 'ProtocolError';
}

async function exchange(
  dispatcher: ReturnType<typeof dispatcherFor>,
  method: 'GET' | 'POST',
  url: URL,
  body: unknown,
  seconds: number,
) {
  const signal = AbortSignal.timeout(seconds * 1000);
  const asked = request(url, {
    dispatcher,
    method,
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: body === undefined ? null : JSON.stringify(body),
    signal,
  });
  const answer = await within(signal, asked);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new AgentError('ProtocolError', `agent at ${url.host} sent more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  try {
    return { status: answer.statusCode, body: JSON.parse(Buffer.concat(chunks).toString('utf8') || 'null') as unknown };
  } catch {
    throw new AgentError('ProtocolError', `agent at ${url.host} answered ${answer.statusCode} with something that is not JSON`);
  }
}

function commandOf(value: unknown, host: string): AgentCommand {
  const fields = (value ?? {}) as Fields;
  const status = fields.command_status;
  if (typeof fields.id !== 'string' || typeof fields.command_name !== 'string' || !isStatus(status)) {
    throw new AgentError('ProtocolError', `agent at ${host}: the answer is not a command`);
  }
  const { command_error: error, command_result: result } = fields;
  return {
    id: fields.id.slice(0, 128),
    // Shown in full when a command failed before it began.
    name: fields.command_name.slice(fields.command_name.indexOf('.') + 1).slice(0, 128),
    status,
    ...(error ? { error: errorOf(error) } : {}),
    result: result && typeof result === 'object' ? (result as Record<string, unknown>) : null,
  };
}

function isStatus(value: unknown): value is AgentCommand['status'] {
  return value === 'RUNNING' || value === 'SUCCEEDED' || value === 'FAILED' || value === 'CLEAN_VERSION_MISMATCH';
}

/** Errors come as objects or as plain text, by version. */
function errorOf(error: unknown): { type: string; message: string } {
  if (typeof error === 'string') return { type: '', message: textOf(error) };
  const { type, message, details } = error as Fields;
  return { type: textOf(type), message: textOf(details) || textOf(message) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.replace(/\p{Cc}/gu, ' ').slice(0, 1024) : '';
}
