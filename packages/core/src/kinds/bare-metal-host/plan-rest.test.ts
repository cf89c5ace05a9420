import { describe, expect, test } from 'vitest';
import { type Bench, bench, DEPLOY, deployed, free, IMAGE } from './test-bench.ts';

describe('at rest', () => {
  test('the power follows spec.online, again and again', () => {
    const made = deployed();
    made.spec((spec) => {
      spec.online = false;
    });
    made.settle();
    made.spec((spec) => {
      spec.online = true;
    });
    made.advance(5);
    made.settle();
    expect(made.asked).toEqual(['bmc.power off', 'bmc.power on']);
    made.advance(60);
    made.seen.power = { on: false, readAt: '2026-01-01T00:02:05Z', changedAt: '2026-01-01T00:02:05Z' };
    made.settle();
    expect(made.asked).toEqual(['bmc.power off', 'bmc.power on', 'bmc.power on']);
    expect(made.events).toEqual(['PowerOff', 'PowerOn', 'PowerOff', 'PowerOn']);
  });

  test('a BMC that lies about having obeyed is asked again at its next reading', () => {
    const made = deployed();
    made.spec((spec) => {
      spec.online = false;
    });
    made.settle();
    const changedAt = made.seen.power?.changedAt;
    const before = made.seen.operations.find(({ id }) => id.endsWith('/off'))!;
    expect(before.id).toContain('power-');
    made.seen.power = { on: true, readAt: '2026-01-01T00:03:00Z', changedAt: before.id.split('/')[1]!.slice('power-'.length) };
    made.advance(120);
    made.settle();
    expect(made.asked).toEqual(['bmc.power off', 'bmc.power off']);
    expect(changedAt).toBeTruthy();
  });

  test('a power failure is an error, and work goes on', () => {
    const made = deployed();
    made.spec((spec) => {
      spec.online = false;
    });
    made.outcome = () => ({ code: 'Timeout', message: 'still on after 60 s', retryable: true });
    const plan = made.settle();
    expect(made.status()).toMatchObject({ errorType: 'power management error', errorCount: 1 });
    expect(plan.actions).toMatchObject([{ do: 'operation', operation: { kind: 'bmc.power' } }]);
  });

  test.each(['available', 'provisioned'] as const)(
    '%s, and the BMC is out of sight: unknown, not fine; no error, nothing counted',
    (state) => {
      const made = state === 'available' ? free() : deployed();
      made.seen.power = {
        ...made.seen.power!,
        error: { code: 'Unreachable', message: 'BMC 192.168.1.10 does not answer' },
        errorSince: '2026-01-01T01:00:00Z',
      };
      made.spec((spec) => {
        spec.online = !spec.online;
      });
      const plan = made.settle();
      expect(plan.because).toMatchObject({
        sentence: 'Power unknown: BMC 192.168.1.10 does not answer',
        since: '2026-01-01T01:00:00Z',
        tone: 'caution',
      });
      expect(made.status()).not.toHaveProperty('poweredOn');
      expect(made.status()).toMatchObject({ operationalStatus: '', errorCount: 0 });
      expect(made.status().conditions).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ type: 'Manageable', status: 'Unknown', reason: 'PowerUnknown' }),
          expect.objectContaining({ type: 'Ready', status: 'Unknown' }),
          expect.objectContaining({ type: 'AvailableForProvisioning', status: state === 'available' ? 'Unknown' : 'False' }),
        ]),
      );
      expect(made.asked).toEqual([]);
    },
  );

  test('externally provisioned hosts become provisioned when the flag goes', () => {
    const made = bench({ externallyProvisioned: true, online: true, image: { ...IMAGE } });
    made.settle();
    made.spec((spec) => {
      spec.externallyProvisioned = false;
    });
    made.settle();
    expect(made.status().provisioning).toMatchObject({ state: 'provisioned', image: IMAGE });
    expect(made.asked).toEqual(['bmc.register register', 'bmc.power on']);
  });

  test('paused: nothing at all', () => {
    const made = bench({}, { annotations: { 'baremetalhost.metal3.io/paused': '' } });
    expect(made.settle()).toMatchObject({ actions: [], because: { sentence: 'The host is paused.' } });
    expect(made.status()).toEqual({});
  });

  test('detached: hands off, and back again', () => {
    const made = deployed();
    made.seen.host.metadata.annotations = { 'baremetalhost.metal3.io/detached': '' };
    made.spec((spec) => {
      spec.online = false;
    });
    expect(made.settle().because?.sentence).toMatch(/detached/);
    expect([made.status().operationalStatus, made.asked]).toEqual(['detached', []]);
    made.seen.host.metadata.annotations = {};
    made.settle();
    expect([made.status().operationalStatus, made.asked]).toEqual(['OK', ['bmc.power off']]);
  });
});

describe('the way out', () => {
  test('no image any more: cleaned, off, available', () => {
    const made = deployed();
    made.spec((spec) => {
      delete spec.image;
      spec.online = false;
    });
    made.settle();
    expect(made.asked).toEqual([...DEPLOY.slice(0, 4), 'agent.clean clean', 'bmc.power end-off', 'bmc.ejectMedia end-eject']);
    expect(made.events.filter((reason) => reason.startsWith('Deprovisioning'))).toEqual([
      'DeprovisioningStarted',
      'DeprovisioningComplete',
    ]);
    expect(made.state()).toBe('available');
    expect(made.status().provisioning).not.toHaveProperty('image');
  });

  function doom(made: Bench): void {
    made.seen.host = structuredClone(made.seen.host);
    made.seen.host.metadata.deletionTimestamp = '2026-01-01T02:00:00Z';
    made.asked = [];
  }

  /** A host held in a state by an operation that goes on. */
  function heldAt(state: string): Bench {
    if (state === '') return bench({}, { finalizers: ['baremetalhost.metal3.io'] });
    if (state === 'unmanaged') return settled(bench({ bmc: undefined }));
    if (state === 'available') return free();
    if (state === 'provisioned') return deployed();
    if (state === 'externally provisioned') return settled(bench({ externallyProvisioned: true }));
    const holds: Record<string, string> = {
      registering: 'bmc.register',
      inspecting: 'bmc.insertAgent',
      preparing: 'agent.clean',
    };
    const made = holds[state] ? bench() : state === 'provisioning' ? free() : deployed();
    made.outcome = ({ kind }) => (kind === (holds[state] ?? 'bmc.insertAgent') ? { running: true } : undefined);
    if (state === 'provisioning') made.spec((spec) => Object.assign(spec, { image: { ...IMAGE }, online: true }));
    if (state === 'deprovisioning')
      made.spec((spec) => {
        delete spec.image;
      });
    return settled(made);
  }

  function settled(made: Bench): Bench {
    made.settle();
    return made;
  }

  test.each([
    ['', []],
    ['unmanaged', []],
    ['registering', []],
    ['inspecting', ['bmc.power off']],
    ['preparing', ['bmc.power off']],
    ['available', ['bmc.power off']],
    ['externally provisioned', ['bmc.power off']],
    [
      'provisioning',
      [
        'bmc.power off',
        'bmc.insertAgent insert-agent',
        'bmc.bootOnce boot-cd',
        'bmc.power on',
        'agent.clean clean',
        'bmc.power end-off',
        'bmc.ejectMedia end-eject',
        'bmc.power off',
      ],
    ],
    [
      'provisioned',
      [
        'bmc.power off',
        'bmc.insertAgent insert-agent',
        'bmc.bootOnce boot-cd',
        'bmc.power on',
        'agent.clean clean',
        'bmc.power end-off',
        'bmc.ejectMedia end-eject',
        'bmc.power off',
      ],
    ],
    [
      'deprovisioning',
      [
        'bmc.bootOnce boot-cd',
        'bmc.power on',
        'agent.clean clean',
        'bmc.power end-off',
        'bmc.ejectMedia end-eject',
        'bmc.power off',
      ],
    ],
  ])('deleted while %s', (state, asked) => {
    const made = heldAt(state);
    expect(made.state()).toBe(state);
    doom(made);
    for (const operation of made.seen.operations) if (operation.state === 'running') operation.state = 'succeeded';
    made.outcome = () => undefined;
    made.settle();
    expect(made.asked).toEqual(asked);
    expect(made.state()).toBe('deleting');
    expect(made.seen.host.metadata.finalizers).toEqual([]);
  });

  test.each([
    [
      'its BMC is dead',
      (made: Bench) => {
        made.outcome = () => ({ code: 'Unreachable', message: 'no answer', retryable: true });
      },
    ],
    [
      'its Secret is gone',
      (made: Bench) => {
        made.seen.credentials = null;
      },
    ],
    [
      'it is detached',
      (made: Bench) => {
        made.seen.host.metadata.annotations = { 'baremetalhost.metal3.io/detached': '' };
      },
    ],
  ])('a deletion never wedges: %s', (_name, spoil) => {
    const made = deployed();
    doom(made);
    spoil(made);
    for (let i = 0; i < 20 && made.seen.host.metadata.finalizers?.length; i++) {
      made.settle();
      made.advance(300);
    }
    expect(made.seen.host.metadata.finalizers).toEqual([]);
  });
});
