/** For tests: what core does to a fresh cluster, done without core. */
import type { Lab } from '../node/lab.ts';
import { resourceOf } from './resources.ts';

/** Installs a network for pods: nodes become Ready. */
export function installCni(lab: Lab): void {
  lab.cluster().objects.create(resourceOf('apps', 'daemonsets')!, {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'kindnet', namespace: 'kube-system' },
    spec: {
      template: { metadata: { labels: { app: 'kindnet' } }, spec: { containers: [{ name: 'kindnet', image: 'kindnet' }] } },
    },
  });
}

/** Makes a machine's bootstrap token known to the cluster, as the operation workload.token does. */
export function tellToken(lab: Lab, name: string, expiration = new Date(Date.now() + 900_000)): void {
  const token = lab.token(name);
  const text = {
    'token-id': token.id,
    'token-secret': token.secret,
    expiration: expiration.toISOString(),
    'usage-bootstrap-authentication': 'true',
  };
  const data = Object.fromEntries(Object.entries(text).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
  lab.cluster().objects.create(resourceOf('', 'secrets')!, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `bootstrap-token-${token.id}`, namespace: 'kube-system' },
    type: 'bootstrap.kubernetes.io/token',
    data,
  });
}
