import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTestDoor } from './testing.ts';

let door: Awaited<ReturnType<typeof startTestDoor>>;
beforeEach(async () => {
  door = await startTestDoor();
});
afterEach(() => door.close());

const url = (path: string, input?: unknown) =>
  `http://127.0.0.1:${door.port}/api/trpc/${path}${input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`}`;

async function call(path: string, body: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(url(path), {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
  return { status: answer.status, cookie: answer.headers.get('set-cookie') ?? '', text: await answer.text() };
}

async function login(): Promise<string> {
  const { cookie } = await call('auth.login', { name: 'admin', password: door.password });
  return cookie.split(';')[0] ?? '';
}

async function ask(path: string, input: unknown, cookie: string) {
  const answer = await fetch(url(path, input), { headers: { cookie } });
  const { result, error } = (await answer.json()) as {
    result?: { data: unknown };
    error?: { message: string; data: { causes: unknown } };
  };
  return { status: answer.status, data: result?.data as never, error };
}

describe('who may ask', () => {
  test('nobody without a session, neither queries nor the stream', async () => {
    for (const path of ['fleet.summary', 'hosts.list', 'auth.me']) {
      expect((await fetch(url(path, {}))).status, path).toBe(401);
    }
    const stream = await (await fetch(url('live.changes'))).text();
    expect(stream).toContain('UNAUTHORIZED');
    expect(stream).not.toContain('snapshot');
  });

  test('a session opens what it should, until logout', async () => {
    const cookie = await login();
    expect(await ask('auth.me', undefined, cookie)).toMatchObject({ status: 200, data: { name: 'admin' } });
    await call('auth.logout', undefined, { cookie });
    expect((await ask('auth.me', undefined, cookie)).status).toBe(401);
  });

  test('another site gets nothing, even with the cookie', async () => {
    const cookie = await login();
    const foreign = { cookie, origin: 'https://evil.example' };
    expect((await call('auth.logout', undefined, foreign)).status).toBe(403);
    expect((await fetch(url('auth.me'), { headers: foreign })).status).toBe(401);
  });

  test('a wrong password and a wrong name read the same', async () => {
    const [a, b] = await Promise.all([
      call('auth.login', { name: 'admin', password: 'x' }),
      call('auth.login', { name: 'nobody', password: 'x' }),
    ]);
    expect(a.status).toBe(401);
    expect(a.text).toBe(b.text);
  });
});

describe('objects', () => {
  test('go through the pipeline: a refusal names the field, and nothing is stored', async () => {
    const cookie = await login();
    const target = {
      group: 'controlplane.cluster.x-k8s.io',
      kind: 'KubeadmControlPlane',
      namespace: 'clusters',
      name: 'production-cp',
    };
    const refused = await call(
      'objects.patch',
      { ...target, patch: { type: 'merge', body: { spec: { replicas: 2 } } } },
      { cookie },
    );
    expect(refused.status).toBe(422);
    expect(JSON.parse(refused.text).error.data.causes).toMatchObject([{ field: 'spec.replicas' }]);
    const { data } = await ask('objects.get', target, cookie);
    expect(data).toMatchObject({ spec: { replicas: 3 } });
  });

  test('are scaled as kubectl scales them', async () => {
    const cookie = await login();
    const target = { group: 'cluster.x-k8s.io', kind: 'MachineDeployment', namespace: 'clusters', name: 'production-workers' };
    expect((await call('objects.scale', { ...target, replicas: 8 }, { cookie })).status).toBe(200);
    expect((await ask('objects.get', target, cookie)).data).toMatchObject({ spec: { replicas: 8 } });
  });

  test("a Secret's content never leaves", async () => {
    const data = { password: Buffer.from('canary').toString('base64') };
    const object = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'metal3' }, type: 'Opaque', data };
    await door.store.commit({ writes: [{ op: 'create', object: object as never }] });
    const cookie = await login();
    const place = { group: '', kind: 'Secret', namespace: 'metal3' };
    const answers = await Promise.all([ask('objects.list', place, cookie), ask('objects.get', { ...place, name: 's' }, cookie)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(JSON.stringify(answers)).not.toContain(data.password);
  });

  test('an unknown kind is not found, and is no inner failure', async () => {
    const { status, error } = await ask('objects.list', { group: '', kind: 'Pod' }, await login());
    expect(status).toBe(404);
    expect(error?.message).toContain('Pod');
    expect(door.errors).toEqual([]);
  });
});
