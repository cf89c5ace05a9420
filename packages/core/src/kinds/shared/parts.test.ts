import { describe, expect, it } from 'vitest';
import { durationOf, secondsOf } from './durations.ts';
import { resolveIntOrPercent } from './fields.ts';
import { generatedName, nameFromTemplate } from './names.ts';
import { isPaused } from './paused.ts';
import { compareVersions, minorDistance, versionFault, withV } from './versions.ts';

describe('durations', () => {
  it.each([
    ['300s', 300],
    ['10m0s', 600],
    ['1h0m30s', 3630],
    ['1.5h', 5400],
    ['999ms', 0],
    ['0', 0],
    ['999999h', 2147483647],
    ['soon', undefined],
    ['', undefined],
  ])('reads %s', (text, seconds) => {
    expect(secondsOf(text)).toBe(seconds);
  });

  it.each([
    [0, '0s'],
    [30, '30s'],
    [600, '10m0s'],
    [3630, '1h0m30s'],
  ])('writes %i as Go does', (seconds, text) => {
    expect(durationOf(seconds)).toBe(text);
  });
});

describe('names', () => {
  it('stay within 63 characters', () => {
    expect(generatedName('workers', 'abcde')).toBe('workers-abcde');
    const long = generatedName(`${'x'.repeat(56)}-yz`, 'abcde');
    expect(long).toBe(`${'x'.repeat(56)}-abcde`);
  });

  it('follow a template', () => {
    const owner = { key: 'machineSet', name: 'workers', cluster: 'prod' } as const;
    expect(nameFromTemplate('{{ .cluster.name }}-{{.machineSet.name}}-{{ .random }}', owner, 'abcde')).toBe('prod-workers-abcde');
    expect(nameFromTemplate(`${'x'.repeat(70)}-{{ .random }}`, owner, 'abcde')).toBe(`${'x'.repeat(57)}-abcde`);
  });
});

describe('versions', () => {
  it.each(['v1.32.0', 'v1.33.0-rc.1', 'v1.32.0+vendor.1'])('accepts %s', (version) => {
    expect(versionFault(version)).toBeUndefined();
  });
  it.each(['1.32.0', 'v1.32', 'v01.32.0', 'v1.32.0 ', 'latest', 'v1.32.0-01'])('refuses %j', (version) => {
    expect(versionFault(version)).toBeDefined();
  });
  it('compares', () => {
    expect(compareVersions('v1.31.4', 'v1.33.0')).toBeLessThan(0);
    expect(compareVersions(undefined, 'v1.33.0')).toBe(0);
    expect(minorDistance('v1.31.4', 'v1.33.0')).toBe(2);
    expect(minorDistance('v1.31.4', 'v2.0.0')).toBeNaN();
    expect(withV('1.2.3')).toBe('v1.2.3');
  });
});

describe('percentages', () => {
  it('round as asked', () => {
    expect(resolveIntOrPercent('40%', 6, 'down')).toBe(2);
    expect(resolveIntOrPercent('40%', 6, 'up')).toBe(3);
    expect(resolveIntOrPercent(3, 6, 'up')).toBe(3);
    expect(resolveIntOrPercent('much', 6, 'up')).toBe(0);
  });
});

describe('paused', () => {
  const object = (annotations?: Record<string, string>) => ({ metadata: annotations ? { annotations } : {} });
  it('is the cluster or the annotation, whatever it says', () => {
    expect(isPaused({ spec: { paused: true } }, object())).toBe(true);
    expect(isPaused(null, object({ 'cluster.x-k8s.io/paused': '' }))).toBe(true);
    expect(isPaused({ spec: {} }, object())).toBe(false);
  });
});
