import { describe, expect, it } from 'vitest';
import { readStartOptions } from './options.ts';

describe('npm start', () => {
  it('brings up the simulation and the example cluster unless told otherwise', () => {
    expect(readStartOptions([], {})).toMatchObject({ simulation: true, examples: true, speed: 60, state: '.slipway' });
    expect(readStartOptions(['--no-examples'], {})).toMatchObject({ simulation: true, examples: false });
    expect(readStartOptions(['--empty'], {})).toMatchObject({ simulation: false, examples: false });
  });

  it('takes ports from flags before the environment', () => {
    const env = { SLIPWAY_KUBE_PORT: '7443', SLIPWAY_CONSOLE_PORT: '3100' };
    expect(readStartOptions(['--kube-port', '8443'], env).ports).toMatchObject({
      kube: 8443,
      console: 3100,
      trpc: 4000,
      machines: 6385,
    });
  });

  it('says which flag is wrong and what it knows', () => {
    expect(() => readStartOptions(['--port', 'http'], {})).toThrow('--port must be a number from 0 to 65535; "http" is not');
    expect(() => readStartOptions(['--examples'], {})).toThrow(/--no-examples/);
  });
});
