/** Faults by name, switched on and off while the datacentre runs. */
import { isNodeFault, type SimServer } from './server.ts';

/** Every fault and what it does. */
export const FAULTS = {
  'bmc-refuses': 'the BMC refuses connections',
  'bmc-hangs': 'the BMC accepts requests and never answers',
  'bmc-lies': 'the BMC says it has switched the power and has not',
  'bmc-links-away': 'the BMC links to another host',
  'wrong-credentials': 'the BMC has another password',
  'power-stuck': 'the BMC accepts power requests and nothing happens',
  'agent-hangs': 'the agent reports, but accepts requests and never answers',
  'agent-dies': 'the running agent dies, and no agent starts',
  'disk-missing': 'the root disk is gone',
  'image-corrupt': 'images arrive with a wrong byte',
  'node-notready': 'the node reports NotReady',
  'kubelet-dead': 'the kubelet stops reporting',
  'node-unreachable': 'the node is cut off from its network',
  'switch-down': 'all servers and BMCs of a rack are cut off (name the rack)',
} as const;

/** Name of a fault. */
export type FaultName = keyof typeof FAULTS;

/** What a fault acts on: one server and its BMC's listener. */
export interface Faulty {
  server: SimServer;
  /** Opens or closes the BMC's port. */
  setBmcListening(listening: boolean): void;
}

/** Whether that is the name of a fault. */
export function isFault(name: string): name is FaultName {
  return Object.hasOwn(FAULTS, name);
}

/** Switches a fault of one server. */
export function setFault({ server, setBmcListening }: Faulty, name: Exclude<FaultName, 'switch-down'>, on: boolean): void {
  if (server.faults.has(name) === on) return;
  if (on) server.faults.add(name);
  else server.faults.delete(name);
  server.around.log.add(server.spec.name, 'fault', `${name} ${on ? 'on' : 'off'}`);
  if (name === 'bmc-refuses') setBmcListening(!on);
  if (name === 'bmc-lies' && !on) server.claimed = undefined;
  if (name === 'agent-dies' && on && server.agent) {
    server.around.log.add(server.spec.name, 'agent-stop', 'died');
    server.agent.stop();
    server.agent = undefined;
  }
  if (isNodeFault(name)) server.node?.fault(name, on);
}
