/** `npm run bench -- spine [hosts|clusters|idle|start] …`: the figures that issues ask for, as JSON lines. Never part of npm test. */
import { spine } from './spine.ts';

const [suite, ...only] = process.argv.slice(2);
if (suite !== 'spine') {
  console.error('usage: npm run bench -- spine [hosts|clusters|idle|start]');
  process.exit(1);
}
await spine(only, (figure) => console.log(JSON.stringify(figure)));
