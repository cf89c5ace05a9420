/** Installs a virtual machine with UEFI firmware, a boot loader, and a kernel that is small enough to be emulated. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureCommands } from '../../../scripts/interop/apt.ts';

/** Command or file to Debian package. */
const NEEDED = {
  'qemu-system-x86_64': 'qemu-system-x86',
  '/usr/share/OVMF/OVMF_CODE_4M.fd': 'ovmf',
  'grub-mkimage': 'grub-common',
  '/usr/lib/grub/x86_64-efi/iso9660.mod': 'grub-efi-amd64-bin',
  mformat: 'mtools',
  busybox: 'busybox-static',
  cpio: 'cpio',
  openssl: 'openssl',
};

/** Folder of a Debian cloud kernel, unpacked, told to the tests as INTEROP_FIRMWARE_KERNEL. */
export function setup(cache: string): Record<string, string> {
  ensureCommands(NEEDED);
  const kernel = join(cache, 'kernel');
  if (!existsSync(kernel)) {
    const depends = execFileSync('apt-cache', ['depends', 'linux-image-cloud-amd64'], { encoding: 'utf8' });
    const name = /linux-image-[\w.+-]*cloud-amd64(?!\S)/.exec(depends.split('\n').slice(1).join('\n'))?.[0];
    if (!name) throw new Error('apt-cache knows no linux-image-cloud-amd64: run apt-get update, as root on Debian for x86-64');
    execFileSync('apt-get', ['download', '-q', name], { cwd: cache, stdio: ['ignore', 'ignore', 'inherit'] });
    const file = readdirSync(cache).find((each) => each.startsWith(`${name}_`) && each.endsWith('.deb'))!;
    execFileSync('dpkg-deb', ['-x', file, `${kernel}.new`], { cwd: cache });
    rmSync(join(cache, file));
    renameSync(`${kernel}.new`, kernel);
  }
  return { INTEROP_FIRMWARE_KERNEL: kernel };
}
