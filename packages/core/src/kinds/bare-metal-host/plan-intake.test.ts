import { describe, expect, test } from 'vitest';
import { type Bench, bench, deployed, free, INTAKE, secretOutside } from './test-bench.ts';

describe('the way in', () => {
  test('a host comes to available: registered, inspected and cleaned on one boot of the agent, and off', () => {
    const made = bench();
    const plan = made.settle();
    expect(made.asked).toEqual(INTAKE);
    expect(made.events).toEqual(['Registered', 'InspectionStarted', 'InspectionComplete']);
    expect(plan).toEqual({ actions: [], because: null });
    expect(made.status()).toMatchObject({
      operationalStatus: 'OK',
      poweredOn: false,
      errorCount: 0,
      goodCredentials: { credentialsVersion: '7' },
      provisioning: { state: 'available' },
    });
    expect(made.status().provisioning).not.toHaveProperty('boot');
    expect(made.status().operationHistory).toMatchObject({
      register: { end: expect.any(String) },
      inspect: { start: expect.any(String), end: expect.any(String) },
    });
    expect(made.seen.host.metadata.finalizers).toEqual(['baremetalhost.metal3.io']);
    expect(made.seen.host.metadata.labels).toEqual({ 'fleet.slipway.dev/bmc-secret': 'host-1-bmc' });
  });

  test.each([
    ['no inspection', { inspectionMode: 'disabled' }, ['Registered'], 'available', true],
    [
      'no cleaning',
      { automatedCleaningMode: 'disabled' },
      ['Registered', 'InspectionStarted', 'InspectionComplete'],
      'available',
      false,
    ],
    ['externally provisioned', { externallyProvisioned: true }, ['Registered'], 'externally provisioned', false],
  ] as const)('%s', (_name, spec, events, state, cleaned) => {
    const made = bench(spec);
    made.settle();
    expect([made.state(), made.events]).toEqual([state, events]);
    expect(made.asked.includes('agent.clean clean')).toBe(cleaned);
  });

  test('online: an available host is switched on', () => {
    const made = bench({ online: true });
    made.settle();
    expect(made.asked).toEqual([...INTAKE, 'bmc.power on']);
    expect(made.status().poweredOn).toBe(true);
  });

  test('without a BMC it is unmanaged until it gets one', () => {
    const made = bench({ bmc: undefined });
    expect(made.settle().because?.sentence).toMatch(/no BMC address/);
    expect(made.status()).toMatchObject({ operationalStatus: 'discovered', provisioning: { state: 'unmanaged' } });
    expect(made.events).toEqual(['Discovered']);
    made.spec((spec) => {
      spec.bmc = { address: 'redfish://192.168.1.10', credentialsName: 'host-1-bmc' };
    });
    made.settle();
    expect(made.state()).toBe('available');
  });

  test.each([
    [
      'no Secret',
      (made: Bench) => {
        made.seen.credentials = null;
      },
      /Secret metal3\/host-1-bmc .* does not exist/,
    ],
    [
      'a Secret without password',
      (made: Bench) => {
        made.seen.credentials = secretOutside('host-1-bmc', '1', 'metal3', ['username']);
      },
      /has no password/,
    ],
    [
      'no Site',
      (made: Bench) => {
        made.seen.sites = [];
      },
      /No Site holds BMC address 192.168.1.10; Sites: none/,
    ],
    [
      'an unknown Site',
      (made: Bench) => {
        made.seen.host.metadata.labels = { 'fleet.slipway.dev/site': 'rome' };
      },
      /There is no Site rome; Sites: berlin/,
    ],
    [
      'a BMC outside of the Site',
      (made: Bench) =>
        made.spec((spec) => {
          spec.bmc!.address = 'redfish://10.9.9.9';
        }),
      /outside the networks that Site berlin allows \(192.168.1.0\/24\)/,
    ],
  ])('%s: it waits, says so, and asks no BMC', (_name, spoil, sentence) => {
    const made = bench();
    spoil(made);
    const plan = made.settle();
    expect(plan.because?.sentence).toMatch(sentence);
    expect(plan.because?.wayOut).toBeTruthy();
    expect(plan.wakeAfterSeconds).toBe(10);
    expect(made.asked).toEqual([]);
    expect(made.status()).toMatchObject({ operationalStatus: '', errorMessage: '', provisioning: { state: 'registering' } });
    expect(made.status().conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
      status: 'False',
      message: plan.because?.sentence,
    });
  });
});

describe('registration', () => {
  const wrong = { code: 'AuthFailed', message: 'BMC 192.168.1.10 answered 401 Unauthorized', retryable: false };

  test('wrong credentials are a registration error with the BMC’s answer; a mended Secret heals it at once', () => {
    const made = bench();
    made.outcome = ({ kind }) => (kind === 'bmc.register' ? wrong : undefined);
    const plan = made.settle();
    expect(made.status()).toMatchObject({
      operationalStatus: 'error',
      errorType: 'registration error',
      errorMessage: wrong.message,
      errorCount: 1,
    });
    expect(made.events).toEqual(['RegistrationError']);
    expect(plan.because).toMatchObject({
      tone: 'fault',
      sentence: wrong.message,
      wayOut: expect.stringContaining('metal3/host-1-bmc'),
    });
    expect(plan.wakeAfterSeconds).toBe(60);

    made.seen.credentials = secretOutside('host-1-bmc', '8');
    made.outcome = () => undefined;
    made.settle();
    expect(made.state()).toBe('available');
    expect(made.status().errorType).toBeUndefined();
    expect(made.status().goodCredentials?.credentialsVersion).toBe('8');
  });

  test('the same credentials are tried again, ever later', () => {
    const made = bench();
    made.outcome = () => wrong;
    made.settle();
    made.advance(59);
    made.settle();
    expect(made.asked).toEqual(['bmc.register register']);
    made.advance(1);
    made.settle();
    expect(made.asked).toEqual(['bmc.register register', 'bmc.register register~2']);
    expect(made.status().errorCount).toBe(2);
    expect(made.plan().wakeAfterSeconds).toBe(120);
  });

  test('a BMC that does not answer is an error, but counts nothing', () => {
    const made = bench();
    made.outcome = () => ({ code: 'Unreachable', message: 'BMC 192.168.1.10 does not answer', retryable: true });
    made.settle();
    for (let i = 0; i < 5; i++) {
      made.advance(300);
      made.settle();
    }
    expect(made.status()).toMatchObject({ errorType: 'registration error', errorCount: 1 });
    expect(made.plan().because).toMatchObject({ tone: 'caution' });
  });

  test('a placeholder is waited on, not an error', () => {
    const made = bench();
    const message = 'Secret metal3/host-1-bmc: password is still the placeholder CHANGE_ME_IN_VAULT';
    made.outcome = () => ({ code: 'BadInput', message, retryable: false });
    expect(made.settle().because?.sentence).toBe(message);
    expect(made.status()).toMatchObject({ operationalStatus: '', errorMessage: '' });
  });

  test.each([
    ['NoDriver', 'no driver for ipmi yet', /^no driver for ipmi yet$/],
    [
      'BadInput',
      'Secret metal3/host-1-bmc: password is still the placeholder CHANGE_ME_IN_VAULT',
      /^no driver for ipmi yet; Secret .* CHANGE_ME_IN_VAULT$/,
    ],
  ])('ipmi waits for its driver (%s)', (code, message, sentence) => {
    const made = bench({ bmc: { address: 'ipmi://192.168.1.10', credentialsName: 'host-1-bmc' } });
    made.outcome = () => ({ code, message, retryable: false });
    expect(made.settle().because?.sentence).toMatch(sentence);
    expect(made.asked).toEqual(['bmc.register register']);
    expect(made.status()).toMatchObject({ operationalStatus: '', errorMessage: '', provisioning: { state: 'registering' } });
  });

  test('another address voids the credentials: registered anew, in whatever state', () => {
    const made = deployed();
    made.spec((spec) => {
      spec.bmc!.address = 'redfish://192.168.1.11';
    });
    made.outcome = ({ kind }) => (kind === 'bmc.register' ? wrong : undefined);
    made.settle();
    expect(made.status()).toMatchObject({ errorType: 'provisioned registration error', provisioning: { state: 'provisioned' } });
    expect(made.asked).toEqual(['bmc.register register']);
  });

  test('the poller finding the door shut is shown, too', () => {
    const made = free();
    made.seen.power = { on: false, error: { code: 'AuthFailed', message: '401' }, errorSince: '2026-01-01T01:00:00Z' };
    expect(made.settle().because).toMatchObject({ tone: 'fault', since: '2026-01-01T01:00:00Z' });
    expect(made.status().errorType).toBe('registration error');
    made.seen.power = { on: false };
    made.settle();
    expect(made.status().errorType).toBeUndefined();
  });
});

describe('inspecting', () => {
  /** A bench whose agent is silent, inspecting. */
  function silent(): Bench {
    const made = bench();
    made.agentSpeaks = false;
    made.settle();
    expect(made.state()).toBe('inspecting');
    return made;
  }

  test('a silent agent has a limit; then it is booted anew, after a pause', () => {
    const made = silent();
    expect(made.plan().because).toMatchObject({
      sentence: 'The agent has not sent its inventory yet.',
      limit: { at: '2026-01-01T00:31:00Z' },
    });
    expect(made.status().provisioning).toMatchObject({ step: 'wait-inspection', boot: 'inspect-boot1' });
    made.advance(1800);
    const plan = made.settle();
    expect(made.status()).toMatchObject({ errorType: 'inspection error', errorCount: 1, provisioning: { state: 'inspecting' } });
    expect(made.status().provisioning?.boot).not.toBe('inspect-boot1');
    expect(plan.wakeAfterSeconds).toBe(2);
    made.agentSpeaks = true;
    made.advance(2);
    made.settle();
    expect(made.state()).toBe('available');
    expect(made.status()).toMatchObject({ errorCount: 0, errorMessage: '' });
  });

  test.each([
    [
      'inventory',
      (made: Bench) => {
        made.seen.inspection = { boot: 'older', at: '2026-01-01T00:02:00Z' };
      },
    ],
    [
      'heartbeat',
      (made: Bench) => {
        made.seen.agent = { boot: 'older', heartbeatAt: '2026-01-01T00:02:00Z', callbackUrl: 'https://x' };
      },
    ],
  ])('the %s of a stale boot is not heard', (_what, speak) => {
    const made = silent();
    speak(made);
    made.settle();
    expect(made.state()).toBe('inspecting');
  });

  test('an agent that reports without having been able to send its inventory is booted anew, long before the limit', () => {
    const made = silent();
    made.seen.agent = { boot: 'inspect-boot1', heartbeatAt: '2026-01-01T00:03:00Z', callbackUrl: 'https://x' };
    made.settle();
    expect(made.status()).toMatchObject({
      errorType: 'inspection error',
      errorMessage: 'The agent reports, but its inventory did not arrive',
      provisioning: { state: 'inspecting' },
    });
    expect(made.status().provisioning?.boot).not.toBe('inspect-boot1');
    made.agentSpeaks = true;
    made.advance(2);
    made.settle();
    expect(made.state()).toBe('available');
    expect(made.status()).toMatchObject({ errorCount: 0, errorMessage: '' });
  });

  test('an inspection that failed is shown and repeated', () => {
    const made = bench();
    made.inspectionError = 'no disks found';
    made.settle();
    expect(made.status()).toMatchObject({ errorType: 'inspection error', errorMessage: 'Inspection failed: no disks found' });
    expect(made.events).toContain('InspectionError');
  });

  test('the annotation asks for another inspection of an available host, once', () => {
    const made = free();
    made.seen.host.metadata.annotations = { 'inspect.metal3.io': '' };
    made.settle();
    expect(made.state()).toBe('available');
    expect(made.events).toEqual(['InspectionStarted', 'InspectionComplete']);
    expect(made.seen.host.metadata.annotations).toEqual({});
  });
});
