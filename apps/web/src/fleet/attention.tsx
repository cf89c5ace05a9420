/** What will not end well by itself: one because sentence each, act now before act soon. */
import Link from 'next/link';
import { paths } from '../lib/paths.ts';
import { plain } from '../lib/text.ts';
import type { Outputs } from '../lib/trpc.tsx';
import { BecauseBox } from '../ui/because.tsx';
import { Mark } from '../ui/mark.tsx';
import { Section } from '../ui/parts.tsx';

type Item = Outputs['fleet']['summary']['attention'][number];

/** The section. Nothing to do is said in words, not by an empty page. */
export function Attention({ items, more, now }: { items: readonly Item[]; more: number; now: number }) {
  const title = 'Needs a person';
  if (items.length === 0) {
    return (
      <Section title={title}>
        <p className="flex items-center gap-2 text-ink-2 py-1">
          <Mark name="well" />
          Nothing. What waits now only takes its time.
        </p>
      </Section>
    );
  }
  return (
    <Section title={title} note={more > 0 ? `${items.length} of ${items.length + more}` : undefined}>
      <ul className="flex flex-col gap-px">
        {items.map((item) => (
          <li key={`${item.kind}/${item.namespace}/${item.name}`}>
            <BecauseBox because={item.because} now={now} edge action={<Who item={item} />} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Who({ item }: { item: Item }) {
  const href = hrefOf(item);
  const name = plain(item.name);
  const under = item.place
    ? [item.place.site, item.place.rack, item.place.unit && `U${item.place.unit}`].filter(Boolean).join(' / ')
    : `${item.kind} · ${item.namespace}`;
  return (
    <div className="text-right max-mid:text-left max-mid:col-start-2 max-mid:mt-1">
      {href ? (
        <Link className="font-medium hover:underline underline-offset-2" href={href}>
          {name}
        </Link>
      ) : (
        <span className="font-medium">{name}</span>
      )}
      <div className="text-xs text-ink-2">{plain(under)}</div>
      {item.state && <div className="text-xs text-ink-3">{item.state}</div>}
    </div>
  );
}

function hrefOf({ kind, namespace, name }: Item): string | null {
  if (kind === 'BareMetalHost') return paths.host(namespace, name);
  return kind === 'Cluster' ? paths.cluster(namespace, name) : null;
}
