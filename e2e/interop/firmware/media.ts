/** What a Site's agentImage names, made of Debian's packages: a kernel, a ramdisk of our own, an EFI system partition with GRUB. */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** In the order in which they are loaded: virtio, network card, CD. */
const MODULES = [
  ...['virtio_ring', 'virtio', 'virtio_pci_legacy_dev', 'virtio_pci_modern_dev', 'virtio_pci', 'failover', 'net_failover'],
  ...['virtio_net', 'scsi_common', 'scsi_mod', 'virtio_scsi', 'cdrom', 'sr_mod', 'isofs'],
];
const COMMANDS = ['cat', 'cut', 'dd', 'echo', 'grep', 'head', 'insmod', 'ip', 'mkdir', 'mount', 'poweroff', 'printf'];
const MORE_COMMANDS = ['sed', 'sh', 'sleep', 'tail', 'tr'];
/** What GRUB needs to read our ISO and to start Linux. */
const GRUB_MODULES = ['iso9660', 'fat', 'part_gpt', 'normal', 'configfile', 'search', 'search_label', 'linux', 'boot', 'minicmd'];

/** URLs of kernel and ramdisk, made in `folder` from the unpacked kernel package. */
export function bootFiles(folder: string, kernel: string): { kernelURL: string; initrdURL: string } {
  const release = readdirSync(join(kernel, 'lib', 'modules'))[0]!;
  const root = join(folder, 'root');
  for (const each of ['bin', 'modules', 'proc', 'sys', 'dev']) mkdirSync(join(root, each), { recursive: true });
  copyFileSync(join(import.meta.dirname, 'init.sh'), join(root, 'init'));
  chmodSync(join(root, 'init'), 0o755);
  for (const program of ['busybox', 'openssl']) copyProgram(program, root);
  for (const command of [...COMMANDS, ...MORE_COMMANDS]) symlinkSync('busybox', join(root, 'bin', command));
  const modules = join(kernel, 'lib', 'modules', release);
  for (const file of readdirSync(modules, { recursive: true, encoding: 'utf8' })) {
    const name = file.split('/').at(-1)!;
    if (MODULES.includes(name.replace(/\.ko$/, '')) && name.endsWith('.ko'))
      copyFileSync(join(modules, file), join(root, 'modules', name));
  }
  writeFileSync(join(root, 'modules', 'order'), MODULES.join('\n'));
  const initrd = join(folder, 'initrd.gz');
  execFileSync('sh', ['-c', `cd "$1" && find . | cpio --quiet -o -H newc | gzip -1 > "$2"`, 'sh', root, initrd]);
  return { kernelURL: fileURL(join(kernel, 'boot', `vmlinuz-${release}`)), initrdURL: fileURL(initrd) };
}

/** URL of an EFI system partition whose GRUB looks for its configuration in `prefix` of the medium it was started from. */
export function espImage(folder: string, prefix: string): string {
  const [loader, image] = ['efi', 'img'].map((end) => join(folder, `${prefix.replaceAll('/', '-')}.${end}`)) as [string, string];
  execFileSync('grub-mkimage', ['-O', 'x86_64-efi', '-o', loader, '-p', prefix, ...GRUB_MODULES]);
  execFileSync('mformat', ['-C', '-i', image, '-T', '8192', '::']);
  execFileSync('mmd', ['-i', image, '::EFI', '::EFI/BOOT']);
  execFileSync('mcopy', ['-i', image, loader, '::EFI/BOOT/BOOTX64.EFI']);
  return fileURL(image);
}

/** A program with the libraries it is linked with. */
function copyProgram(name: string, root: string): void {
  const path = execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
  copyFileSync(path, join(root, 'bin', name));
  const linked = execFileSync('sh', ['-c', `ldd ${path} 2>/dev/null || true`], { encoding: 'utf8' });
  for (const [library] of linked.matchAll(/\/[^\s:]+\.so[^\s]*/g)) {
    mkdirSync(join(root, dirname(library)), { recursive: true });
    copyFileSync(library, join(root, library));
  }
}

function fileURL(path: string): string {
  return pathToFileURL(path).href;
}
