import { defineConfig, devices } from '@playwright/test';

const chromium = process.env.CHROMIUM_PATH;
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];

export default defineConfig({
  testDir: 'e2e',
  // One Slipway with one simulated datacentre serves all files, in the order of the walk.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 240_000,
  expect: { timeout: 30_000 },
  projects: [
    { name: 'up', testMatch: 'walk/1-up.e2e.ts' },
    { name: 'console', testMatch: 'console/*.e2e.ts', dependencies: ['up'] },
    // After `up` one worker runs these in this order; a failure in one does not keep the others from running.
    { name: 'life', testMatch: 'walk/2-life.e2e.ts', dependencies: ['up'] },
    { name: 'refusals', testMatch: 'walk/3-refusals.e2e.ts', dependencies: ['up'] },
    { name: 'crash', testMatch: 'walk/4-crash.e2e.ts', dependencies: ['up'] },
    { name: 'states', testMatch: 'walk/5-states.e2e.ts', dependencies: ['up'] },
  ],
  globalSetup: './e2e/support/setup.ts',
  use: {
    ...devices['Desktop Chrome'],
    viewport: { width: 1440, height: 900 },
    baseURL: process.env.SLIPWAY_CONSOLE_URL ?? 'http://127.0.0.1:13000',
    launchOptions: { ...(chromium ? { executablePath: chromium } : {}), args: [...flags, ...quiet] },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
});
