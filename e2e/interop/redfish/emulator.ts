/** sushy-tools' emulator of BMCs, as a process of its own: HTTPS, Basic authentication, the driver that needs no libvirt. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Identity } from '@slipway/sim/tls.ts';
import { ended, peerPython, withoutProxies } from './peer.ts';

/** A system behind the emulator. */
export interface EmulatedSystem {
  uuid: string;
  name: string;
  mac: string;
}

/** How to start one. */
export interface EmulatorOptions {
  systems: EmulatedSystem[];
  username: string;
  password: string;
  /** Its certificate; also the one that it trusts when it fetches media, and checks. */
  identity: Identity;
  /** More lines of its configuration file, which is Python. */
  configuration?: string[];
}

/** A running one. */
export interface Emulator {
  /** `127.0.0.1:port`. */
  host: string;
  /** The files that it has fetched as media. */
  fetched(): Promise<string[]>;
  /** What it has logged. */
  log(): string;
  /** Ends it and waits for its end. May be called again. */
  stop(): Promise<void>;
}

const START_SECONDS = 30;

/** Starts one on a free port and waits until it says that it listens. */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-interop-sushy-'));
  const file = (name: string) => join(folder, name);
  const media = file('media');
  await mkdir(media);
  await writeFile(file('cert.pem'), options.identity.certificatePem);
  await writeFile(file('key.pem'), options.identity.keyPem, { mode: 0o600 });
  await writeFile(file('htpasswd'), `${options.username}:${bcryptOf(options.password)}\n`, { mode: 0o600 });
  await writeFile(file('emulator.conf'), configurationOf(options, file));
  const child = spawn(peerPython(), ['-m', 'sushy_tools.emulator.main', '--config', file('emulator.conf')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...withoutProxies(), TMPDIR: media, REQUESTS_CA_BUNDLE: file('cert.pem'), PYTHONUNBUFFERED: '1' },
  });
  let log = '';
  const take = (chunk: Buffer) => {
    log += chunk.toString('utf8');
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const stop = async () => {
    await ended(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return { host: await listening(child, () => log), fetched: () => filesIn(media), log: () => log, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** sushy-tools knows bcrypt alone; cost 4 is the least, as each request checks it. */
function bcryptOf(password: string): string {
  const script = 'import bcrypt, sys; print(bcrypt.hashpw(sys.stdin.buffer.read(), bcrypt.gensalt(4)).decode(), end="")';
  return execFileSync(peerPython(), ['-c', script], { input: password, encoding: 'utf8' });
}

function configurationOf({ systems, configuration = [] }: EmulatorOptions, file: (name: string) => string): string {
  const fakes = systems.map(({ uuid, name, mac }) => ({ uuid, name, power_state: 'Off', nics: [{ mac, ip: '192.0.2.10' }] }));
  const text = (value: unknown) => JSON.stringify(value);
  return [
    'SUSHY_EMULATOR_LISTEN_IP = "127.0.0.1"',
    'SUSHY_EMULATOR_LISTEN_PORT = 0',
    `SUSHY_EMULATOR_SSL_CERT = ${text(file('cert.pem'))}`,
    `SUSHY_EMULATOR_SSL_KEY = ${text(file('key.pem'))}`,
    `SUSHY_EMULATOR_AUTH_FILE = ${text(file('htpasswd'))}`,
    `SUSHY_EMULATOR_STATE_DIR = ${text(file('.'))}`,
    'SUSHY_EMULATOR_FAKE_DRIVER = True',
    `SUSHY_EMULATOR_FAKE_SYSTEMS = ${text(fakes)}`,
    'SUSHY_EMULATOR_VMEDIA_VERIFY_SSL = True',
    ...configuration,
    '',
  ].join('\n');
}

function listening(child: ChildProcess, log: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`sushy-emulator did not start: ${why}. It said:\n${log()}`));
    const limit = setTimeout(() => fail(`it does not listen after ${START_SECONDS} s`), START_SECONDS * 1000);
    const look = () => {
      const host = /Running on https:\/\/(\S+)/.exec(log())?.[1];
      if (!host) return;
      clearTimeout(limit);
      resolve(host);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('error', (error) => fail(error.message));
    child.once('exit', (status) => fail(`it ended with status ${status}`));
  });
}

async function filesIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
