'use client';
/** Filters of the hosts table: states as a legend with counts, label selector, text. */
import { type FormEvent, useEffect, useRef } from 'react';
import { count } from '../lib/units.ts';
import { Mark } from '../ui/mark.tsx';
import { hostMark } from '../ui/marks.ts';
import { toggleState } from './host-query.ts';

interface FilterProps {
  url: Record<string, string>;
  setUrl: (change: Record<string, string | undefined>) => void;
  states: readonly { word: string; count: number }[];
  error: string | undefined;
}

/** The bar. */
export function HostFilters({ url, setUrl, states, error }: FilterProps) {
  const form = useRef<HTMLFormElement>(null);
  // Back and forward change the URL without a key press: the fields follow.
  useEffect(() => {
    for (const name of ['text', 'labels'] as const) {
      const field = form.current?.elements.namedItem(name) as HTMLInputElement | null;
      if (field && document.activeElement !== field) field.value = url[name] ?? '';
    }
  }, [url]);
  const apply = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    setUrl({ text: String(data.get('text')).trim(), labels: String(data.get('labels')).trim(), page: undefined });
  };
  const chosen = new Set(url.state?.split(',').filter(Boolean));
  const shown = [
    ...states,
    ...[...chosen].filter((word) => !states.some((one) => one.word === word)).map((word) => ({ word, count: 0 })),
  ];
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-6 max-mid:px-3 pb-2">
      <fieldset className="flex flex-wrap gap-1" aria-label="State">
        {shown.map(({ word, count: n }) => (
          <button
            key={word}
            type="button"
            className="inline-flex items-center gap-[6px] h-[26px] px-2 rounded-[4px] border border-line-2 text-xs text-ink-2 cursor-pointer hover:bg-surface-2 aria-pressed:bg-surface-3 aria-pressed:text-ink-1 aria-pressed:font-medium"
            aria-pressed={chosen.has(word)}
            onClick={() => setUrl({ state: toggleState(url.state, word), page: undefined })}
          >
            <Mark name={hostMark(word, word === 'error')} />
            {word} <span className="text-ink-3 font-normal">{count(n)}</span>
          </button>
        ))}
      </fieldset>
      <form ref={form} onSubmit={apply} onBlur={(event) => event.currentTarget.requestSubmit()} className="flex flex-wrap gap-2">
        <input
          className="field text-xs w-[200px]"
          name="text"
          defaultValue={url.text}
          placeholder="Name, address, consumer"
          aria-label="Text"
        />
        <input
          className="field mono w-[200px]"
          name="labels"
          defaultValue={url.labels}
          placeholder="role=worker"
          aria-label="Label selector"
          aria-invalid={Boolean(error && url.labels)}
          spellCheck={false}
        />
        <button type="submit" className="sr-only">
          Apply filters
        </button>
      </form>
    </div>
  );
}
