/** Installs the stock ironic-python-agent and the programs that its ramdisk brings along. */
import { join } from 'node:path';
import { ensureCommands } from '../../../scripts/interop/apt.ts';
import { ensureVenv } from '../../../scripts/interop/venv.ts';

/** Command to Debian package: what the agent calls to read and write disks and to read the hardware, and what the tests need. */
const COMMANDS = {
  ip: 'iproute2',
  unshare: 'util-linux',
  losetup: 'mount',
  fuser: 'psmisc',
  hexdump: 'bsdextrautils',
  lshw: 'lshw',
  parted: 'parted',
  'qemu-img': 'qemu-utils',
  sgdisk: 'gdisk',
};

/** A Python with the agent, told to the tests as INTEROP_AGENT_PYTHON. */
export function setup(cache: string): Record<string, string> {
  ensureCommands(COMMANDS);
  return { INTEROP_AGENT_PYTHON: ensureVenv(cache, join(import.meta.dirname, 'requirements.txt')) };
}
