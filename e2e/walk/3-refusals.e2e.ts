/** What is refused and what waits: with the field, the cause, and nothing stored. Each test has its own hosts and objects. */
import { expect, test } from '@playwright/test';
import { faults } from '../support/hardware.ts';
import { type Answer, get, type Host, type KubeObject, list, messageOf, PATHS, patch, request, until } from '../support/kube.ts';
import { seedFiles, smallCluster } from '../support/manifests.ts';
import { kubectl, kubectlWith } from '../support/slipway.ts';

const CONTROL_PLANES_V1BETA1 = PATHS.controlPlanes.replace('v1beta2', 'v1beta1');

/** A control plane that would be accepted. */
function controlPlane(name: string, spec: Record<string, unknown>): Record<string, unknown> {
  const apiVersion = 'infrastructure.cluster.x-k8s.io/v1beta1';
  return {
    apiVersion: 'controlplane.cluster.x-k8s.io/v1beta1',
    kind: 'KubeadmControlPlane',
    metadata: { name, namespace: 'clusters' },
    spec: {
      replicas: 3,
      version: 'v1.32.0',
      machineTemplate: { infrastructureRef: { apiVersion, kind: 'Metal3MachineTemplate', name } },
      kubeadmConfigSpec: {},
      ...spec,
    },
  };
}

function fieldsOf({ body }: Answer): string[] {
  return (body.details?.causes ?? []).map(({ field }) => field);
}

test('an unknown field, an even control plane and a bad version are refused by their path; nothing is stored', async () => {
  const create = (spec: Record<string, unknown>) =>
    request('POST', `${CONTROL_PLANES_V1BETA1}?fieldValidation=Strict`, controlPlane('refused', spec));
  for (const [spec, field, code] of [
    [{ replicaz: 3 }, 'spec.replicaz', 400],
    [{ replicas: 2 }, 'spec.replicas', 422],
    [{ version: '1.32' }, 'spec.version', 422],
  ] as const) {
    const answer = await create(spec);
    expect({ code: answer.status, fields: fieldsOf(answer) }).toEqual({ code, fields: [field] });
    expect(answer.body.message).toContain(field);
    expect(await get(`${PATHS.controlPlanes}/refused`)).toBeNull();
  }
  const said = await kubectlWith(JSON.stringify(controlPlane('refused', { replicaz: 3 })), 'apply', '-f', '-');
  expect(said.code).toBe(1);
  expect(said.stderr).toContain('unknown field "spec.replicaz"');
  expect(await get(`${PATHS.controlPlanes}/refused`)).toBeNull();
});

test('an even control plane is refused through scale too', async () => {
  const path = `${PATHS.controlPlanes}/scaled`;
  expect((await request('POST', CONTROL_PLANES_V1BETA1, controlPlane('scaled', {}))).status).toBe(201);
  try {
    const before = await get(path);
    const refused = await kubectl('scale', 'kcp/scaled', '-n', 'clusters', '--replicas=2').then(
      () => 'accepted',
      (error: Error) => error.message,
    );
    expect(refused).toContain('spec.replicas: Forbidden: cannot be an even number when etcd is stacked');
    const scale = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'scaled', namespace: 'clusters' } };
    const answer = await request('PUT', `${path}/scale`, { ...scale, spec: { replicas: 4 } });
    expect({ code: answer.status, fields: fieldsOf(answer) }).toEqual({ code: 422, fields: ['spec.replicas'] });
    expect((await get(path))?.spec).toEqual(before?.spec);
  } finally {
    await kubectl('delete', 'kcp', 'scaled', '-n', 'clusters', '--timeout=60s');
  }
});

test('wrong BMC credentials: registration error with the BMC’s answer; mending the Secret heals at once', async () => {
  const host = () => get<Host>(`${PATHS.hosts}/spare-05`);
  const secret = `${PATHS.hostSecrets}/spare-05-bmc`;
  const { password } = ((await get(secret)) as unknown as { data: { password: string } }).data;
  await patch(secret, { stringData: { password: 'not-this-one' } });
  try {
    await until('registration error', 60_000, async () => (await host())?.status?.errorType === 'registration error');
    const [header = '', line = ''] = (await kubectl('get', 'bmh', 'spare-05', '-n', 'metal3', '-o', 'wide')).split('\n');
    expect(line).toContain('registration error');
    // The BMC's own words: an iLO answers a wrong password so.
    expect(line.slice(header.indexOf('MESSAGE'))).toMatch(
      /refused the credentials of user admin \(HTTP \d+\): iLO\S+UnauthorizedLoginAttempt/,
    );
  } finally {
    await patch(secret, { data: { password } });
  }
  // Well below the pauses between tries of a door that stays shut.
  await until('the mended host is well', 30_000, async () => {
    const { status } = (await host()) ?? {};
    return status && !status.errorType && status.provisioning?.state === 'available' && status.poweredOn === false;
  });
});

test('no matching host: the Machine waits with the reason for each host turned down, and takes one that is freed', async () => {
  const hosts = ['spare-10', 'spare-11', 'spare-12'].map((name) => `${PATHS.hosts}/${name}`);
  const [paused = '', detached = ''] = hosts;
  for (const path of hosts) await patch(path, { metadata: { labels: { walk: 'lonely' } } });
  await patch(paused, { metadata: { annotations: { 'baremetalhost.metal3.io/paused': '' } } });
  await patch(detached, { metadata: { annotations: { 'baremetalhost.metal3.io/detached': '' } } });
  await faults('wrong-credentials', ['spare-12'], true);
  const labels = 'cluster.x-k8s.io/cluster-name=lonely';
  const count = (await list(PATHS.hosts)).length - 3;
  try {
    await until('spare-12 is in error', 90_000, async () => (await get<Host>(hosts[2] ?? ''))?.status?.errorType);
    const { code, stderr } = await kubectlWith(smallCluster('lonely', '10.0.0.101', { walk: 'lonely' }), 'apply', '-f', '-');
    expect(code, stderr).toBe(0);
    const message = await until('the Machine says why it waits', 60_000, async () => {
      const [machine] = await list(PATHS.machines, labels);
      const said = messageOf(machine ?? null, 'InfrastructureReady');
      return said.includes('No host is suitable') && said;
    });
    expect(message).toContain(`${count} labels do not match the host selector (`);
    expect(message).toContain('1 paused (spare-10)');
    expect(message).toContain('1 detached (spare-11)');
    expect(message).toContain('1 in error (spare-12)');
    await patch(paused, { metadata: { annotations: { 'baremetalhost.metal3.io/paused': null } } });
    await until('the freed host is taken', 60_000, async () => (await get<Host>(paused))?.spec.consumerRef);
  } finally {
    await faults('wrong-credentials', ['spare-12'], false);
    await kubectl('delete', 'cluster', 'lonely', '-n', 'clusters', '--timeout=120s', '--ignore-not-found');
    const annotations = { 'baremetalhost.metal3.io/paused': null, 'baremetalhost.metal3.io/detached': null };
    for (const path of hosts) await patch(path, { metadata: { labels: { walk: null }, annotations } });
  }
  await until('the hosts are available', 120_000, async () => {
    const found = await Promise.all(hosts.map((path) => get<Host>(path)));
    return found.every((host) => host?.status?.provisioning?.state === 'available' && !host.status.errorType);
  });
});

test('the seed’s own files are accepted, placeholders and all, and each object says which it waits on', async () => {
  const manifest = seedFiles('seedling', '10.0.0.102');
  const objects = ['cluster', 'kcp', 'md', 'mhc', 'bmh', 'metal3machinetemplate', 'secret'];
  try {
    const first = await kubectlWith(manifest, 'apply', '-f', '-');
    expect(first.code, first.stderr).toBe(0);
    expect(first.stderr.match(/spec\.template\.spec\.image\.checksum "sha256:abc123\.\.\." is a placeholder/g)).toBeTruthy();
    const checksum = 'image.checksum "sha256:abc123..." is a placeholder';
    await until('the control plane says which', 60_000, async () =>
      messageOf(await get(`${PATHS.controlPlanes}/seedling-cp`), 'ScalingUp').includes(
        `Metal3MachineTemplate seedling-cp: ${checksum}`,
      ),
    );
    await until('the cluster says which', 60_000, async () =>
      messageOf(await get(`${PATHS.clusters}/seedling`), 'ScalingUp').includes(checksum),
    );
    await until('the workers say for whom they wait', 60_000, async () =>
      messageOf(await get(`${PATHS.machineDeployments}/seedling-workers`), 'ScalingUp').includes(
        'KubeadmControlPlane clusters/seedling-cp',
      ),
    );
    await until('the host says which', 60_000, async () => {
      const said = messageOf(await get(`${PATHS.hosts}/seedling-host`), 'Ready');
      return said.includes('no driver for ipmi yet') && said.includes('password is still the placeholder CHANGE_ME_IN_VAULT');
    });
    expect(await list(PATHS.machines, 'cluster.x-k8s.io/cluster-name=seedling')).toEqual([]);
    const diff = await kubectlWith(manifest, 'diff', '-f', '-');
    expect({ code: diff.code, stdout: diff.stdout }).toEqual({ code: 0, stdout: '' });
    const before = await versions();
    const again = await kubectlWith(manifest, 'apply', '-f', '-');
    // kubectl says `configured` of a Secret with stringData, whatever the server does: that never is in the live object.
    const changed = again.stdout.split('\n').filter((line) => line && !line.endsWith(' unchanged'));
    expect(changed).toEqual(['secret/seedling-host-bmc configured']);
    expect(await versions()).toEqual(before);
  } finally {
    await kubectlWith(manifest, 'delete', '--ignore-not-found', '--timeout=60s', '-f', '-');
  }
  await until('nothing is left', 60_000, async () => {
    const left = await Promise.all(objects.map((kind) => kubectl('get', kind, '-A', '-o', 'name')));
    return !left.join('').includes('seedling');
  });
});

/** Generations and data versions of what the seed's files hold. */
async function versions(): Promise<string[]> {
  const secret = await get(`${PATHS.hostSecrets}/seedling-host-bmc`);
  const paths = [`${PATHS.clusters}/seedling`, `${PATHS.controlPlanes}/seedling-cp`, `${PATHS.hosts}/seedling-host`];
  const objects = await Promise.all(paths.map((path) => get<KubeObject & { metadata: { generation: number } }>(path)));
  return [secret?.metadata.resourceVersion ?? '', ...objects.map((object) => String(object?.metadata.generation))];
}
