/** Kernel arguments as a boot loader would pass them on. */

/** The arguments of the first `linux` line of a grub.cfg, or undefined if there is none. Words without `=` get ''. */
export function kernelArgsOf(grubConfig: string): Map<string, string> | undefined {
  const line = grubConfig.split('\n').find((each) => /^\s*linux(efi)?\s/.test(each));
  if (!line) return undefined;
  const words = [...line.trim().matchAll(/(?:'[^']*'|"[^"]*"|\S)+/g)].map((match) => match[0].replace(/['"]/g, ''));
  const args = new Map<string, string>();
  for (const word of words.slice(2)) {
    const equals = word.indexOf('=');
    args.set(equals < 0 ? word : word.slice(0, equals), equals < 0 ? '' : word.slice(equals + 1));
  }
  return args;
}
