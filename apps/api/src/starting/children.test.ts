import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { endLeftovers, superviseIn } from './children.ts';

it.runIf(process.platform === 'linux')('ends what a killed start left, and its ports are free then', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-left-'));
  // Its path makes it one of ours.
  const script = join(folder, 'packages/sim/main.cjs');
  mkdirSync(join(folder, 'packages/sim'), { recursive: true });
  writeFileSync(script, `const s = require('net').createServer().listen(0, '127.0.0.1', () => console.log(s.address().port));`);
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const port = await new Promise<number>((resolve) => child.stdout.once('data', (line) => resolve(Number(line))));
    writeFileSync(join(folder, 'pids'), `${child.pid}\n${process.pid}`);
    expect(await endLeftovers(folder)).toBe(1);
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    server.close();
    expect(await endLeftovers(folder)).toBe(0);
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
});

it('gives up at once on a program that is not there, and its log says so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-absent-'));
  try {
    const children = superviseIn(folder);
    children.start({ name: 'sim', command: [join(folder, 'nobody')], env: {} });
    expect(await children.failed).toBe('sim');
    expect(readFileSync(join(folder, 'sim.log'), 'utf8')).toMatch(/nobody cannot be started: .*ENOENT/);
    await children.stop(1000);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
