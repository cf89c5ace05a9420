/** Kubeconfigs as text. */
import { stringify } from 'yaml';
import type { KeyPair } from './pki.ts';

/** Where a cluster is and who may enter. */
export interface Access {
  clusterName: string;
  endpoint: { host: string; port: number };
  /** PEM of the cluster's CA. */
  ca: string;
  client: KeyPair;
  /** HTTP CONNECT proxy of the site; kubectl and client-go read `proxy-url`. */
  proxyURL?: string;
}

/** An admin kubeconfig, with the names that Cluster API gives cluster, user and context (util/kubeconfig). */
export function renderKubeconfig(access: Access): string {
  const { clusterName, proxyURL } = access;
  const user = `${clusterName}-admin`;
  const context = `${user}@${clusterName}`;
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: clusterName,
          cluster: {
            'certificate-authority-data': base64(access.ca),
            server: serverUrl(access.endpoint),
            ...(proxyURL ? { 'proxy-url': proxyURL } : {}),
          },
        },
      ],
      contexts: [{ name: context, context: { cluster: clusterName, user } }],
      'current-context': context,
      preferences: {},
      users: [
        {
          name: user,
          user: {
            'client-certificate-data': base64(access.client.certificate),
            'client-key-data': base64(access.client.key),
          },
        },
      ],
    },
    { lineWidth: 0 },
  );
}

/** `https://host:port`; IPv6 hosts in brackets. */
export function serverUrl({ host, port }: { host: string; port: number }): string {
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
