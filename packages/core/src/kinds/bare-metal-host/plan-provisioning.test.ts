import { describe, expect, test } from 'vitest';
import { type Bench, DEPLOY, free, IMAGE, secretOutside } from './test-bench.ts';

describe('provisioning', () => {
  test('image, boot entry, flush, off, medium out, disk, on', () => {
    const made = free();
    made.spec((spec) => Object.assign(spec, { image: { ...IMAGE }, online: true }));
    const plan = made.settle();
    expect(made.asked).toEqual(DEPLOY);
    expect(made.events).toEqual(['ProvisioningStarted', 'ProvisioningComplete']);
    expect(plan).toEqual({ actions: [], because: null });
    expect(made.status()).toMatchObject({ poweredOn: true, provisioning: { state: 'provisioned', ID: 'u1', image: IMAGE } });
  });

  test('legacy boot mode needs no boot entry', () => {
    const made = free({ bootMode: 'legacy' });
    made.spec((spec) => Object.assign(spec, { image: { ...IMAGE }, online: true }));
    made.settle();
    expect(made.asked).toEqual(DEPLOY.filter((name) => !name.includes('bootloader')));
  });

  const claim = { kind: 'Metal3Machine', name: 'm', namespace: 'clusters' };
  const userData = { name: 'm', namespace: 'clusters' };
  test.each([
    ['offline', { image: IMAGE, online: false }, /spec.online is false/],
    [
      'a placeholder checksum',
      { image: { ...IMAGE, checksum: 'sha256:abc123...' }, online: true },
      /checksum "sha256:abc123\.\.\." is a placeholder/,
    ],
    ['a format nobody writes', { image: { ...IMAGE, format: 'vmdk' }, online: true }, /format vmdk cannot be written/],
    [
      'a claim without policy',
      { image: IMAGE, online: true, consumerRef: claim },
      /Namespace clusters may not claim hosts of namespace metal3/,
    ],
    [
      'data of a third namespace',
      { image: IMAGE, online: true, userData },
      /clusters\/m \(userData\) lies in a namespace that does not hold this host/,
    ],
    [
      'data that is not there',
      { image: IMAGE, online: true, userData: { name: 'm' } },
      /Secret metal3\/m \(userData\) does not exist/,
    ],
  ] as const)('%s: waits before the server is touched', (_name, spec, sentence) => {
    const made = free();
    made.spec((all) => Object.assign(all, structuredClone(spec)));
    expect(made.settle().because?.sentence).toMatch(sentence);
    expect([made.state(), made.asked]).toEqual(['available', []]);
  });

  test('data of the consumer’s namespace, when a policy lets it', () => {
    const made = free();
    made.seen.policies = [
      {
        apiVersion: 'metal3.io/v1alpha1',
        kind: 'HostDeployPolicy',
        metadata: { name: 'p', namespace: 'metal3' },
        spec: { hostClaimNamespaces: { names: ['clusters'] } },
      } as never,
    ];
    made.seen.data = { 'clusters/m': secretOutside('m', '3', 'clusters') };
    made.spec((spec) => Object.assign(spec, { image: { ...IMAGE }, online: true, consumerRef: claim, userData }));
    made.settle();
    expect(made.state()).toBe('provisioned');
  });

  /** Stops a deployment while the image is being written. */
  function writing(): Bench {
    const made = free();
    made.outcome = ({ kind }) => (kind === 'agent.writeImage' ? { running: true } : undefined);
    made.spec((spec) => Object.assign(spec, { image: { ...IMAGE }, online: true }));
    made.settle();
    expect(made.status().provisioning).toMatchObject({ state: 'provisioning', step: 'write-image' });
    return made;
  }

  test('while it is written the plan asks for the same operation, and says until when', () => {
    const made = writing();
    const plan = made.plan();
    expect(plan.actions).toMatchObject([{ do: 'operation', operation: { kind: 'agent.writeImage' } }]);
    expect(plan.because).toMatchObject({ since: '2026-01-01T00:01:00Z', limit: { at: '2026-01-01T01:21:00Z' } });
    expect(made.asked.filter((name) => name.includes('write-image'))).toHaveLength(1);
    made.finish('write-image');
    made.settle();
    expect(made.state()).toBe('provisioned');
  });

  test.each([
    [
      'another URL',
      (made: Bench) =>
        made.spec((spec) => {
          spec.image!.url = 'https://images.example.com/b.qcow2';
        }),
    ],
    [
      'another checksum',
      (made: Bench) =>
        made.spec((spec) => {
          spec.image!.checksum = 'b'.repeat(64);
        }),
    ],
    [
      'no image',
      (made: Bench) =>
        made.spec((spec) => {
          delete spec.image;
        }),
    ],
  ])('%s meanwhile: the old one is taken off first', (_name, change) => {
    const made = writing();
    made.outcome = () => undefined;
    change(made);
    made.settle();
    expect(made.events[1]).toBe('DeprovisioningStarted');
    expect(made.state()).toBe(made.seen.host.spec.image ? 'provisioned' : 'available');
    expect(made.status().provisioning?.image).toEqual(made.seen.host.spec.image);
  });

  test.each([
    [
      'the step fails',
      (made: Bench) => made.finish('write-image', { code: 'StepFailed', message: 'no disk matches the hints', retryable: false }),
      /no disk matches/,
    ],
    ['the agent falls silent', (made: Bench) => made.advance(600), /silent since 2026-01-01T00:01:00Z/],
    [
      'it takes too long',
      (made: Bench) => {
        made.advance(4800);
        made.seen.agent!.heartbeatAt = made.now.toISOString();
      },
      /did not end within 4800 seconds/,
    ],
  ])('%s: an error, cleaned, and tried again', (_name, fail, message) => {
    const made = writing();
    fail(made);
    made.outcome = ({ kind }) => (kind === 'agent.clean' ? { running: true } : undefined);
    made.settle();
    expect(made.status()).toMatchObject({
      errorType: 'provisioning error',
      errorMessage: expect.stringMatching(message),
      provisioningFailCount: 1,
      operationalStatus: 'error',
    });
    expect(made.state()).toBe('deprovisioning');
    made.finish('clean');
    made.outcome = () => undefined;
    made.settle();
    expect(made.state()).toBe('provisioned');
    expect(made.status()).toMatchObject({ provisioningFailCount: 0, operationalStatus: 'OK' });
  });

  test('after five failures it stops, keeps the reason, and goes on with another image', () => {
    const made = free();
    made.outcome = ({ kind }) =>
      kind === 'agent.writeImage' ? { code: 'StepFailed', message: 'disk is broken', retryable: false } : undefined;
    made.spec((spec) => Object.assign(spec, { image: { ...IMAGE }, online: true }));
    const plan = made.settle();
    expect(plan.because?.sentence).toBe('Provisioning failed 5 times, the limit: disk is broken');
    expect(made.status()).toMatchObject({
      errorType: 'provisioning error',
      provisioningFailCount: 5,
      provisioning: { state: 'available' },
    });
    made.outcome = () => undefined;
    made.spec((spec) => {
      spec.image!.checksum = 'c'.repeat(64);
    });
    made.settle();
    expect(made.state()).toBe('provisioned');
  });
});

describe('crash points: whatever state an operation was left in, the plan asks for the same id', () => {
  test.each(['intended', 'running', 'failed'] as const)('%s', (state) => {
    const made = free();
    made.outcome = ({ kind }) => (kind === 'agent.writeImage' ? { running: true } : undefined);
    made.spec((spec) => Object.assign(spec, { image: { ...IMAGE }, online: true }));
    made.settle();
    const row = made.seen.operations.find(({ kind }) => kind === 'agent.writeImage')!;
    Object.assign(row, {
      state,
      attempts: 1,
      ...(state === 'failed' ? { error: { code: 'Busy', message: 'agent is busy', retryable: true } } : {}),
    });
    let plan = made.plan();
    if (state === 'failed') {
      expect(plan.actions[0]).toMatchObject({
        do: 'update',
        object: { status: { errorType: 'provisioning error', errorCount: 1 } },
      });
      made.seen.host = (plan.actions[0] as { object: typeof made.seen.host }).object;
      plan = made.plan();
    }
    expect(plan.actions).toMatchObject([{ do: 'operation', id: row.id }]);
  });

  test('succeeded: the next step', () => {
    const made = free();
    made.outcome = ({ kind }) => (kind === 'agent.writeImage' ? { running: true } : undefined);
    made.spec((spec) => Object.assign(spec, { image: { ...IMAGE }, online: true }));
    made.settle();
    made.finish('write-image');
    made.outcome = ({ kind }) => (kind === 'agent.installBootloader' ? { running: true } : undefined);
    expect(made.settle().actions).toMatchObject([{ do: 'operation', operation: { kind: 'agent.installBootloader' } }]);
  });
});
