/** Discovery and OpenAPI, as recorded. */
import { describe, expect, it } from 'vitest';
import { ConfigMap } from '../kinds/config-map/kind.ts';
import { Namespace } from '../kinds/namespace/kind.ts';
import { aggregatedDiscovery, apiGroup, apiGroupList, apiResourceList } from './discovery.ts';
import { openApiOf } from './openapi.ts';
import { at } from './paths.ts';
import { createRegistry } from './registry.ts';
import { Widget } from './testing/widget.ts';

const registry = createRegistry([Namespace, ConfigMap, Widget]);
const golden = (name: string) => `testing/golden/${name}.golden`;
const text = (value: unknown) => JSON.stringify(value, null, 2);

describe('registry', () => {
  it('finds kinds by what people and clients say', () => {
    for (const word of ['widgets', 'widget', 'Widget', 'wd', 'wd.test.slipway.dev', 'widgets.test.slipway.dev']) {
      expect(registry.find(word), word).toBe(Widget);
    }
    expect(registry.byResource('test.slipway.dev', 'v1beta1', 'widgets')).toBe(Widget);
    expect(registry.byResource('test.slipway.dev', 'v1', 'widgets')).toBeUndefined();
    expect(registry.byResource('', 'v1', 'widgets')).toBeUndefined();
    expect(() => createRegistry([Widget, Widget])).toThrow('two kinds are declared as test.slipway.dev/Widget');
  });
});

describe('discovery', () => {
  it('is as recorded', async () => {
    await expect(text(aggregatedDiscovery(registry, 'named'))).toMatchFileSnapshot(golden('discovery-aggregated'));
    await expect(text(apiGroupList(registry))).toMatchFileSnapshot(golden('discovery-groups'));
    await expect(text(apiResourceList(registry, 'test.slipway.dev', 'v1beta1'))).toMatchFileSnapshot(
      golden('discovery-resources'),
    );
  });

  it('lists nothing that is not served', () => {
    expect(apiGroup(registry, 'apps')).toBeUndefined();
    expect(apiResourceList(registry, 'test.slipway.dev', 'v1')).toBeUndefined();
    expect(apiResourceList(registry, '', 'v1')!.resources.map(({ name }) => name)).toEqual([
      'configmaps',
      'namespaces',
      'namespaces/status',
    ]);
  });
});

describe('OpenAPI', () => {
  const document = openApiOf(registry, 'test.slipway.dev', 'v1beta2');
  const schema = at(document, ['components', 'schemas', 'dev.slipway.test.v1beta2.Widget']);

  it('says what kubectl apply looks for', () => {
    const patch = at(document, ['paths', '/apis/test.slipway.dev/v1beta2/namespaces/{namespace}/widgets/{name}', 'patch']);
    expect((at(patch, ['parameters']) as { name: string }[]).map(({ name }) => name)).toContain('fieldValidation');
    expect(at(patch, ['x-kubernetes-group-version-kind'])).toEqual({
      group: 'test.slipway.dev',
      version: 'v1beta2',
      kind: 'Widget',
    });
    expect(at(schema, ['x-kubernetes-group-version-kind'])).toEqual([
      { group: 'test.slipway.dev', version: 'v1beta2', kind: 'Widget' },
    ]);
    const bodies = Object.keys(at(patch, ['requestBody', 'content']) as object);
    expect(bodies).not.toContain('application/strategic-merge-patch+json');
  });

  it('describes fields with words an OpenAPI 3.0 reader knows', () => {
    expect(at(schema, ['properties', 'spec', 'properties', 'replicas'])).toMatchObject({ type: 'integer', default: 1 });
    expect(at(schema, ['properties', 'spec', 'properties', 'size'])).toMatchObject({ type: 'string', enum: ['small', 'large'] });
    const words = new Set<string>(text(document).match(/"(\$schema|\$defs|const|propertyNames|prefixItems)":/g));
    expect([...words]).toEqual([]);
  });

  it('leaves out parts that a kind has not', () => {
    const core = openApiOf(registry, '', 'v1');
    const properties = at(core, ['components', 'schemas', 'io.k8s.api.core.v1.ConfigMap', 'properties']) as object;
    expect(Object.keys(properties)).toEqual(['apiVersion', 'kind', 'metadata', 'data', 'binaryData', 'immutable']);
  });
});
