/** The because sentence: mark, one sentence, one line of facts (DESIGN-LANGUAGE section 5). */
import type { ReactNode } from 'react';
import { plain } from '../lib/text.ts';
import { clock, span } from '../lib/time.ts';
import { Mark } from './mark.tsx';
import type { MarkName } from './marks.ts';

/** What is said. */
export interface Sentence {
  sentence: string;
  since?: string;
  limit?: { at: string; then: string };
  wayOut?: string;
  tone: 'waits' | 'caution' | 'fault';
}

const TONE_MARKS: Record<Sentence['tone'], MarkName> = { waits: 'applying', caution: 'degraded', fault: 'failed' };

/** The mark of a sentence's tone. */
export function toneMark(tone: Sentence['tone']): MarkName {
  return TONE_MARKS[tone];
}

/** Said in full, on its ground. `edge` where it stands alone, not under a row. */
export function BecauseBox({
  because,
  now,
  edge = false,
  action,
}: {
  because: Sentence;
  now: number;
  edge?: boolean;
  action?: ReactNode;
}) {
  const { sentence, since, limit, wayOut, tone } = because;
  return (
    <div className={`because ${tone} ${edge ? 'edge' : ''}`}>
      <Mark name={toneMark(tone)} size={12} />
      <div className="min-w-0">
        <p className="why">{plain(sentence)}</p>
        <dl>
          {since && (
            <Fact term="Since" title={since}>
              {clock(since, now)} · {span(now - Date.parse(since))}
            </Fact>
          )}
          <Fact term="Limit">{limit ? `${clock(limit.at, now)} · ${plain(limit.then)}` : 'none'}</Fact>
          <Fact term="Way out">{wayOut ? plain(wayOut) : 'wait'}</Fact>
        </dl>
      </div>
      {action}
    </div>
  );
}

function Fact({ term, title, children }: { term: string; title?: string; children: ReactNode }) {
  return (
    <div title={title}>
      <dt>{term} </dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Said in one line, cut at its end; the whole text is its title. */
export function BecauseLine({ because }: { because: Sentence }) {
  return (
    <span className="name block" title={plain(because.sentence)}>
      {plain(because.sentence)}
    </span>
  );
}
