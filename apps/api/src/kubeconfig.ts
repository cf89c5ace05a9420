/** The admin's kubeconfig: `.slipway/kubeconfig`. */
import { stringify } from 'yaml';
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
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const text = stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'slipway', cluster: { server: `https://${host}:${port}`, 'certificate-authority-data': base64(certificates.ca) } },
    ],
    users: [
      {
        name: 'admin',
        user: { 'client-certificate-data': base64(client.certificate), 'client-key-data': base64(client.key) },
      },
    ],
    contexts: [{ name: 'slipway', context: { cluster: 'slipway', user: 'admin', namespace: 'default' } }],
    'current-context': 'slipway',
  });
  await writePrivate(file, text);
  return text;
}
