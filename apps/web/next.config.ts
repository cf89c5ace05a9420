import { join } from 'node:path';
import type { NextConfig } from 'next';

const root = join(import.meta.dirname, '../..');

const config: NextConfig = {
  transpilePackages: ['@slipway/core'],
  reactStrictMode: true,
  poweredByHeader: false,
  // The server in front (server.ts) compresses nothing either: streams must not be held back.
  compress: false,
  // The workspace root, told rather than guessed.
  outputFileTracingRoot: root,
  turbopack: { root },
  // The tree's own checks do this once for all workspaces.
  typescript: { ignoreBuildErrors: true },
};

export default config;
