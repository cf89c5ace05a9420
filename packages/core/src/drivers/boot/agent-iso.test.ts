import { describe, expect, it } from 'vitest';
import { agentIso, agentKernelArgs, grubConfig } from './agent-iso.ts';
import type { Artifacts } from './artifacts.ts';
import { readIso, textOf } from './iso9660-read.ts';

const artifacts: Artifacts = {
  get: async (url) => {
    const bytes = Buffer.from(`content of ${url}`);
    return {
      size: bytes.length,
      sha256: url,
      async *read(start, end) {
        yield bytes.subarray(start, end);
      },
    };
  },
  close: async () => undefined,
};

const input = { kernelURL: 'k', initrdURL: 'i', espImageURL: 'e', kernelArgs: ['a=1', 'quiet'], caPem: 'CA' };

describe('agent ISO', () => {
  it('tells the agent what it must know', () => {
    const boot = { machineURL: 'https://10.9.9.9:6385/', hostUid: 'uid', boot: 'b1', agentToken: 'secret' };
    expect(agentKernelArgs({ ...boot, extra: ' nofb  console=ttyS0 ' })).toEqual([
      'ipa-api-url=https://10.9.9.9:6385',
      'ipa-agent-token=secret',
      'boot_method=vmedia',
      'nofb',
      'console=ttyS0',
    ]);
    const quoted = agentKernelArgs({ ...boot, extra: 'sshkey="ssh-ed25519 AAAA me" a="b"' });
    expect(quoted.slice(-2)).toEqual(['sshkey=ssh-ed25519 AAAA me', 'a=b']);
    const inspecting = agentKernelArgs({ ...boot, inspectionToken: 't', bootMACAddress: 'AA:BB:CC:DD:EE:01' });
    expect(inspecting).toContain('ipa-inspection-callback-url=https://10.9.9.9:6385/v1/continue_inspection/uid/b1/t');
    expect(inspecting).toContain('BOOTIF=aa:bb:cc:dd:ee:01');
  });

  it('holds loader, kernel, configuration and CA, and has equal bytes and ETag for equal input', async () => {
    const { plan, etag } = await agentIso(input, artifacts);
    const chunks: Uint8Array[] = [];
    for await (const chunk of plan.read(0, plan.size)) chunks.push(chunk);
    const content = readIso(Buffer.concat(chunks));
    expect(content.label).toBe('VMEDIA_BOOT_ISO');
    expect(content.boot[0]?.platform).toBe('UEFI');
    expect(textOf(content, 'vmlinuz')).toBe('content of k');
    expect(textOf(content, 'boot/grub/grub.cfg')).toContain('  linux /vmlinuz a=1 quiet\n');
    expect(textOf(content, 'EFI/BOOT/grub.cfg')).toBe(textOf(content, 'boot/grub/grub.cfg'));
    expect(textOf(content, 'etc/ironic-python-agent/ironic.crt')).toMatch(/^CA\n-----BEGIN CERTIFICATE-----\n/);
    expect(textOf(content, 'etc/ironic-python-agent.d/ironic-tls.conf')).toContain('cafile');
    expect((await agentIso(input, artifacts)).etag).toBe(etag);
    const more = await agentIso({ ...input, caBundle: 'IMAGES' }, artifacts);
    expect(more.etag).not.toBe(etag);
    expect((await agentIso({ ...input, kernelArgs: ['a=2'] }, artifacts)).etag).not.toBe(etag);
  });

  it('quotes for GRUB, and refuses what a command line cannot carry', () => {
    expect(grubConfig(['x=a&b;c', 'sshkey="k 1"'])).toContain("linux /vmlinuz 'x=a&b;c' 'sshkey=\"k 1\"'\n");
    expect(() => grubConfig(["x='"])).toThrow(RangeError);
    expect(() => grubConfig(['x\ny'])).toThrow(RangeError);
    expect(() => grubConfig(['x'.repeat(2048)])).toThrow(/longer than 2027/);
    expect(grubConfig(['x'.repeat(2027)])).toContain('xxx');
    expect(() => grubConfig(['x'.repeat(2024), 'y y'])).toThrow(RangeError);
  });
});
