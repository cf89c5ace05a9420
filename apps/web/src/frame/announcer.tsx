'use client';
/** The page's one polite live region: sums up at most every 10 s, never row by row. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTRPC } from '../lib/trpc.tsx';
import { summarize } from './summarize.ts';

const EVERY_MS = 10_000;

/** Says what changed in the fleet since it last spoke. */
export function Announcer() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.fleet.summary.queryOptions({}));
  const [said, setSaid] = useState('');
  const latest = useRef(data);
  const told = useRef(data);
  latest.current = data;
  useEffect(() => {
    const timer = setInterval(() => {
      const text = summarize(told.current, latest.current);
      told.current = latest.current;
      if (text) setSaid(text);
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className="sr-only" role="status" aria-live="polite">
      {said}
    </div>
  );
}
