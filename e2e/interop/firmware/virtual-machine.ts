/** A virtual machine with real firmware (OVMF, or SeaBIOS), all emulated: its processor too. */
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';

/** A machine that runs. */
export interface VirtualMachine {
  /** What came out of its serial port so far. */
  serial(): string;
  /** Resolves when it has switched itself off, or was stopped. */
  off: Promise<void>;
  stop(): void;
}

/** Starts one from a CD; its files go into `folder`. It reaches this machine's 127.0.0.1 as 10.0.2.2. */
export function startFromCd(folder: string, iso: string, mac: string, firmware: 'UEFI' | 'BIOS' = 'UEFI'): VirtualMachine {
  const machine: ChildProcess = spawn(
    'qemu-system-x86_64',
    [
      ...['-accel', 'tcg,thread=multi', '-M', 'q35,graphics=off', '-cpu', 'max', '-m', '512', '-nodefaults', '-no-reboot'],
      ...(firmware === 'UEFI' ? flash(folder) : []),
      ...['-device', 'virtio-scsi-pci', '-drive', `if=none,id=cd,media=cdrom,readonly=on,format=raw,file=${iso}`],
      ...['-device', 'scsi-cd,drive=cd,bootindex=1'],
      ...['-netdev', 'user,id=net', '-device', `virtio-net-pci,netdev=net,mac=${mac},romfile=`],
      ...['-display', 'none', '-monitor', 'none', '-serial', 'stdio'],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let text = '';
  const hear = (chunk: Buffer) => {
    text += chunk.toString('utf8');
  };
  machine.stdout!.on('data', hear);
  machine.stderr!.on('data', hear);
  return {
    serial: () => text,
    off: new Promise((resolve) => machine.once('exit', () => resolve())),
    stop: () => void machine.kill('SIGKILL'),
  };
}

/** UEFI firmware and its variables. */
function flash(folder: string): string[] {
  const variables = join(folder, 'variables.fd');
  copyFileSync('/usr/share/OVMF/OVMF_VARS_4M.fd', variables);
  const code = 'if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd';
  return ['-drive', code, '-drive', `if=pflash,format=raw,file=${variables}`];
}
