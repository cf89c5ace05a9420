import { describe, expect, it } from 'vitest';
import type { Json, KubeObject } from '../store/object.ts';
import { fromHub, keptAnnotation, toHub } from './convert.ts';
import { Widget } from './testing/widget.ts';

const OLD = 'v1beta1';

function old(spec: Json, annotations?: Record<string, string>): KubeObject {
  return {
    apiVersion: 'test.slipway.dev/v1beta1',
    kind: 'Widget',
    metadata: { name: 'a', ...(annotations ? { annotations } : {}) },
    spec,
  } as KubeObject;
}

function spec(object: KubeObject): { [key: string]: Json } {
  return object.spec as { [key: string]: Json };
}

describe('conversion at the door', () => {
  it('keeps what the hub cannot hold, and gives it back', () => {
    const said = { replicas: 1, timeout: '90.5s', colour: 'red' };
    const hub = toHub(Widget, OLD, old(said));
    expect(hub.apiVersion).toBe('test.slipway.dev/v1beta2');
    expect(spec(hub)).toEqual({ replicas: 1, timeoutSeconds: 90 });
    const back = fromHub(Widget, OLD, hub);
    expect(spec(back)).toEqual(said);
    expect(back.metadata.annotations).toBeUndefined();
  });

  it('drops what was kept when the hub field changes', () => {
    const hub = toHub(Widget, OLD, old({ timeout: '90.5s', colour: 'red' }));
    expect(spec(fromHub(Widget, OLD, { ...hub, spec: { timeoutSeconds: 30 } }))).toEqual({ timeout: '30s', colour: 'red' });
  });

  it('keeps nothing, and no annotation, where nothing is lost', () => {
    expect(toHub(Widget, OLD, old({ replicas: 1, timeout: '5s' })).metadata.annotations).toBeUndefined();
  });

  it('does not lose what only the hub can say through an older client’s write', () => {
    const was = {
      ...old({}),
      apiVersion: 'test.slipway.dev/v1beta2',
      spec: { replicas: 1, tags: ['x'], timeoutSeconds: 5 },
    } as KubeObject;
    const seen = fromHub(Widget, OLD, was);
    expect(spec(seen)).toEqual({ replicas: 1, timeout: '5s' });
    expect(spec(toHub(Widget, OLD, { ...seen, spec: { replicas: 3, timeout: '5s' } }, was))).toEqual({
      replicas: 3,
      timeoutSeconds: 5,
      tags: ['x'],
    });
  });

  it('survives a kept annotation that somebody wrote by hand', () => {
    const hub = { ...old({ replicas: 1 }, { [keptAnnotation(OLD)]: '{"a":' }), apiVersion: 'test.slipway.dev/v1beta2' };
    expect(spec(fromHub(Widget, OLD, hub))).toEqual({ replicas: 1 });
    const hostile = {
      ...hub,
      metadata: { ...hub.metadata, annotations: { [keptAnnotation(OLD)]: '[[["__proto__","polluted"],1]]' } },
    };
    fromHub(Widget, OLD, hostile);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});
