import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('has the peers', () => {
  expect(
    execFileSync(process.env.INTEROP_REDFISH_PYTHON!, ['-c', 'import sushy, sushy_tools; print("here")'], { encoding: 'utf8' }),
  ).toBe('here\n');
});
