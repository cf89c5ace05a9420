// npm test: installs what it needs, then runs every suite on Node 24. Ends with one line: "N passed, N failed".
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { environment, install, node24, root } from './lib/prepare.mjs';

install();
const node = node24();
const done = spawnSync(node, [join(root, 'scripts/test/main.ts'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: environment(node),
});
process.exit(done.status ?? 1);
