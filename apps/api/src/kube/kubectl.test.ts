/** The real kubectl against the API on the memory store: what a person types, and what must come back. */
import { ConfigMap } from '@slipway/core/kinds/config-map/kind.ts';
import { Event } from '@slipway/core/kinds/event/kind.ts';
import { Namespace } from '@slipway/core/kinds/namespace/kind.ts';
import { Secret } from '@slipway/core/kinds/secret/kind.ts';
import { Widget } from '@slipway/core/registry/testing/widget.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Harness, startHarness } from './kubectl-harness.ts';

let api: Harness;

beforeAll(async () => {
  api = await startHarness([Namespace, Secret, ConfigMap, Event, Widget], ['default', 'clusters']);
});
afterAll(() => api.close());

/** Runs a line that must succeed; gives its output, errors after it. */
async function ok(line: string, stdin?: string): Promise<string> {
  const { code, stdout, stderr } = await api.kubectl(line.split(' '), stdin);
  expect(code, `kubectl ${line}\n${stdout}${stderr}`).toBe(0);
  return stdout + stderr;
}

/** Runs a line that must fail; gives what it said. */
async function refused(line: string, stdin?: string): Promise<string> {
  const { code, stdout, stderr } = await api.kubectl(line.split(' '), stdin);
  expect(code, `kubectl ${line}\n${stdout}${stderr}`).not.toBe(0);
  return stdout + stderr;
}

function configMap(name: string, data: Record<string, string>): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });
}

function widget(name: string, spec: object, version = 'v1beta2'): string {
  return JSON.stringify({ apiVersion: `test.slipway.dev/${version}`, kind: 'Widget', metadata: { name }, spec });
}

/** A table's lines with runs of spaces as one, ages as AGE. */
function lines(table: string): string[] {
  return table
    .trim()
    .split('\n')
    .map((line) =>
      line
        .trim()
        .replace(/\s+/g, ' ')
        .replace(/ \d+s( |$)/, ' AGE$1'),
    );
}

describe('looking around', () => {
  it('says its version and its resources', async () => {
    expect(await ok('version')).toContain('Server Version: v1.32.0+slipway');
    expect(lines(await ok('api-resources --no-headers'))).toEqual([
      'configmaps cm v1 true ConfigMap',
      'events ev v1 true Event',
      'namespaces ns v1 false Namespace',
      'secrets v1 true Secret',
      'widgets wd test.slipway.dev/v1beta2 true Widget',
    ]);
    expect(await ok('api-versions')).toBe('test.slipway.dev/v1beta1\ntest.slipway.dev/v1beta2\nv1\n');
  });

  it('explains kinds and fields', async () => {
    expect(await ok('explain widget')).toContain('Widget is a kind for tests.');
    expect(await ok('explain widget.spec.timeoutSeconds')).toContain('FIELD: timeoutSeconds <integer>');
    expect(await ok('explain widget.spec --api-version=test.slipway.dev/v1beta1')).toContain('colour');
    expect(await ok('explain configmap.immutable')).toContain('<boolean>');
  });
});

describe('get', () => {
  it('prints tables, wide and with labels', async () => {
    await ok('apply -f -', widget('one', { replicas: 3, size: 'small', tags: ['a', 'b'] }));
    await ok('label widget one kind=test');
    expect(lines(await ok('get wd one'))).toEqual(['NAME DESIRED SIZE AGE', 'one 3 small AGE']);
    expect(lines(await ok('get wd one -o wide'))).toEqual(['NAME DESIRED SIZE TAGS AGE', 'one 3 small a,b AGE']);
    expect(lines(await ok('get wd -A -l kind=test --show-labels'))).toEqual([
      'NAMESPACE NAME DESIRED SIZE AGE LABELS',
      'default one 3 small AGE kind=test',
    ]);
    expect(lines(await ok('get test'))).toContain('one 3 small AGE');
    expect(await ok('get wd one -o jsonpath={.spec.tags[1]}')).toBe('b');
    expect(await ok('get wd one -o yaml')).toContain('kind: Widget');
    expect(await ok('get wd -l kind=other')).toContain('No resources found');
    expect(await refused('get wd none')).toContain('Error from server (NotFound): widgets.test.slipway.dev "none" not found');
    expect(await refused('get wd --field-selector spec.size=small')).toContain('field label not supported: spec.size');
  });

  it('watches', async () => {
    await ok('create -f -', configMap('seen', { step: '1' }));
    const watching = api.kubectlUntil(['get', 'cm', 'seen', '-w', '-o', 'jsonpath={.data.step} '], (out) => out.includes('2'));
    await expect.poll(() => api.store.get({ group: '', kind: 'ConfigMap', namespace: 'default', name: 'seen' })).not.toBeNull();
    // Whether the watch has begun or not: it starts from its own list, so the change is seen either way.
    await ok('patch cm seen --type merge -p {"data":{"step":"2"}}');
    expect((await watching).trim().split(' ').at(-1)).toBe('2');
  });

  it('watches as a table, headed once', async () => {
    const watching = api.kubectlUntil(['get', 'cm', '-w', '-l', 'w=1'], (out) => out.split('\n').length > 3);
    for (const name of ['w1', 'w2']) {
      await ok('apply -f -', JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: { w: '1' } } }));
    }
    const printed = lines(await watching);
    expect(printed[0]).toBe('NAME DATA AGE');
    expect(printed.filter((line) => line.startsWith('NAME'))).toHaveLength(1);
    expect(printed.slice(1).map((line) => line.split(' ')[0])).toEqual(['w1', 'w2']);
  });
});

describe('apply', () => {
  it('creates, leaves alone, configures', async () => {
    expect(await ok('apply -f -', configMap('app', { x: '1' }))).toContain('configmap/app created');
    expect(await ok('apply -f -', configMap('app', { x: '1' }))).toContain('configmap/app unchanged');
    expect(await ok('apply -f -', configMap('app', { y: '2' }))).toContain('configmap/app configured');
    expect(await ok('get cm app -o jsonpath={.data}')).toBe('{"y":"2"}');
  });

  it('refuses unknown fields with their path, and stores nothing', async () => {
    const said = await refused('apply -f -', widget('odd', { replicas: 1, foo: { bar: 1 } }));
    expect(said).toContain('strict decoding error: unknown field "spec.foo"');
    await refused('get wd odd');
    expect(await ok('apply --validate=warn -f -', widget('odd', { replicas: 1, foo: 1 }))).toContain(
      'Warning: unknown field "spec.foo"',
    );
    expect(await ok('get wd odd -o jsonpath={.spec}')).toBe('{"replicas":1}');
  });

  it('refuses broken rules and wrong types', async () => {
    expect(await refused('apply -f -', widget('even', { replicas: 2 }))).toContain(
      'The Widget "even" is invalid: spec.replicas: Invalid value: 2: must be odd',
    );
    expect(await refused('apply -f -', widget('text', { replicas: 'many' }))).toContain(
      'spec.replicas: Invalid value: "many": must be of type',
    );
    expect(await refused('apply -f -', widget('Bad_Name', {}))).toContain('metadata.name');
    expect(await refused('apply -n nowhere -f -', widget('lost', {}))).toContain('namespaces "nowhere" not found');
  });

  it('tries without storing', async () => {
    expect(await ok('apply --dry-run=server -f -', configMap('dry', {}))).toContain('configmap/dry created (server dry run)');
    await refused('get cm dry');
    expect(await refused('apply --dry-run=server -f -', widget('dry', { replicas: 4 }))).toContain('must be odd');
  });

  it('server-side: owns, conflicts, forces, and drops what it no longer says', async () => {
    const first = (data: Record<string, string>) =>
      ok('apply --server-side --field-manager=first -f -', configMap('shared', data));
    await first({ a: '1', b: '1' });
    const conflict = await refused('apply --server-side --field-manager=second -f -', configMap('shared', { b: '2' }));
    expect(conflict).toContain('Apply failed with 1 conflict: conflict with "first": .data.b');
    await ok('apply --server-side --field-manager=second --force-conflicts -f -', configMap('shared', { b: '2' }));
    expect(await ok('get cm shared -o jsonpath={.data}')).toBe('{"a":"1","b":"2"}');
    await first({});
    expect(await ok('get cm shared -o jsonpath={.data}')).toBe('{"b":"2"}');
    const before = await ok('get cm shared -o jsonpath={.metadata.resourceVersion}');
    await ok('apply --server-side --field-manager=second -f -', configMap('shared', { b: '2' }));
    expect(await ok('get cm shared -o jsonpath={.metadata.resourceVersion}')).toBe(before);
  });

  it('server-side after client-side: takes the fields over', async () => {
    await ok('apply -f -', configMap('moved', { a: '1' }));
    expect(await refused('apply --server-side -f -', configMap('moved', { a: '2' }))).toContain(
      '"kubectl-client-side-apply" using v1',
    );
    expect(await ok('apply --server-side -f -', configMap('moved', { a: '1' }))).toContain('serverside-applied');
    expect(await ok('apply --server-side -f -', configMap('moved', { a: '2' }))).toContain('serverside-applied');
    expect(await ok('get cm moved -o jsonpath={.data.a}')).toBe('2');
  });
});

describe('create', () => {
  it('makes the built-in kinds, which kubectl sends as protobuf', async () => {
    expect(await ok('create namespace made')).toContain('namespace/made created');
    expect(await ok('create configmap lit -n made --from-literal=a=1')).toContain('configmap/lit created');
    expect(await ok('create secret generic lit -n made --from-literal=password=hunter2')).toContain('secret/lit created');
    expect(await ok('get cm lit -n made -o jsonpath={.data}')).toBe('{"a":"1"}');
    expect(await ok('get secret lit -n made -o jsonpath={.data.password}')).toBe(Buffer.from('hunter2').toString('base64'));
    expect(await refused('create configmap lit -n made')).toContain('configmaps "lit" already exists');
  });
});

describe('patch, label, annotate, edit, replace', () => {
  it('merge, JSON and strategic', async () => {
    await ok('apply -f -', configMap('patched', { a: '1' }));
    await ok('patch cm patched --type merge -p {"data":{"b":"2"}}');
    await ok('patch cm patched --type json -p [{"op":"replace","path":"/data/a","value":"3"}]');
    await ok('patch cm patched -p {"data":{"c":"4"}}');
    expect(await ok('get cm patched -o jsonpath={.data}')).toBe('{"a":"3","b":"2","c":"4"}');
    expect(await refused('patch cm patched --type json -p [{"op":"test","path":"/data/a","value":"no"}]')).toContain(
      'JSON patch',
    );
    await ok('annotate cm patched note=here');
    await ok('annotate cm patched note-');
    expect(await ok('get cm patched -o jsonpath={.metadata.annotations.note}')).toBe('');
    const text = await ok('get cm patched -o yaml');
    expect(await ok('replace -f -', text.replace('c: "4"', 'c: "5"'))).toContain('configmap/patched replaced');
    expect(await refused('replace -f -', text)).toContain('the object has been modified');
  });

  it('edits', async () => {
    await ok('apply -f -', configMap('edited', { a: 'before' }));
    expect(await ok('edit cm edited')).toContain('configmap/edited edited');
    expect(await ok('get cm edited -o jsonpath={.data.a}')).toBe('after');
  });

  it('refuses a patch that breaks a rule', async () => {
    await ok('apply -f -', widget('ruled', { replicas: 1, size: 'small' }));
    expect(await refused('patch wd ruled --type merge -p {"spec":{"replicas":2}}')).toContain('must be odd');
    expect(await refused('patch wd ruled --type merge -p {"spec":{"size":"large"}}')).toContain('field is immutable');
    // kubectl patch asks for no strictness, and Kubernetes' default is to warn.
    expect(await ok('patch wd ruled --type merge -p {"spec":{"sise":"large"}}')).toContain('Warning: unknown field "spec.sise"');
  });
});

describe('subresources', () => {
  it('scales through the same rules', async () => {
    await ok('apply -f -', widget('scaled', { replicas: 1 }));
    expect(await ok('scale wd scaled --replicas=3')).toContain('widget.test.slipway.dev/scaled scaled');
    expect(await ok('get wd scaled -o jsonpath={.spec.replicas}/{.metadata.generation}')).toBe('3/2');
    expect(await refused('scale wd scaled --replicas=2')).toContain('spec.replicas: Invalid value: 2: must be odd');
    expect(await ok('get wd scaled --subresource=scale -o jsonpath={.spec.replicas}')).toBe('3');
    expect(await refused('scale wd scaled --current-replicas=7 --replicas=5')).toContain('Expected replicas to be 7, was 3');
  });

  it('does not hold a status that it cannot name against a write of spec', async () => {
    await ok('apply -f -', widget('newer', { replicas: 1 }));
    const ref = { group: 'test.slipway.dev', kind: 'Widget', namespace: 'default', name: 'newer' };
    const was = await api.store.get(ref);
    await api.store.commit({ writes: [{ op: 'update', was: was!, object: { ...was!, status: { ofTomorrow: 1 } } }] });
    expect(await ok('apply -f -', widget('newer', { replicas: 3 }))).toContain('configured');
    expect(await ok('apply --server-side --force-conflicts -f -', widget('newer', { replicas: 5 }))).toContain('applied');
    expect((await api.store.get(ref))!.status).toEqual({ ofTomorrow: 1 });
  });

  it('writes status through its own door only, and waits for conditions', async () => {
    await ok('apply -f -', widget('stated', { replicas: 1 }));
    await ok('patch wd stated --type merge -p {"status":{"replicas":5},"spec":{"replicas":3}}');
    expect(await ok('get wd stated -o jsonpath={.status.replicas}/{.spec.replicas}')).toBe('/3');
    const waiting = ok('wait wd/stated --for=condition=Ready --timeout=20s');
    const condition = { type: 'Ready', status: 'True', reason: 'Up', lastTransitionTime: '2026-01-01T00:00:00Z' };
    const patch = JSON.stringify({ status: { conditions: [condition] }, spec: { replicas: 9 } });
    await ok(`patch wd stated --subresource=status --type merge -p ${patch}`);
    expect(await waiting).toContain('condition met');
    expect(await ok('get wd stated -o jsonpath={.spec.replicas}/{.metadata.generation}')).toBe('3/2');
  });
});

describe('versions', () => {
  it('serves the older one with a warning, and loses nothing either way', async () => {
    const old = widget('aged', { replicas: 1, timeout: '90.5s', colour: 'red' }, 'v1beta1');
    expect(await ok('apply -f -', old)).toContain(
      'Warning: test.slipway.dev/v1beta1 Widget is deprecated; use test.slipway.dev/v1beta2 Widget',
    );
    expect(await ok('get widgets.v1beta2.test.slipway.dev aged -o jsonpath={.spec}')).toBe('{"replicas":1,"timeoutSeconds":90}');
    expect(await ok('apply -f -', old)).toContain('unchanged');
    await ok('patch wd aged --type merge -p {"spec":{"tags":["kept"],"timeoutSeconds":30}}');
    await ok('patch widgets.v1beta1.test.slipway.dev aged --type merge -p {"spec":{"replicas":3}}');
    expect(await ok('get wd aged -o jsonpath={.spec}')).toBe('{"replicas":3,"tags":["kept"],"timeoutSeconds":30}');
    const seen = JSON.parse(
      (await api.kubectl(['get', 'widgets.v1beta1.test.slipway.dev', 'aged', '-o', 'jsonpath={.spec}'])).stdout,
    );
    expect(seen).toEqual({ replicas: 3, timeout: '30s', colour: 'red' });
  });

  it('passes on what a kind warns of', async () => {
    expect(await ok('apply -f -', widget('warned', { tags: ['old'] }))).toContain('Warning: spec.tags: "old" has no effect');
  });
});

describe('secrets', () => {
  it('folds stringData, keeps the content out of tables and out of unencrypted fields', async () => {
    const secret = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'bmc' },
      stringData: { password: 'hunter2' },
    });
    await ok('apply -f -', secret);
    const written = await ok('get secret bmc -o jsonpath={.metadata.resourceVersion}');
    // kubectl says "configured" each time, as stringData never comes back; nothing is written all the same.
    await ok('apply -f -', secret);
    expect(await ok('get secret bmc -o jsonpath={.metadata.resourceVersion}')).toBe(written);
    expect(lines(await ok('get secret bmc'))).toEqual(['NAME TYPE DATA AGE', 'bmc Opaque 1 AGE']);
    expect(await ok('get secret bmc -o jsonpath={.data.password}')).toBe(Buffer.from('hunter2').toString('base64'));
    const stored = await api.store.get({ group: '', kind: 'Secret', namespace: 'default', name: 'bmc' });
    const open = Object.entries(stored!).filter(([key]) => !Secret.secretFields.includes(key));
    expect(JSON.stringify(open)).not.toMatch(/hunter2|aHVudGVyMg/);
  });
});

describe('delete and describe', () => {
  it('shows events of an object', async () => {
    await ok('apply -f -', widget('told', { replicas: 1 }));
    const uid = await ok('get wd told -o jsonpath={.metadata.uid}');
    const involvedObject = { apiVersion: 'test.slipway.dev/v1beta2', kind: 'Widget', namespace: 'default', name: 'told', uid };
    const now = new Date().toISOString();
    const event = { reason: 'Made', message: 'it was made', type: 'Normal', count: 1, firstTimestamp: now, lastTimestamp: now };
    const body = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'told.1' },
      involvedObject,
      ...event,
      source: { component: 'test' },
    };
    await ok('create -f -', JSON.stringify(body));
    expect(lines(await ok('describe wd told')).join('\n')).toMatch(/Normal Made AGE test it was made/);
    expect(lines(await ok('get events'))).toEqual([
      'LAST SEEN TYPE REASON OBJECT MESSAGE',
      expect.stringMatching(/Normal Made widget\/told it was made/),
    ]);
    expect(await ok('get events --field-selector involvedObject.name=other')).toContain('No resources found');
  });

  it('deletes, waits for finalizers, deletes by selector', async () => {
    const held = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'held', finalizers: ['example.com/hold'] } };
    await ok('apply -f -', JSON.stringify(held));
    const deleting = ok('delete cm held');
    const ref = { group: '', kind: 'ConfigMap', namespace: 'default', name: 'held' };
    await expect.poll(async () => (await api.store.get(ref))?.metadata.deletionTimestamp, { timeout: 10_000 }).toBeTruthy();
    await ok('patch cm held --type merge -p {"metadata":{"finalizers":null}}');
    expect(await deleting).toContain('configmap "held" deleted');
    await ok('delete cm -l w=1');
    expect(await ok('get cm -l w=1')).toContain('No resources found');
    expect(await refused('delete cm held')).toContain('NotFound');
  });

  it('takes nothing new into a namespace that goes', async () => {
    await ok('create -f -', JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'going' } }));
    await ok('delete ns going --wait=false');
    expect(lines(await ok('get ns going'))[1]).toBe('going Terminating AGE');
    expect(await refused('apply -n going -f -', configMap('late', {}))).toContain('because it is being terminated');
  });
});
