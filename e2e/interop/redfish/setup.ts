/** Installs the Redfish peers: sushy-tools' emulated BMCs, Ironic, and sushy, the client that Ironic uses. */
import { join } from 'node:path';
import { ensureVenv } from '../../../scripts/interop/venv.ts';

/** A Python with all peers, told to the tests as INTEROP_REDFISH_PYTHON. */
export function setup(cache: string): Record<string, string> {
  return { INTEROP_REDFISH_PYTHON: ensureVenv(cache, join(import.meta.dirname, 'requirements.txt')) };
}
