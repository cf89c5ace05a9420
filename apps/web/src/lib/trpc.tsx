'use client';
import type { AppRouter } from '@slipway/api/trpc/root.ts';
/** The one way to the API. Queries are cached until the live stream says that they are old. */
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink, TRPCClientError } from '@trpc/client';
import type { inferRouterOutputs } from '@trpc/server';
import { createTRPCContext } from '@trpc/tanstack-react-query';
import { type ReactNode, useState } from 'react';
import { paths } from './paths.ts';

const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();

export { useTRPC, useTRPCClient };

/** What the API answers. */
export type Outputs = inferRouterOutputs<AppRouter>;
/** A host in a list. */
export type HostRow = Outputs['hosts']['list']['rows'][number];
/** A cluster in a list. */
export type ClusterRow = Outputs['clusters']['list']['rows'][number];
/** A planner's sentence. */
export type Because = NonNullable<HostRow['because']>;

/** An error of the API as a form shows it. */
export type ApiError = TRPCClientError<AppRouter>;

const URL_BASE = '/api/trpc';
/** Queries nobody looks at any more are dropped after this: a wall screen runs for months. */
const KEEP_MS = 5 * 60_000;

function isSignedOut(error: unknown): boolean {
  return error instanceof TRPCClientError && error.data?.code === 'UNAUTHORIZED';
}

/** A session that has ended leads to login, and back to where one was. */
function toLogin(error: unknown): void {
  if (!isSignedOut(error) || location.pathname === paths.login()) return;
  location.assign(paths.login(location.pathname + location.search));
}

function makeQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: toLogin }),
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: KEEP_MS,
        refetchOnWindowFocus: false,
        retry: (failures, error) => !isSignedOut(error) && failures < 2,
      },
    },
  });
}

function makeClient() {
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (op) => op.type === 'subscription',
        true: httpSubscriptionLink({ url: URL_BASE }),
        false: httpBatchLink({ url: URL_BASE, maxItems: 10 }),
      }),
    ],
  });
}

/** Makes the API known to what is inside. */
export function ApiProvider({ children }: { children: ReactNode }) {
  const [queryClient] = useState(makeQueryClient);
  const [client] = useState(makeClient);
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={client} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  );
}
