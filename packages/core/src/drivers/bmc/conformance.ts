/** What every driver must do with every maker's BMC: one suite, run against simulated ones and, by hand, against real ones. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bmc, BmcAccess } from './bmc.ts';
import { BmcAuthFailed, BmcTimeout, BmcUnreachable } from './errors.ts';
import { openBmc } from './open.ts';
import { closeBmcSessions } from './redfish/sessions.ts';

/** A BMC under test. */
export interface BmcUnderTest {
  access: BmcAccess;
  expected: { serialNumber: string; macs: string[]; disks: number };
  /** URL of an ISO that the BMC can download, and of another. */
  isoUrls: [string, string];
  /** Ends all sessions behind the client's back. */
  dropSessions(): void;
  /** Takes all session slots with sessions of others. */
  fillSessions(): void;
  /** Switches a fault of the simulated datacentre. */
  fault(name: 'bmc-refuses' | 'bmc-hangs' | 'wrong-credentials' | 'power-stuck' | 'bmc-links-away', on: boolean): void;
  /** From what the server would boot next. */
  bootsNextFrom(): string | undefined;
  /** How often the power was switched since the start. */
  powerSwitches(): number;
}

/** Runs the suite. `make` is called for each test and gives a powered-off server. */
export function bmcConformance(name: string, make: () => Promise<BmcUnderTest>): void {
  describe(`BMC driver: ${name}`, () => {
    let test: BmcUnderTest;
    let bmc: Bmc;
    const again = (changes: Partial<BmcAccess>) => openBmc({ ...test.access, ...changes });

    beforeEach(async () => {
      test = await make();
      bmc = await openBmc(test.access);
    });
    afterEach(async () => {
      await bmc.close();
      await closeBmcSessions(1);
    });

    it('tells who the server is', async () => {
      const identity = await bmc.identity();
      expect(identity).toMatchObject({ serialNumber: test.expected.serialNumber, power: false, health: 'OK' });
      for (const field of ['systemId', 'manufacturer', 'model', 'uuid', 'bmcFirmware', 'biosVersion'] as const)
        expect(identity[field]).not.toBe('');
    });

    it('switches the power, once, and repeating does nothing', async () => {
      await bmc.power.set(true, 10);
      expect(await bmc.power.get()).toBe(true);
      await bmc.power.set(true, 10);
      await bmc.power.set(false, 10);
      await bmc.power.set(false, 10);
      expect(await bmc.power.get()).toBe(false);
      expect(test.powerSwitches()).toBe(2);
    });

    it('says so when the power does not follow', async () => {
      test.fault('power-stuck', true);
      await expect(bmc.power.set(true, 0.3)).rejects.toThrow(BmcTimeout);
    });

    it('boots once from the CD', async () => {
      await bmc.bootOnce!.set('Cd', 'UEFI');
      await bmc.bootOnce!.set('Cd', 'UEFI');
      expect(test.bootsNextFrom()).toBe('Cd');
    });

    it('inserts, replaces and ejects media; repeating does nothing', async () => {
      const [first, second] = test.isoUrls;
      const media = bmc.virtualMedia!;
      expect(await media.inserted()).toBeNull();
      await media.insert(first);
      await media.insert(first);
      expect(await media.inserted()).toBe(first);
      await media.insert(second);
      expect(await media.inserted()).toBe(second);
      await media.eject();
      await media.eject();
      expect(await media.inserted()).toBeNull();
    });

    it('reads the inventory', async () => {
      const inventory = await bmc.inventory!.read();
      expect(inventory.nics.map((nic) => nic.mac)).toEqual(test.expected.macs);
      expect(inventory.disks).toHaveLength(test.expected.disks);
      expect(inventory.unread).toEqual([]);
      expect(inventory.memoryMebibytes).toBeGreaterThan(0);
    });

    it('logs in again when the BMC has forgotten the session', async () => {
      await bmc.identity();
      test.dropSessions();
      expect(await bmc.power.get()).toBe(false);
    });

    it('works while all session slots are taken', async () => {
      test.fillSessions();
      expect((await bmc.identity()).serialNumber).toBe(test.expected.serialNumber);
      test.dropSessions();
    });

    it('refuses wrong credentials without trying again, and takes mended ones at once', async () => {
      const wrong = await again({ password: 'wrong' });
      await expect(wrong.identity()).rejects.toThrow(BmcAuthFailed);
      await expect(wrong.identity()).rejects.toMatchObject({ code: 'AuthFailed', retryable: false });
      await expect(wrong.identity()).rejects.not.toThrow(/wrong-?password|wrong$/);
      expect((await (await again({})).identity()).serialNumber).toBe(test.expected.serialNumber);
    });

    it('notices when the credentials stop working', async () => {
      await bmc.identity();
      test.fault('wrong-credentials', true);
      await expect(bmc.power.get()).rejects.toThrow(BmcAuthFailed);
    });

    it('says that a BMC refuses or hangs, in time', async () => {
      test.fault('bmc-refuses', true);
      await expect(bmc.identity()).rejects.toThrow(BmcUnreachable);
      test.fault('bmc-refuses', false);
      test.fault('bmc-hangs', true);
      const hanging = await again({ timeoutSeconds: 0.3 });
      const started = Date.now();
      await expect(hanging.identity()).rejects.toThrow(/no answer within 0.3 s/);
      expect(Date.now() - started).toBeLessThan(5000);
    });

    it('does not follow a link to another host', async () => {
      test.fault('bmc-links-away', true);
      await expect(bmc.virtualMedia!.insert(test.isoUrls[0])).rejects.toThrow(/another host/);
    });

    it('refuses an untrusted certificate when told to verify', async () => {
      const strict = await again({ verifyTls: true });
      await expect(strict.identity()).rejects.toThrow(/certificate is not trusted/);
    });
  });
}
