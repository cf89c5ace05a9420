import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../store/object.ts';
import { Event } from './kind.ts';

const metadata = { name: 'a', namespace: 'lab', uid: 'u', resourceVersion: '1', generation: 1, creationTimestamp: 'born' };

function event(parts: object): KubeObject<undefined, undefined> {
  const involvedObject = { kind: 'BareMetalHost', name: 'h', namespace: 'lab' };
  return { apiVersion: 'v1', kind: 'Event', metadata, spec: undefined, involvedObject, ...parts } as KubeObject<
    undefined,
    undefined
  >;
}

function cells(object: KubeObject<undefined, undefined>): Record<string, unknown> {
  return Object.fromEntries(Event.columns.map((column) => [column.name, column.of(object)]));
}

describe('Event', () => {
  it('prints the columns of kubectl get events', () => {
    const one = event({
      type: 'Normal',
      reason: 'R',
      message: ' m\n',
      lastTimestamp: 'last',
      firstTimestamp: 'first',
      count: 3,
      source: { component: 'c', host: 'h' },
    });
    expect(cells(one)).toEqual({
      'Last Seen': 'last',
      Type: 'Normal',
      Reason: 'R',
      Object: 'baremetalhost/h',
      Subobject: undefined,
      Source: 'c, h',
      Message: 'm',
      'First Seen': 'first',
      Count: 3,
      Name: 'a',
    });
  });

  it('reads series and reporting components of newer clients', () => {
    const one = event({ eventTime: 'once', series: { count: 5, lastObservedTime: 'now' }, reportingComponent: 'r' });
    expect(cells(one)).toMatchObject({ 'Last Seen': 'now', 'First Seen': 'once', Count: 5, Source: 'r' });
    expect(cells(event({}))).toMatchObject({ 'Last Seen': 'born', Count: 1 });
  });

  it('lives beside its object, or in default for objects without a namespace', () => {
    expect(Event.validate!(event({}))).toEqual([]);
    expect(Event.validate!(event({ involvedObject: { kind: 'Site', name: 's' } }))).toMatchObject([
      { field: 'involvedObject.namespace' },
    ]);
    const inDefault = {
      ...event({ involvedObject: { kind: 'Site', name: 's' } }),
      metadata: { ...metadata, namespace: 'default' },
    };
    expect(Event.validate!(inDefault)).toEqual([]);
  });
});
