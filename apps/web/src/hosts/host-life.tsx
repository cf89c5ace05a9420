/** The host's life as steps: past is solid grey, now is accent. */

import { span } from '../lib/time.ts';
import type { Outputs } from '../lib/trpc.tsx';

type Detail = Outputs['hosts']['detail'];

interface LifeProps {
  life: Detail['life'];
  state: string;
  progress: Detail['row']['progress'];
  now: number;
}

/** The steps. Nothing has happened yet: nothing is drawn. */
export function Life({ life, state, progress, now }: LifeProps) {
  const last = life.at(-1);
  const since = last?.end ?? null;
  const rests = since !== null && state !== '' && !life.some((step) => step.end === null);
  if (life.length === 0) return null;
  return (
    <ol className="life" aria-label="Life of this host">
      {life.map((step) => (
        <li key={step.step} className={step.end === null ? 'now' : ''} style={{ flexGrow: 2 }}>
          <b />
          <span>{step.step}</span>
          <em>
            {span((step.end ? Date.parse(step.end) : now) - Date.parse(step.start), true)}
            {step.end === null && ' so far'}
            {step.end === null &&
              progress &&
              ` · ${progress.step.replaceAll('-', ' ')}${progress.percent === undefined ? '' : ` ${Math.round(progress.percent)} %`}`}
          </em>
        </li>
      ))}
      {rests && (
        <li className="rest" style={{ flexGrow: 3 }}>
          <b />
          <span>{state}</span>
          <em>{span(now - Date.parse(since))} so far</em>
        </li>
      )}
    </ol>
  );
}
