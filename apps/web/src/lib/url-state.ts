'use client';
/** Filters, tabs and pages live in the URL: read it, change it in place. */
import { usePathname, useSearchParams } from 'next/navigation';

/** The query as an object, and a function that changes some of it. An empty value leaves the URL. */
export function useUrlState(): [Record<string, string>, (change: Record<string, string | undefined>) => void] {
  const params = useSearchParams();
  const pathname = usePathname();
  const set = (change: Record<string, string | undefined>) => {
    const next = new URLSearchParams(window.location.search);
    for (const [key, value] of Object.entries(change)) {
      if (value) next.set(key, value);
      else next.delete(key);
    }
    const text = next.toString();
    window.history.replaceState(null, '', text ? `${pathname}?${text}` : pathname);
  };
  return [Object.fromEntries(params), set];
}
