/** The jinja of cloud-init, as far as node bootstrapping uses it: `{{ ds.meta_data.<key> }}` and `{{ v1.<key> }}`. */

/** Renders user data that begins with `## template: jinja`; other user data come back as they are. Unknown variables become cloud-init's marker. */
export function renderJinja(userData: string, metaData: Record<string, unknown>): string {
  if (!/^## template:\s*jinja/.test(userData)) return userData;
  const body = userData.slice(userData.indexOf('\n') + 1);
  return body.replaceAll(/\{\{-?\s*([\w.]+)\s*-?\}\}/g, (_all, path: string) => {
    const key = /^(?:ds\.meta_data|v1)\.(\w+)$/.exec(path)?.[1];
    // cloud-init offers keys with hyphens under their name with underscores.
    const found = Object.entries(metaData).find(([name]) => key !== undefined && name.replaceAll('-', '_') === key);
    return found ? String(found[1]) : `CI_MISSING_JINJA_VAR/${path.split('.').at(-1)}`;
  });
}
