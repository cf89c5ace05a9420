/** Copies and comparisons of JSON values, by the rule of JSON: a property that is `undefined` is absent. */

/** A deep copy without `undefined` properties; what the store keeps and hands out, so that nobody shares its objects. */
export function copyJson<T>(value: T): T {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => (item === undefined ? null : copyJson(item))) as T;
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    // Assigning `__proto__` would set the prototype instead of the property that a client sent.
    if (key === '__proto__') Object.defineProperty(copy, key, { value: copyJson(item), enumerable: true, configurable: true });
    else copy[key] = copyJson(item);
  }
  return copy as T;
}

/** Whether two JSON values are the same; order of properties does not matter. */
export function equalJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, index) => equalJson(item, b[index]));
  }
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const present = (of: Record<string, unknown>) => Object.keys(of).filter((key) => of[key] !== undefined);
  const keys = present(left);
  if (keys.length !== present(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && equalJson(left[key], right[key]));
}
