/** Where a workload cluster is and how to enter, read from a kubeconfig's text. */
import { parse } from 'yaml';
import { WorkloadError } from './errors.ts';

/** Where and how. */
export interface WorkloadAccess {
  /** `https://host:port`. */
  server: string;
  ca: string;
  certificate: string;
  key: string;
  proxyURL?: string;
}

interface Kubeconfig {
  'current-context'?: string;
  clusters?: { name: string; cluster: Record<string, string> }[];
  contexts?: { name: string; context: { cluster: string; user: string } }[];
  users?: { name: string; user: Record<string, string> }[];
}

/** Reads the current context. Throws WorkloadError `protocol` where it lacks a server, a CA or a client certificate; never quotes the text. */
export function accessOf(kubeconfig: string): WorkloadAccess {
  let config: Kubeconfig;
  try {
    config = parse(kubeconfig) as Kubeconfig;
  } catch {
    throw new WorkloadError('protocol', 'the kubeconfig is not YAML');
  }
  const context = config?.contexts?.find((one) => one.name === config['current-context'])?.context;
  const cluster = config?.clusters?.find((one) => one.name === context?.cluster)?.cluster;
  const user = config?.users?.find((one) => one.name === context?.user)?.user;
  const text = (value: string | undefined) => (value ? Buffer.from(value, 'base64').toString('utf8') : '');
  const ca = text(cluster?.['certificate-authority-data']);
  const certificate = text(user?.['client-certificate-data']);
  const key = text(user?.['client-key-data']);
  if (!cluster?.server?.startsWith('https://') || !ca || !certificate || !key) {
    throw new WorkloadError('protocol', 'the kubeconfig lacks an https server, its CA or a client certificate');
  }
  const proxyURL = cluster['proxy-url'];
  return { server: cluster.server, ca, certificate, key, ...(proxyURL ? { proxyURL } : {}) };
}
