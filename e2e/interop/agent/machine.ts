/** A pretended server for the agent: a network namespace with one interface, one disk, and the agent as its only process. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** What the agent finds on its boot medium. */
export interface BootMedium {
  kernelArgs: string;
  /** Path below the root of the medium (`etc/…`) to content. */
  files: Map<string, Uint8Array>;
  /** The medium itself. */
  iso: Uint8Array;
}

/** The server. */
export interface Machine {
  /** Its end of the wire, and ours: the address at which it reaches us. */
  ip: string;
  ourIp: string;
  mac: string;
  /** Path of its disk, as it and we see it. */
  disk: string;
  /** Starts the agent from a medium; one that runs is killed. */
  boot(medium: BootMedium): void;
  /** Starts the agent again from the same medium, as its service does (Restart=always). */
  restart(): void;
  /** Kills the agent, as a crash does. */
  kill(): Promise<void>;
  /** What the agent wrote since the last boot. */
  log(): string;
  stop(): Promise<void>;
}

/** More than the 4 GiB that the agent wants of a root disk; sparse. */
const DISK_BYTES = 5 * 1024 ** 3;

/** Makes the server, switched off. Needs root. */
export function makeMachine(): Machine {
  if (process.getuid?.() !== 0) throw new Error('the agent interop suite needs root: namespaces and a loop device');
  sweep();
  const work = mkdtempSync(join(tmpdir(), `slipway-ipa-${process.pid}-`));
  const image = join(work, 'disk.img');
  writeFileSync(image, '');
  truncateSync(image, DISK_BYTES);
  const disk = run('losetup', '--find', '--show', '--partscan', image);
  const number = process.pid % 16_000;
  const namespace = `slipway-ipa-${process.pid}`;
  const wire = `swipa${number}`;
  // Of 198.18.0.0/15, which is for tests of networks.
  const [ourIp, ip] = [1, 2].map((last) => `198.18.${number >> 6}.${(number & 63) * 4 + last}`) as [string, string];
  run('ip', 'netns', 'add', namespace);
  // The agent leaves out virtual interfaces, except VLANs, which it tells by the name.
  run('ip', 'link', 'add', wire, 'type', 'veth', 'peer', 'name', 'eth.10', 'netns', namespace);
  run('ip', 'addr', 'add', `${ourIp}/30`, 'dev', wire);
  run('ip', 'link', 'set', wire, 'up');
  const inside = (...args: string[]) => run('ip', '-n', namespace, ...args);
  inside('addr', 'add', `${ip}/30`, 'dev', 'eth.10');
  inside('link', 'set', 'lo', 'up');
  inside('link', 'set', 'eth.10', 'up');
  const mac = /link\/ether (\S+)/.exec(inside('link', 'show', 'eth.10'))![1]!;

  const neighbour = spawn(process.env.INTEROP_AGENT_PYTHON!, [join(import.meta.dirname, 'lldp.py'), wire], { stdio: 'ignore' });
  let agent: ChildProcess | undefined;
  const kill = async () => {
    const running = agent;
    agent = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => running.once('exit', () => resolve()));
    running.kill('SIGKILL');
    await gone;
  };
  const log = join(work, 'agent.log');
  const start = (mode: 'w' | 'a') => {
    const out = openSync(log, mode);
    const unshare = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
    agent = spawn('ip', ['netns', 'exec', namespace, ...unshare, join(import.meta.dirname, 'start-agent.sh')], {
      stdio: ['ignore', out, out],
      env: { ...process.env, WORK: work, DISK: disk, AGENT_PYTHON: process.env.INTEROP_AGENT_PYTHON },
    });
    closeSync(out);
  };
  return {
    ip,
    ourIp,
    mac,
    disk,
    boot: ({ kernelArgs, files }) => {
      agent?.kill('SIGKILL');
      for (const folder of ['etc', 'tmp', 'scratch']) rmSync(join(work, folder), { recursive: true, force: true });
      for (const folder of ['etc', 'tmp']) mkdirSync(join(work, folder));
      writeFileSync(join(work, 'cmdline'), `BOOT_IMAGE=/vmlinuz ${kernelArgs} slipway-disk=${disk}\n`);
      for (const [path, content] of files) {
        if (!path.startsWith('etc/')) continue;
        mkdirSync(dirname(join(work, path)), { recursive: true });
        writeFileSync(join(work, path), content);
      }
      start('w');
    },
    restart: () => start('a'),
    kill,
    log: () => readFileSync(log, 'utf8'),
    stop: async () => {
      await kill();
      neighbour.kill();
      if (process.env.INTEROP_AGENT_LOG && existsSync(log)) cpSync(log, process.env.INTEROP_AGENT_LOG);
      run('ip', 'netns', 'delete', namespace);
      // The namespace's end takes the wire with it, but later.
      execFileSync('sh', ['-c', `ip link delete ${wire} 2>/dev/null || true`]);
      run('losetup', '--detach', disk);
      rmSync(work, { recursive: true, force: true });
    },
  };
}

/** Removes what killed runs have left: namespaces, loop devices and folders. */
function sweep(): void {
  for (const [name, pid] of run('ip', 'netns', 'list').matchAll(/^slipway-ipa-(\d+)/gm)) {
    if (!existsSync(`/proc/${pid}`)) run('ip', 'netns', 'delete', name);
  }
  for (const line of run('losetup', '--list', '--noheadings', '--output', 'NAME,BACK-FILE').split('\n')) {
    const [device = '', file = ''] = line.trim().split(/\s+/);
    if (!file.includes('/slipway-ipa-') || existsSync(`/proc/${/slipway-ipa-(\d+)-/.exec(file)?.[1]}`)) continue;
    run('losetup', '--detach', device);
    rmSync(dirname(file), { recursive: true, force: true });
  }
}

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}
