/** A boot ISO as production serves it: laid out by drivers/boot, handed out by the machine listener of drivers/agent. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bootIsoPath } from '@slipway/core/drivers/agent/handlers.ts';
import { agentListener } from '@slipway/core/drivers/agent/listener.ts';
import { agentKernelArgs } from '@slipway/core/drivers/boot/agent-iso.ts';
import { createArtifacts } from '@slipway/core/drivers/boot/artifacts.ts';

/** An ISO that can be fetched. */
export interface BootIso {
  /** The machine listener's handler. */
  handler(request: IncomingMessage, response: ServerResponse): void;
  /** Path of the ISO of a boot; each boot has another. Boots other than `one` and `two` do not exist. */
  path(boot: 'one' | 'two' | 'unknown'): string;
  /** How often the ISO was asked for. */
  asked(): number;
  close(): Promise<void>;
}

/** Kernel and initrd are larger than the artifacts' memory and not of whole sectors, as real ones are. */
const KERNEL_BYTES = 5 * 1024 * 1024 + 17;

/** What the kernel's first bytes are, to be found again in the ISO that a peer has fetched. */
export const KERNEL_MARK = 'slipway interop kernel';

/** Makes one. */
export async function makeBootIso(machineURL: string, caPem: string): Promise<BootIso> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-interop-iso-'));
  const kernel = Buffer.alloc(KERNEL_BYTES, 7);
  kernel.write(KERNEL_MARK);
  const fileOf = async (name: string, bytes: Buffer) => {
    await writeFile(join(folder, name), bytes);
    return pathToFileURL(join(folder, name)).href;
  };
  const [kernelURL, initrdURL, espImageURL] = await Promise.all([
    fileOf('vmlinuz', kernel),
    fileOf('initrd', Buffer.alloc(100_001, 8)),
    fileOf('esp.img', Buffer.alloc(64 * 1024, 9)),
  ]);
  const artifacts = createArtifacts();
  let asked = 0;
  const handler = agentListener(
    {
      lookup: async () => ({ found: false }),
      heartbeat: async () => 'unknown',
      inspection: async () => 'unknown',
      bootIso: async ({ hostUid, boot }) => {
        asked++;
        if (boot === 'unknown') return null;
        const kernelArgs = agentKernelArgs({ machineURL, hostUid, boot, agentToken: 't'.repeat(32) });
        return { kernelURL, initrdURL, espImageURL, kernelArgs, caPem };
      },
    },
    artifacts,
  );
  return {
    handler,
    path: (boot) => bootIsoPath('host-1', boot, 'signature'),
    asked: () => asked,
    close: async () => {
      await artifacts.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
