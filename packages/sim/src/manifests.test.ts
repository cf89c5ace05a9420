import { parseBmcAddress } from '@slipway/core/drivers/bmc/address.ts';
import { BareMetalHost } from '@slipway/core/kinds/bare-metal-host/kind.ts';
import { OSImage } from '@slipway/core/kinds/os-image/kind.ts';
import { Rack } from '@slipway/core/kinds/rack/kind.ts';
import { Site } from '@slipway/core/kinds/site/kind.ts';
import { expect, it } from 'vitest';
import { makeLayout } from './layout.ts';
import { type Manifest, manifestsOf } from './manifests.ts';

const all = manifestsOf(makeLayout(), {
  machineURL: 'https://127.0.0.1:6385',
  proxyURLs: { fra1: 'http://127.0.0.1:7401', fra2: 'http://127.0.0.1:7402' },
});
const of = (kind: string) => all.filter((each) => each.kind === kind);

it('makes what an operator would apply, as the kinds want it', () => {
  expect(of('BareMetalHost')).toHaveLength(64);
  expect(of('Secret')).toHaveLength(64);
  expect(of('Rack')).toHaveLength(6);
  for (const kind of [Site, Rack, OSImage, BareMetalHost]) {
    for (const manifest of of(kind.kind)) {
      const parsed = kind.schema.spec!.parse(manifest.spec);
      expect(parsed).toEqual(manifest.spec);
      const validate = kind.validate as ((object: Manifest) => unknown[]) | undefined;
      expect(validate?.({ ...manifest, metadata: manifest.metadata }) ?? []).toEqual([]);
    }
  }
});

it('gives each host its address, credentials and place', () => {
  const [host] = of('BareMetalHost') as (Manifest & { spec: { bmc: { address: string; credentialsName: string } } })[];
  expect(parseBmcAddress(host!.spec.bmc.address)).toMatchObject({
    driver: 'redfish',
    systemPath: '/redfish/v1/Systems/System.Embedded.1',
  });
  expect(of('Secret').some((secret) => secret.metadata.name === host!.spec.bmc.credentialsName)).toBe(true);
  expect(host!.metadata.labels).toEqual({
    role: 'control-plane',
    'fleet.slipway.dev/site': 'fra1',
    'fleet.slipway.dev/rack': 'rack1',
    'fleet.slipway.dev/unit': '10',
  });
});
