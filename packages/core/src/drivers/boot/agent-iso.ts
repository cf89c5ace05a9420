/** Types first: what an agent ISO is made of. */

/** What the agent ISO of one boot is made of. */
export interface AgentIsoInput {
  /** Site.spec.agentImage. */
  kernelURL: string;
  initrdURL: string;
  /** Without it the ISO does not start under UEFI. */
  espImageURL?: string;
  /** HTTP CONNECT proxy through which those are fetched. */
  proxyURL?: string;
  /** Words of the kernel command line, complete; see {@link agentKernelArgs}. */
  kernelArgs: string[];
  /** PEM the agent shall trust for our machine listener. */
  caPem: string;
}
