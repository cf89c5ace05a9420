// npm test: installs what it needs, then runs every suite on Node 24. Ends with one line: "N passed, N failed".
import { handOver } from './lib/prepare.mjs';

handOver('scripts/test/main.ts');
