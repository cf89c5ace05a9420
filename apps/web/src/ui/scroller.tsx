'use client';
/** What may be wider than its place scrolls within it; only then is it a stop for the keyboard. */
import { type ReactNode, useEffect, useRef, useState } from 'react';

/** The place. */
export function Scroller({ label, children }: { label: string; children: ReactNode }) {
  const place = useRef<HTMLElement>(null);
  const [wide, setWide] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const measure = () => setWide(element.scrollWidth > element.clientWidth);
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  }, []);
  return (
    <section
      ref={place}
      className="overflow-x-auto"
      aria-label={wide ? `${label}, scrolls sideways` : undefined}
      tabIndex={wide ? 0 : undefined}
    >
      {children}
    </section>
  );
}
