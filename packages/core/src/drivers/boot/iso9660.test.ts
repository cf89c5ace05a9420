import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildIso, planIso } from './iso9660.ts';
import { readIso, textOf } from './iso9660-read.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

describe('iso9660', () => {
  const files = [
    { path: 'openstack/latest/meta_data.json', data: bytes('{"uuid":"1"}') },
    { path: 'openstack/latest/user_data', data: bytes('#cloud-config\n') },
    { path: 'openstack/latest/a very long name with Capitals and ünicode.yaml', data: bytes('x') },
    { path: 'empty', data: new Uint8Array() },
  ];

  it('keeps lower-case long names, label and content', () => {
    const content = readIso(buildIso('config-2', files));
    expect(content.label).toBe('config-2');
    expect(content.files.map((file) => file.path).sort()).toEqual(files.map((file) => file.path).sort());
    for (const file of files) expect(textOf(content, file.path)).toBe(Buffer.from(file.data).toString());
  });

  it('is deterministic, whatever the order of its files', () => {
    const digest = (image: Uint8Array) => createHash('sha256').update(image).digest('hex');
    expect(digest(buildIso('config-2', files))).toBe(digest(buildIso('config-2', [...files].reverse())));
    // Golden: a change of these bytes rewrites every config drive; make it knowingly.
    expect(digest(buildIso('config-2', [{ path: 'openstack/latest/user_data', data: bytes('hello\n') }]))).toMatchInlineSnapshot(
      `"6ff81ab400ff957847854e52eded7bac98c97e1cfe1f93d5ada65a1fd6bc1429"`,
    );
  });

  it('holds directories larger than a sector and names that clash when shortened', () => {
    const many = Array.from({ length: 200 }, (_, n) => ({ path: `etc/configuration-${n}.yaml`, data: bytes(String(n)) }));
    const content = readIso(buildIso('MANY', many));
    expect(content.files).toHaveLength(200);
    expect(textOf(content, 'etc/configuration-137.yaml')).toBe('137');
  });

  it('streams members and serves any range as the whole would', async () => {
    const big = Buffer.alloc(70_000, 7);
    let reads = 0;
    const source = {
      size: big.length,
      async *read(start: number, end: number) {
        reads++;
        yield big.subarray(start, end);
      },
    };
    const esp = Buffer.alloc(4096, 'E');
    const plan = planIso({
      label: 'VMEDIA_BOOT_ISO',
      efiImage: 'boot/grub/efi.img',
      biosImage: 'isolinux.bin',
      files: [
        { path: 'vmlinuz', data: source },
        { path: 'boot/grub/efi.img', data: esp },
        { path: 'isolinux.bin', data: Buffer.alloc(2048, 'B') },
      ],
    });
    const whole = await collect(plan.read(0, plan.size));
    expect(whole.length).toBe(plan.size);
    const content = readIso(whole);
    expect(content.boot.map((image) => [image.platform, image.data.toString()[0]])).toEqual([
      ['BIOS', 'B'],
      ['UEFI', 'E'],
    ]);
    expect(Buffer.from(content.files.find((file) => file.path === 'vmlinuz')!.data).equals(big)).toBe(true);
    for (const [start, end] of [
      [0, 1],
      [32_767, 32_770],
      [plan.size - 5, plan.size],
      [40_000, 90_001],
    ] as const) {
      expect((await collect(plan.read(start, end))).equals(whole.subarray(start, end))).toBe(true);
    }
    expect(reads).toBeGreaterThan(1);
  });

  it('refuses what the format cannot hold', () => {
    expect(() => buildIso('a label that is longer than thirty-two', [])).toThrow(RangeError);
    expect(() => buildIso('L', [{ path: '../up', data: bytes('') }])).toThrow(RangeError);
    expect(() =>
      buildIso('L', [
        { path: 'a', data: bytes('') },
        { path: 'a', data: bytes('') },
      ]),
    ).toThrow('given twice');
    expect(() => readIso(new Uint8Array(100))).toThrow('not an ISO 9660 image');
  });

  it('is read by independent readers where they are installed', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'iso-'));
    try {
      const image = path.join(folder, 'image.iso');
      writeFileSync(image, buildIso('config-2', files));
      for (const [tool, args] of [
        ['bsdtar', ['-tf', image]],
        ['xorriso', ['-indev', image, '-find', '/']],
        ['isoinfo', ['-R', '-f', '-i', image]],
      ] as const) {
        const listing = run(tool, [...args]);
        if (listing !== undefined) expect(listing).toContain('openstack/latest/meta_data.json');
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** Output of a tool, or undefined when it is not installed. */
function run(tool: string, args: string[]): string | undefined {
  try {
    return execFileSync(tool, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
