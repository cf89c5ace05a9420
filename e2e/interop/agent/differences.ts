/** Two JSON documents compared by shape: names of fields and types of values, whatever the values are. */

/** Where they differ, as sentences. null and an empty list fit anything; of a list, the first entry stands for all. */
export function differences(real: unknown, simulated: unknown, path: string): string[] {
  if (real === null || simulated === null) return [];
  if (Array.isArray(real) && Array.isArray(simulated)) {
    return real.length === 0 || simulated.length === 0 ? [] : differences(real[0], simulated[0], `${path}[]`);
  }
  if (kindOf(real) !== kindOf(simulated)) return [`${path}: ${kindOf(real)}, simulated ${kindOf(simulated)}`];
  if (kindOf(real) !== 'object') return [];
  const [left, right] = [real as Record<string, unknown>, simulated as Record<string, unknown>];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((name) => {
    if (!(name in right)) return [`${path}.${name}: not simulated`];
    return name in left ? differences(left[name], right[name], `${path}.${name}`) : [`${path}.${name}: simulated alone`];
  });
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'list' : typeof value;
}
