/** Playwright's global setup: one Slipway for the whole suite; its teardown ends it. */
import { startSlipway } from './slipway.ts';

/** Starts Slipway unless SLIPWAY_E2E_STATE names one that runs already. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.SLIPWAY_E2E_STATE) return undefined;
  const slipway = await startSlipway();
  process.env.SLIPWAY_E2E_STATE = slipway.state;
  return () => slipway.stop();
}
