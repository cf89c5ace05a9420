/** The control API of a running datacentre, on localhost: faults, log, servers. The CLI and tests speak to it. */
import http from 'node:http';
import type { Datacentre } from './datacentre.ts';
import { FAULTS, isFault } from './faults.ts';
import { readJson, sendJson } from './http-on-sockets.ts';

/** Serves the control API. Throws if the port is taken. */
export async function startControl(datacentre: Datacentre, port: number): Promise<{ port: number; close(): Promise<void> }> {
  const server = http.createServer((request, response) => {
    answer(datacentre, request)
      .then((body) => sendJson(response, 200, body))
      .catch((error) => sendJson(response, 400, { error: error instanceof Error ? error.message : 'failed' }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as { port: number }).port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** One server as the control API shows it. */
export interface ServerView {
  name: string;
  site: string;
  rack: string;
  unit: number;
  role: string;
  vendor: string;
  bmc: string;
  power: string;
  phase: string;
  image: string | null;
  faults: string[];
}

/** Most log entries of one answer: the newest. */
const MOST_ENTRIES = 2000;

async function answer(datacentre: Datacentre, request: http.IncomingMessage): Promise<unknown> {
  const url = new URL(request.url ?? '/', 'http://control');
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /faults':
      return { known: FAULTS, on: datacentre.faults() };
    case 'POST /faults':
      return setFault(datacentre, await readJson(request, 10_000));
    case 'GET /log':
      return datacentre.log.entries(url.searchParams.get('host') ?? undefined).slice(-MOST_ENTRIES);
    case 'GET /servers':
      return datacentre.servers().map(
        ({ spec, power, phase, disk, faults }): ServerView => ({
          name: spec.name,
          site: spec.site,
          rack: spec.rack,
          unit: spec.unit,
          role: spec.role,
          vendor: spec.vendor,
          bmc: spec.bmcAddress,
          power,
          phase,
          image: disk?.imageUrl ?? null,
          faults: [...faults],
        }),
      );
    default:
      throw new RangeError('GET /faults, POST /faults, GET /log?host=, GET /servers');
  }
}

function setFault(datacentre: Datacentre, body: Record<string, unknown>): unknown {
  const { name, target, on } = body;
  if (typeof name !== 'string' || !isFault(name))
    throw new RangeError(`no fault of that name; there are ${Object.keys(FAULTS).join(', ')}`);
  if (typeof target !== 'string') throw new RangeError('target: name of a server, or of a rack for switch-down');
  datacentre.fault(name, target, on !== false);
  return { on: datacentre.faults() };
}
