'use client';
/** What stands round every page of the console. */
import type { ReactNode } from 'react';
import { LiveProvider } from '../lib/live.tsx';
import { ApiProvider } from '../lib/trpc.tsx';
import { Sign } from '../ui/mark.tsx';
import { Announcer } from './announcer.tsx';
import { Nav } from './nav.tsx';
import { TopBar } from './top-bar.tsx';

/** The frame. */
export function Frame({ children }: { children: ReactNode }) {
  return (
    <ApiProvider>
      <LiveProvider>
        <a href="#main" className="btn skip">
          Skip to content
        </a>
        <div className="app">
          <div className="brand">
            <Sign />
            Slipway
          </div>
          <TopBar />
          <Nav />
          <main id="main" className="main" tabIndex={-1}>
            {children}
          </main>
        </div>
        <Announcer />
      </LiveProvider>
    </ApiProvider>
  );
}
