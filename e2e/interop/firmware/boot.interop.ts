/** The agent ISO that we build, started by real firmware and a real boot loader. */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planIso } from '@slipway/core/drivers/boot/iso9660.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Slipway, startSlipway } from '../agent/slipway.ts';
import { until } from '../agent/until.ts';
import { bootFiles, espImage } from './media.ts';
import { startFromCd } from './virtual-machine.ts';

const MAC = '52:54:00:12:34:56';
/** With what a shell would take apart, and as long as Linux takes it (with a port of five digits, as the listener's is). */
const KERNEL_ARGS = `console=ttyS0 quiet odd=a&b;c|d{e}$f sshkey="ssh-ed25519 AAAA me" long=${'0123456789'.repeat(161)}0123456`;
let folder: string;
let files: { kernelURL: string; initrdURL: string };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-firmware-'));
  files = bootFiles(folder, process.env.INTEROP_FIRMWARE_KERNEL!);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.concurrent.each([
  ['Debian and Ironic', '/boot/grub'],
  ['Red Hat', '/EFI/BOOT'],
])(
  'starts under UEFI with a GRUB that looks where those of %s do',
  async (_who, prefix) => {
    const work = mkdtempSync(join(folder, 'vm-'));
    const agent = { ...files, espImageURL: espImage(work, prefix), kernelArgs: KERNEL_ARGS };
    const slipway: Slipway = await startSlipway('127.0.0.1', MAC, agent, { value: '' }, '10.0.2.2');
    const medium = await slipway.expectBoot('inspecting', 'inspect-b1');
    const iso = join(work, 'agent.iso');
    writeFileSync(iso, medium.iso);
    const machine = startFromCd(work, iso, MAC);
    const limit = setTimeout(machine.stop, 120_000);
    try {
      await machine.off;
      const said = machine.serial();
      if (process.env.INTEROP_FIRMWARE_LOG) appendFileSync(process.env.INTEROP_FIRMWARE_LOG, said);
      expect(said).toContain('ramdisk: done');
      const [, line = ''] = /ramdisk: kernel line: (.*?) *\r?\n/.exec(said) ?? [];
      // In grub.cfg single quotes keep GRUB from reading a word; Linux sees double ones around words with blanks.
      const expected = medium.kernelArgs.replaceAll(/'(\S+)'/g, '$1').replaceAll("'", '"');
      expect(line).toBe(`BOOT_IMAGE=/vmlinuz ${expected}`);
      expect(line.length).toBeGreaterThan(2040);
      for (const fact of [
        'firmware: UEFI',
        'medium: VMEDIA_BOOT_ISO',
        'configuration: [DEFAULT] cafile = /etc/ironic-python-agent/',
      ]) {
        expect(said).toContain(`ramdisk: ${fact}`);
      }
      expect(slipway.asked.map(({ route, status }) => `${route.split('/').slice(0, 3).join('/')} ${status}`)).toEqual([
        'POST /v1/continue_inspection 202',
        'GET /v1/lookup 200',
        'POST /v1/heartbeat 202',
      ]);
      expect(await slipway.agent()).toMatchObject({
        boot: 'inspect-b1',
        callbackUrl: 'https://10.0.2.15:9999',
        version: 'ramdisk',
      });
    } catch (error) {
      console.log(machine.serial().slice(-4000));
      throw error;
    } finally {
      clearTimeout(limit);
      machine.stop();
      await slipway.stop();
    }
  },
  150_000,
);

/** Writes the text after it to the first serial port, and halts. */
const BIOS_LOADER = Buffer.from('31c08ed8be157cac84c07406baf803eeebf5f4ebfd', 'hex');

it('starts a BIOS loader from a medium that has one', async () => {
  const work = mkdtempSync(join(folder, 'vm-'));
  const loader = Buffer.alloc(2048);
  Buffer.concat([BIOS_LOADER, Buffer.from('started by BIOS\n\0')]).copy(loader);
  const files = [
    { path: 'boot/bios.bin', data: loader },
    { path: 'boot/efi.img', data: Buffer.alloc(4096) },
  ];
  const iso = join(work, 'bios.iso');
  const plan = planIso({ label: 'BIOS', files, biosImage: 'boot/bios.bin', efiImage: 'boot/efi.img' });
  await writeFile(iso, plan.read(0, plan.size));
  const machine = startFromCd(work, iso, MAC, 'BIOS');
  try {
    await until('the loader', () => machine.serial().includes('started by BIOS') || undefined);
  } finally {
    machine.stop();
  }
});
