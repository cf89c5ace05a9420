'use client';
/** The tab's one stream: it makes queries old, and tells how fresh the screen is. */
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { type Area, areasOf, type LiveState } from './live-state.ts';
import { useTRPC, useTRPCClient } from './trpc.tsx';

/** Queries are asked again at most this often, however much changes. */
const REFRESH_MS = 700;

interface LiveStore {
  get: () => LiveState;
  set: (change: Partial<LiveState>) => void;
  subscribe: (listener: () => void) => () => void;
}

function createLiveStore(): LiveStore {
  let state: LiveState = { connected: false, lastAt: null, skewMs: 0 };
  const listeners = new Set<() => void>();
  return {
    get: () => state,
    set: (change) => {
      state = { ...state, ...change };
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const LiveContext = createContext<LiveStore>(createLiveStore());

/** Opens the stream for what is inside. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const [store] = useState(createLiveStore);
  const client = useTRPCClient();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const keys = useRef<(area: Area) => readonly unknown[]>(() => []);
  keys.current = (area) => trpc[area].pathKey();

  useEffect(() => {
    const refresh = createRefresh(queryClient, (area) => keys.current(area));
    const stream = client.live.changes.subscribe(undefined, {
      onConnectionStateChange: ({ state }) => store.set({ connected: state === 'pending' }),
      onData: ({ data }) => {
        const now = Date.now();
        store.set({ connected: true, lastAt: now, skewMs: Date.parse(data.at) - now });
        if (data.type === 'snapshot') refresh('everything');
        if (data.type === 'changes') refresh(areasOf(data));
      },
      // Asking anything tells whether the session ended (then the query leads to login) or the API is away.
      onError: () => {
        store.set({ connected: false });
        void queryClient.invalidateQueries();
      },
    });
    return () => {
      stream.unsubscribe();
      refresh.stop();
    };
  }, [client, queryClient, store]);

  return <LiveContext.Provider value={store}>{children}</LiveContext.Provider>;
}

/** Gathers areas and asks their queries again at most every {@link REFRESH_MS}. */
function createRefresh(queryClient: QueryClient, keyOf: (area: Area) => readonly unknown[]) {
  const due = new Set<Area>();
  let everything = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    if (everything) void queryClient.invalidateQueries();
    else for (const area of due) void queryClient.invalidateQueries({ queryKey: keyOf(area) });
    due.clear();
    everything = false;
  };
  const refresh = (areas: Set<Area> | 'everything') => {
    if (areas === 'everything') everything = true;
    else for (const area of areas) due.add(area);
    timer ??= setTimeout(flush, REFRESH_MS);
  };
  refresh.stop = () => clearTimeout(timer);
  return refresh;
}

/** The stream's state. */
export function useLive(): LiveState {
  const store = useContext(LiveContext);
  return useSyncExternalStore(store.subscribe, store.get, store.get);
}

/** The server's time by the reader's clock, ticking every second: ages and freshness move together, also when nothing arrives. */
export function useNow(): number {
  const { skewMs } = useLive();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now + skewMs;
}
