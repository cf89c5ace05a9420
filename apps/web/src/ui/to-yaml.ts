/** JSON values as block YAML, for reading. Strings are quoted wherever YAML could take them for something else. */

/** The YAML text of a JSON value. */
export function toYaml(value: unknown): string {
  return lines(value, '').join('\n');
}

function lines(value: unknown, indent: string): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item) => {
      const [first = '', ...rest] = lines(item, `${indent}  `);
      return [`${indent}- ${first.trimStart()}`, ...rest];
    });
  }
  if (value !== null && typeof value === 'object') {
    return Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .flatMap(([key, item]) => field(key, item, indent));
  }
  return [`${indent}${scalar(value)}`];
}

function field(key: string, value: unknown, indent: string): string[] {
  const name = `${indent}${scalar(key)}:`;
  if (typeof value === 'string' && value.includes('\n')) {
    return [
      `${name} |`,
      ...value
        .replace(/\n$/, '')
        .split('\n')
        .map((line) => `${indent}  ${line}`),
    ];
  }
  if (value === null || typeof value !== 'object') return [`${name} ${scalar(value)}`];
  const inner = lines(value, Array.isArray(value) ? indent : `${indent}  `);
  return inner.length === 0 ? [`${name} ${Array.isArray(value) ? '[]' : '{}'}`] : [name, ...inner];
}

const PLAIN = /^[A-Za-z_./][A-Za-z0-9_./@+-]*(?:[ :][A-Za-z0-9_./@+-]+)*$/;
const WORDS = /^(true|false|yes|no|on|off|null|~)$/i;

function scalar(value: unknown): string {
  if (typeof value !== 'string') return String(value);
  return PLAIN.test(value) && !WORDS.test(value) && !value.includes(': ') ? value : JSON.stringify(value);
}
