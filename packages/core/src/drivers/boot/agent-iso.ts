/** The ISO that boots the agent on one host, once: kernel, initrd and boot loader of the site, and what this host's agent must know. */
import { createHash } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { inspectionPath } from '../agent/handlers.ts';
import type { Artifacts } from './artifacts.ts';
import { type IsoFile, type IsoPlan, planIso } from './iso9660.ts';

/** What the agent ISO of one boot is made of. */
export interface AgentIsoInput {
  /** Site.spec.agentImage. */
  kernelURL: string;
  initrdURL: string;
  /** Without it the ISO does not start; with it, under UEFI alone: loaders for BIOS want to be told where they lie on the medium. */
  espImageURL?: string;
  /** HTTP CONNECT proxy through which those are fetched. */
  proxyURL?: string;
  /** Words of the kernel command line, complete; see {@link agentKernelArgs}. */
  kernelArgs: string[];
  /** PEM the agent shall trust for our machine listener. */
  caPem: string;
  /** PEM of further CAs, for image servers. */
  caBundle?: string;
}

/** What the agent of one boot is told. */
export interface AgentBoot {
  /** Site.spec.machineURL. */
  machineURL: string;
  hostUid: string;
  boot: string;
  /** At least 32 characters. */
  agentToken: string;
  /** Given = the agent shall report its inventory. */
  inspectionToken?: string;
  bootMACAddress?: string;
  /** Site.spec.agentImage.kernelArgs: words separated by blanks; `a="b c"` is one word, which Linux then shows as `"a=b c"`. */
  extra?: string;
}

/** An ISO, laid out. */
export interface AgentIso {
  plan: IsoPlan;
  /** Strong ETag: equal for equal bytes. */
  etag: string;
}

/** Linux on x86-64 takes this much, with what GRUB puts before our words; GRUB leaves out the words that do not fit, and says nothing. */
const MOST_COMMAND_LINE = 2047 - 'BOOT_IMAGE=/vmlinuz '.length;
/** The agent looks for its configuration on a volume of this name (or config-2). */
const LABEL = 'VMEDIA_BOOT_ISO';

/** The agent's kernel arguments (reference: metal3-ironic 3.2, kernel params). */
export function agentKernelArgs(boot: AgentBoot): string[] {
  const url = boot.machineURL.replace(/\/+$/, '');
  const inspection = boot.inspectionToken
    ? [
        `ipa-inspection-callback-url=${url}${inspectionPath(boot.hostUid, boot.boot, boot.inspectionToken)}`,
        'ipa-inspection-collectors=default,pci-devices',
        'ipa-collect-lldp=1',
      ]
    : [];
  return [
    `ipa-api-url=${url}`,
    ...inspection,
    `ipa-agent-token=${boot.agentToken}`,
    ...(boot.bootMACAddress ? [`BOOTIF=${boot.bootMACAddress.toLowerCase()}`] : []),
    'boot_method=vmedia',
    ...(boot.extra?.match(/(?:[^\s"]|"[^"]*")+/g) ?? []).map((word) => word.replaceAll('"', '')),
  ];
}

/** Lays the ISO out; the site's files are fetched unless they are kept. Throws ArtifactError, RangeError for arguments that cannot be passed. */
export async function agentIso(input: AgentIsoInput, artifacts: Artifacts): Promise<AgentIso> {
  const get = (url: string) => artifacts.get(url, input.proxyURL);
  const [kernel, initrd, esp] = await Promise.all([
    get(input.kernelURL),
    get(input.initrdURL),
    input.espImageURL ? get(input.espImageURL) : undefined,
  ]);
  const grub = Buffer.from(grubConfig(input.kernelArgs));
  const trusted = Buffer.from(agentTrust(input));
  const files: IsoFile[] = [
    { path: 'vmlinuz', data: kernel },
    { path: 'initrd', data: initrd },
    // Loaders differ in where they look: the first is Debian's and Ironic's, the second Red Hat's.
    { path: 'boot/grub/grub.cfg', data: grub },
    { path: 'EFI/BOOT/grub.cfg', data: grub },
    { path: 'etc/ironic-python-agent/ironic.crt', data: trusted },
    { path: 'etc/ironic-python-agent.d/ironic-tls.conf', data: Buffer.from(AGENT_TLS) },
    ...(esp ? [{ path: 'boot/grub/efi.img', data: esp }] : []),
  ];
  const plan = planIso({ label: LABEL, files, ...(esp ? { efiImage: 'boot/grub/efi.img' } : {}) });
  const digest = createHash('sha256').update([kernel.sha256, initrd.sha256, esp?.sha256 ?? '', grub, trusted].join('\0'));
  return { plan, etag: `"${digest.digest('hex').slice(0, 32)}"` };
}

/**
 * All that the agent trusts, in one file: it takes no other, for image servers neither, and asks the system's own store no more.
 * So the public CAs, as Node knows them, go along.
 */
function agentTrust({ caPem, caBundle }: AgentIsoInput): string {
  return [caPem, ...(caBundle ? [caBundle] : []), ...rootCertificates].map((pem) => `${pem.trim()}\n`).join('');
}

/** oslo.config of the agent: which CAs to trust. */
const AGENT_TLS = '[DEFAULT]\ncafile = /etc/ironic-python-agent/ironic.crt\n';

/** The boot loader's configuration. Throws RangeError for arguments that a command line cannot carry. */
export function grubConfig(kernelArgs: string[]): string {
  const line = kernelArgs.map(quoted).join(' ');
  const blanks = kernelArgs.filter((word) => word.includes(' ')).length;
  // Linux is given quotes around words with blanks.
  if (kernelArgs.join(' ').length + 2 * blanks > MOST_COMMAND_LINE) {
    throw new RangeError(
      `the kernel command line is longer than ${MOST_COMMAND_LINE} characters: shorten agentImage.kernelArgs of the Site`,
    );
  }
  return [
    'set timeout=0',
    'set default=0',
    `search --no-floppy --set=root --label ${LABEL}`,
    "menuentry 'Slipway agent' {",
    `  linux /vmlinuz ${line}`,
    '  initrd /initrd',
    '}',
    '',
  ].join('\n');
}

/** GRUB's shell splits at `&`, `;`, `|`, braces: quote what is not plainly harmless. */
function quoted(word: string): string {
  if (/^[A-Za-z0-9_.,:/=@%+~-]+$/.test(word)) return word;
  if (/['\r\n\0]/.test(word) || /[^\x20-\x7e]/.test(word))
    throw new RangeError(`kernel argument ${JSON.stringify(word)} cannot be passed by GRUB`);
  return `'${word}'`;
}
