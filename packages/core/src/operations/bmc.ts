/** Carries out the `bmc.*` operations on a host, through its BMC's driver. Every one sets a state, so that repeating it is harmless. */

import { bootIsoPath } from '../drivers/agent/handlers.ts';
import type { Bmc } from '../drivers/bmc/bmc.ts';
import { BmcError } from '../drivers/bmc/errors.ts';
import type { BareMetalHostObject } from '../kinds/bare-metal-host/kind.ts';
import type { SiteObject } from '../kinds/site/kind.ts';
import { type BmcOperation, OPERATION_ERRORS, type OperationOutcome, type RegisterResult } from '../runtime/operations.ts';
import type { KubeObject } from '../store/object.ts';
import type { Operation } from '../store/store.ts';
import { Failed, type HostPorts, openHostBmc } from './host-access.ts';
import { seePower } from './see-power.ts';

/** What these operations need. */
export interface BmcPorts extends HostPorts {
  /** How long a power change may take. */
  powerChangeSeconds: number;
  /** A token for a purpose, the same each time (store/cipher.ts deriveToken with the master key). */
  derive: (purpose: string, ...parts: string[]) => string;
}

/** Handlers of operations by kind. */
export type OperationHandlers = Record<
  string,
  {
    run: (operation: Operation, subject: KubeObject) => Promise<OperationOutcome>;
    /** Looks after a running one; those without never run on by themselves. */
    poll?: (operation: Operation, subject: KubeObject) => Promise<OperationOutcome>;
  }
>;

interface Acting {
  ports: BmcPorts;
  bmc: Bmc;
  site: SiteObject;
  host: BareMetalHostObject;
}

type Handlers = {
  [Kind in BmcOperation['kind']]: (acting: Acting, args: Extract<BmcOperation, { kind: Kind }>['args']) => Promise<unknown>;
};

const HANDLERS: Handlers = {
  'bmc.register': register,
  'bmc.power': setPower,
  'bmc.bootOnce': async ({ bmc }, { device, mode }) => able(bmc.bootOnce, 'set a one-time boot device').set(device, mode),
  'bmc.insertAgent': insertAgent,
  'bmc.ejectMedia': async ({ bmc }) => able(bmc.virtualMedia, 'mount virtual media').eject(),
};

/** The handlers of all `bmc.*` operations. */
export function createBmcOperations(ports: BmcPorts): OperationHandlers {
  const entries = Object.entries(HANDLERS) as [string, (acting: Acting, args: never) => Promise<unknown>][];
  return Object.fromEntries(
    entries.map(([kind, handle]) => [
      kind,
      {
        run: (operation: Operation, subject: KubeObject) =>
          actOn(ports, subject as BareMetalHostObject, (acting) => handle(acting, operation.args as never)),
      },
    ]),
  );
}

async function actOn(
  ports: BmcPorts,
  host: BareMetalHostObject,
  handle: (acting: Acting) => Promise<unknown>,
): Promise<OperationOutcome> {
  try {
    const { bmc, site } = await openHostBmc(ports, host);
    try {
      const result = await handle({ ports, bmc, site, host });
      return { state: 'succeeded', ...(result === undefined ? {} : { result }) };
    } finally {
      await bmc.close().catch(() => undefined);
    }
  } catch (error) {
    if (error instanceof Failed) return error.outcome;
    if (error instanceof BmcError)
      return { state: 'failed', code: error.code, message: error.message, retryable: error.retryable };
    throw error;
  }
}

async function register(
  { ports, bmc, host }: Acting,
  args: { address: string; credentialsVersion: string },
): Promise<RegisterResult> {
  const secret = await ports.store.get({
    group: '',
    kind: 'Secret',
    namespace: host.metadata.namespace ?? '',
    name: host.spec.bmc?.credentialsName ?? '',
  });
  if (args.address !== host.spec.bmc?.address || secret?.metadata.resourceVersion !== args.credentialsVersion) {
    throw new Failed(OPERATION_ERRORS.badInput, 'BMC address or credentials have changed meanwhile', false);
  }
  const found = await bmc.identity();
  await seePower(ports.store, host, { on: found.power }, false);
  return {
    powerOn: found.power === true,
    systemId: found.systemId,
    manufacturer: found.manufacturer,
    model: found.model,
    serialNumber: found.serialNumber,
    bmcFirmware: found.bmcFirmware,
    biosVersion: found.biosVersion,
    ...(found.bootMode ? { bootMode: found.bootMode } : {}),
  };
}

async function setPower({ ports, bmc, host }: Acting, { on }: { on: boolean }): Promise<void> {
  await bmc.power.set(on, ports.powerChangeSeconds);
  await seePower(ports.store, host, { on }, false);
}

async function insertAgent({ ports, bmc, site, host }: Acting, { boot }: { boot: string }): Promise<void> {
  if (host.status?.provisioning?.boot !== boot)
    throw new Failed(OPERATION_ERRORS.badInput, `boot ${boot} is not this host’s any more`, false);
  const signature = ports.derive('iso', host.metadata.uid, boot);
  const url = `${site.spec.machineURL.replace(/\/+$/, '')}${bootIsoPath(host.metadata.uid, boot, signature)}`;
  await able(bmc.virtualMedia, 'mount virtual media').insert(url);
}

/** A capability, or why the operation cannot be done. */
function able<Capability>(capability: Capability | undefined, what: string): Capability {
  if (capability === undefined) throw new Failed(OPERATION_ERRORS.unsupported, `this BMC cannot ${what}`, false);
  return capability;
}
