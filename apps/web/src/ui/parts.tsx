/** Small parts that know neither router nor API. */
import type { ReactNode } from 'react';
import { plain } from '../lib/text.ts';
import { age, clock } from '../lib/time.ts';
import { Mark } from './mark.tsx';
import type { MarkName } from './marks.ts';

/** The facts line under a title. A fact without a value is left out. */
export function Facts({ facts }: { facts: [term: string, value: ReactNode][] }) {
  const given = facts.filter(([, value]) => value !== null && value !== undefined && value !== '');
  return (
    <dl className="facts">
      {given.map(([term, value]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd className="min-w-0">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Terms and values in two columns. */
export function Pairs({ pairs }: { pairs: [term: string, value: ReactNode][] }) {
  return (
    <dl className="dlist">
      {pairs.map(([term, value]) => (
        <div key={term} className="contents">
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Title line of a page: mark, name, state in words, then what stands at the right. */
export function Title({
  mark,
  name,
  state,
  children,
}: {
  mark?: MarkName;
  name: string;
  state?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <div className="head">
      {mark && <Mark name={mark} size={16} />}
      <h1 className="name min-w-0">{plain(name)}</h1>
      {state && <span className="text-ink-2">{state}</span>}
      <span className="flex-1" />
      {children}
    </div>
  );
}

/** An age as kubectl prints it; the absolute time on hover and for copying. */
export function Age({ at, now }: { at: string | undefined; now: number }) {
  return (
    <time dateTime={at} title={at}>
      {age(at, now)}
    </time>
  );
}

/** A moment. */
export function Moment({ at, now }: { at: string; now: number }) {
  return (
    <time dateTime={at} title={at}>
      {clock(at, now)}
    </time>
  );
}

/** Nothing to show: what belongs here, why it is empty, the first thing to do. */
export function Empty({ what, why, children }: { what: string; why: string; children?: ReactNode }) {
  return (
    <div className="px-6 py-8 max-w-[64ch]">
      <p className="text-md">{what}</p>
      <p className="text-ink-2 mt-1">{why}</p>
      {children && <div className="mt-3">{children}</div>}
    </div>
  );
}

/** Section head. */
export function Section({
  title,
  note,
  right,
  children,
}: {
  title: string;
  note?: ReactNode;
  right?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section aria-label={title} className="min-w-0">
      <div className="flex items-baseline gap-2 mb-1">
        <h2>{title}</h2>
        {note && <span className="text-xs text-ink-3">{note}</span>}
        <span className="flex-1" />
        {right}
      </div>
      {children}
    </section>
  );
}

/** A query that has not answered, or could not. Never a spinner in a table, never silence. */
export function Waiting({ error, what }: { error?: { message: string } | null; what: string }) {
  if (!error) return <p className="px-6 py-8 text-ink-3">Reading {what}…</p>;
  return (
    <div className="m-6 because fault edge" role="alert">
      <Mark name="failed" size={12} />
      <div>
        <p className="why">{plain(error.message)}</p>
        <p className="text-xs text-ink-2 mt-1">It is asked again as soon as something changes.</p>
      </div>
    </div>
  );
}
