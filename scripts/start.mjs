// npm start: installs, then hands over to Node 24 and apps/api/src/start.ts, which shows progress from there.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { environment, install, node24, root } from './lib/prepare.mjs';

install();
const node = node24();
const child = spawn(node, [join(root, 'apps/api/src/start.ts'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: environment(node),
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
