/** The admin's kubeconfig: `.slipway/kubeconfig`. */
import { renderKubeconfig } from '@slipway/core/bootstrap/kubeconfig.ts';
import { type Certificates, writePrivate } from './certificates.ts';

/** Days the admin's certificate is good for; each start writes a new one. */
const ADMIN_DAYS = 365;

/** Writes a kubeconfig with an admin client certificate (group system:masters), readable by its owner only. Returns its text. */
export async function writeKubeconfig(
  file: string,
  options: { certificates: Pick<Certificates, 'ca' | 'issueClient'>; port: number; host?: string },
): Promise<string> {
  const { certificates, port, host = '127.0.0.1' } = options;
  const client = await certificates.issueClient('admin', ['system:masters'], ADMIN_DAYS);
  const text = renderKubeconfig({ clusterName: 'slipway', endpoint: { host, port }, ca: certificates.ca, client });
  await writePrivate(file, text);
  return text;
}
