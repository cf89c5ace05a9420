/** Names of generated objects. */

/** Names become labels and host names: at most 63 characters. */
const NAME_LENGTH = 63;

/** `<base>-<suffix>`; the base gives way where both are longer than 63 characters, and never ends in a dash or dot. */
export function generatedName(base: string, suffix: string): string {
  const kept = base.slice(0, NAME_LENGTH - suffix.length - 1).replace(/[-.]+$/, '');
  return `${kept}-${suffix}`;
}

/**
 * A name from a naming template: `{{ .cluster.name }}`, `{{ .<owner>.name }}` and `{{ .random }}` (blanks optional).
 * Without a template: {@link generatedName} of the owner's name. Cut so that the random part stays.
 */
export function nameFromTemplate(
  template: string | undefined,
  owner: { key: 'machineSet' | 'machineDeployment' | 'kubeadmControlPlane'; name: string; cluster: string },
  random: string,
): string {
  if (!template) return generatedName(owner.name, random);
  const values: Record<string, string> = { 'cluster.name': owner.cluster, [`${owner.key}.name`]: owner.name, random };
  const full = template.replace(/\{\{\s*\.([A-Za-z.]+)\s*\}\}/g, (whole, key: string) => values[key] ?? whole);
  if (full.length <= NAME_LENGTH) return full;
  return full.endsWith(random)
    ? generatedName(full.slice(0, -random.length).replace(/-$/, ''), random)
    : generatedName(full, random);
}

/** What is wrong with a naming template; undefined = it gives valid names. `key` is the owner it may name. */
export function namingFault(
  template: string,
  key: 'machineSet' | 'machineDeployment' | 'kubeadmControlPlane',
): string | undefined {
  if (!/\{\{\s*\.random\s*\}\}/.test(template)) return 'invalid template, {{ .random }} is missing';
  const name = nameFromTemplate(template, { key, name: 'owner', cluster: 'cluster' }, 'abcde');
  if (/[{}]/.test(name)) return `invalid template: only .cluster.name, .${key}.name and .random can be used`;
  if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name)) return 'invalid template, generated names would not be valid object names';
  return undefined;
}
