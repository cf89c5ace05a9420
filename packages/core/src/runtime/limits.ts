/** Every number that bounds work, with its reason. A plan gets them as `env.limits`, so that tests may set their own. */
export const LIMITS = {
  /** BMCs answer slowly while busy; Ironic allows 60 s for a power change. */
  powerChangeSeconds: 60,
  /** A BMC request; iDRAC and iLO need up to 20 s under load. */
  bmcRequestSeconds: 30,
  /** From power on to the agent's first word; Ironic's callback timeout is 1,800 s. */
  agentBootSeconds: 1800,
  /** Image download and write; ironic-image sets 4,800 s. */
  deploySeconds: 4800,
  /** Metadata erase takes seconds; a full erase is not this step. */
  cleanSeconds: 1800,
  /** An agent that has not sent a heartbeat for this long is lost (3 × ironic's 300 s × 0.6, rounded). */
  agentSilentSeconds: 600,
  /** From power on into the image until the node joins; CAPI's nodeStartupTimeout default is 600 s, but this does not give up, it says so. */
  nodeStartupSeconds: 600,
  /** Backoff of a failed key or operation: 2^n s … this many (controller-runtime caps at 1000 s). */
  backoffFirstSeconds: 1,
  backoffMostSeconds: 300,
  /** Consecutive failed tries before a host is shown in error. One: an operator wants to know at once; work goes on regardless. */
  provisionRetries: 5,
  /** After a BMC refused the credentials: tried again with the same Secret only this much later, doubled each time; more would lock accounts. */
  refusedFirstSeconds: 60,
  refusedMostSeconds: 3600,
  /** A Secret or Site that a host waits for is looked for this often, in case no wake-up told of it (BMO: 10 s). */
  missingSeconds: 10,
  /** Failed tries of cleaning or powering off after which a host that is being deleted goes anyway (BMO: 3). */
  deleteTries: 3,
  /** Power poll of a host at rest (BMO: 60 s). */
  powerPollSeconds: 60,
  /** Node and control-plane poll of a cluster (DESIGN-LANGUAGE: node beat 10 s). */
  nodePollSeconds: 10,
  /** CAPI preflight requeue. */
  preflightSeconds: 15,
  /** Sweep of all objects: finds what a wake-up missed (controller-runtime sync period 10 min). */
  sweepSeconds: 600,
  /** Actions of one plan; more is a planner's mistake. */
  actionsPerPlan: 200,
  /** Keys one worker process runs at a time; mostly waiting for hardware. */
  workerConcurrency: 64,
  /** How often a key may be planned in a row without going back to the queue. */
  plansInARow: 8,
} as const;

/** The limits as a plan sees them. */
export type Limits = { readonly [name in keyof typeof LIMITS]: number };
