// npm run interop [-- suite …]: our code against real peers of other makers, installed as packages. Ends with one line: "N passed, N failed".
import { handOver } from './lib/prepare.mjs';

handOver('scripts/interop/main.ts');
