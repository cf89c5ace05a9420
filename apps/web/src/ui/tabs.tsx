/** Tabs are links: each has its own URL. */
import Link from 'next/link';
import type { ReactNode } from 'react';

/** One tab. */
export interface Tab {
  key: string;
  label: string;
  count?: number;
  mark?: ReactNode;
  href: string;
}

/** A row of tabs; the current one is told by aria-current. */
export function Tabs({ tabs, current, label }: { tabs: Tab[]; current: string; label: string }) {
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map(({ key, label: text, count, mark, href }) => (
        <Link key={key} href={href} aria-current={key === current ? 'page' : undefined} scroll={false}>
          {text}
          {mark}
          {count !== undefined && <span className="text-ink-3 font-normal">{count}</span>}
        </Link>
      ))}
    </nav>
  );
}
