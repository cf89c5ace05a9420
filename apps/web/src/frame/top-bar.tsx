'use client';
/** The top bar: place, find, what moves, freshness, person. */
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { usePathname, useRouter } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { isMoving, movingText } from '../clusters/moving.ts';
import { paths } from '../lib/paths.ts';
import { plain } from '../lib/text.ts';
import { useTRPC } from '../lib/trpc.tsx';
import { Mark } from '../ui/mark.tsx';
import { FreshnessMark } from './freshness-mark.tsx';
import { PersonMenu } from './person-menu.tsx';

/** The bar. */
export function TopBar() {
  return (
    <header className="top">
      <Place />
      <span className="flex-1" />
      <Find />
      <Moving />
      <FreshnessMark />
      <PersonMenu />
    </header>
  );
}

const ROOMS: Record<string, string> = { racks: 'Racks', hosts: 'Hosts', clusters: 'Clusters' };

function Place() {
  const [, room = '', ...rest] = usePathname().split('/');
  const title = ROOMS[room] ?? 'Fleet';
  const parts = rest.filter(Boolean).map((part) => plain(decodeURIComponent(part)));
  return (
    <nav className="crumbs" aria-label="Place">
      {parts.length > 0 ? (
        <Link href={`/${room}`} className="hover:text-ink-1">
          {title}
        </Link>
      ) : (
        <span>{title}</span>
      )}
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a path's parts have no other identity
        <span key={index} className={`name ${index < parts.length - 1 ? 'max-mid:hidden' : ''}`}>
          <span className="text-ink-3 font-normal mr-[7px]" aria-hidden="true">
            ›
          </span>
          {part}
        </span>
      ))}
    </nav>
  );
}

/** `/` goes here; Enter opens the hosts that match. */
function Find() {
  const router = useRouter();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.key !== '/' || event.metaKey || event.ctrlKey || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return;
      event.preventDefault();
      input.current?.focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return (
    <search className="max-wide:hidden">
      <form
        className="relative"
        onSubmit={(event) => {
          event.preventDefault();
          router.push(paths.hosts({ text: input.current?.value.trim() }));
        }}
      >
        <input
          ref={input}
          name="text"
          className="field w-[268px] text-xs pr-8"
          style={{ height: 26, background: 'var(--surface-0)' }}
          placeholder="Find host, address, consumer, label"
          aria-label="Find hosts"
          autoComplete="off"
        />
        <span className="absolute right-2 top-1" aria-hidden="true">
          <kbd>/</kbd>
        </span>
      </form>
    </search>
  );
}

function Moving() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.fleet.summary.queryOptions({}));
  if (!data) return null;
  const clusters = data.clusters.filter(isMoving).length;
  const moving = data.total.moving + clusters;
  return (
    <span className="fresh max-wide:hidden">
      <Mark name={moving > 0 ? 'Provisioning' : 'well'} size={10} />
      <span className="text-ink-2">{movingText(data.total.moving, clusters)}</span>
    </span>
  );
}
