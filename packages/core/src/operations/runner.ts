/** All operations: which handler carries out which kind. */
import type { AgentAccess, AgentClient } from '../drivers/agent/client.ts';
import type { Bmc, BmcAccess } from '../drivers/bmc/bmc.ts';
import type { OperationRunner } from '../runtime/execute.ts';
import type { Limits } from '../runtime/limits.ts';
import type { OperationOutcome } from '../runtime/operations.ts';
import type { Operation, Store } from '../store/store.ts';
import { createAgentOperations } from './agent.ts';
import { createBmcOperations, type OperationHandlers } from './bmc.ts';
import { createWorkloadOperations } from './workload.ts';

/** What carrying out operations needs. */
export interface RunnerPorts {
  store: Store;
  limits: Limits;
  openBmc: (access: BmcAccess) => Promise<Bmc>;
  createAgentClient: (access: AgentAccess) => AgentClient;
  derive: (purpose: string, ...parts: string[]) => string;
}

/** Makes the runner. */
export function createOperationRunner(ports: RunnerPorts): OperationRunner {
  const { powerChangeSeconds, bmcRequestSeconds } = ports.limits;
  const handlers: OperationHandlers = {
    ...createBmcOperations({ ...ports, powerChangeSeconds, bmcRequestSeconds }),
    ...createAgentOperations(ports),
    ...createWorkloadOperations(ports),
  };
  const unknown = ({ kind }: Operation): OperationOutcome => ({
    state: 'failed',
    code: 'Unsupported',
    message: `this release cannot carry out ${kind}`,
    retryable: false,
  });
  return {
    run: async (operation, subject) => (await handlers[operation.kind]?.run(operation, subject)) ?? unknown(operation),
    // An operation that cannot go on by itself was interrupted: it is run again, which its kind allows.
    poll: async (operation, subject) => {
      const handler = handlers[operation.kind];
      return (await (handler?.poll ?? handler?.run)?.(operation, subject)) ?? unknown(operation);
    },
  };
}
