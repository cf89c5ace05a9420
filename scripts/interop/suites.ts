/** The interop suites. One is a folder of e2e/interop with its tests (`*.interop.ts`) and a setup.ts; plugging in is one line here. */
import { setup as agent } from '../../e2e/interop/agent/setup.ts';
import { setup as firmware } from '../../e2e/interop/firmware/setup.ts';
import { setup as redfish } from '../../e2e/interop/redfish/setup.ts';

/**
 * Installs what a suite needs into `cache` (a folder that exists, is kept between runs and not in Git) unless it is there, and
 * returns the environment that its tests shall find. Throws what is missing and what to install.
 */
export type Setup = (cache: string) => Record<string, string> | Promise<Record<string, string>>;

/** By folder, in the order in which they run. */
export const SUITES: Record<string, Setup> = { redfish, agent, firmware };
