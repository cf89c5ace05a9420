/** An object as YAML, to read and copy. */
import { plain } from '../lib/text.ts';
import { toYaml } from './to-yaml.ts';

/** The YAML tab. */
export function Yaml({ object, label }: { object: unknown; label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="yaml" tabIndex={0} aria-label={label}>
      <pre>{toYaml(object).split('\n').map(plain).join('\n')}</pre>
    </section>
  );
}
