import { expect, test } from 'vitest';
import { Site, type SiteObject } from './kind.ts';
import { failureDomainOf, siteOf } from './site-of.ts';

const site = (name: string, ...allowedNetworks: string[]) =>
  ({ metadata: { name }, spec: { bmc: { allowedNetworks } } }) as unknown as SiteObject;
const berlin = site('berlin', '192.168.1.0/24');
const rome = site('rome', '192.168.2.0/24');
const labelled = (labels: Record<string, string> = {}) => ({ metadata: { labels } });

test.each([
  ['by label', { 'fleet.slipway.dev/site': 'rome' }, [berlin, rome], '192.168.1.10', 'rome'],
  ['by a label that names none', { 'fleet.slipway.dev/site': 'oslo' }, [berlin], '192.168.1.10', undefined],
  ['by network', {}, [berlin, rome], '192.168.2.10', 'rome'],
  ['the only one', {}, [berlin], '10.9.9.9', 'berlin'],
  ['none of several', {}, [berlin, rome], '10.9.9.9', undefined],
  ['none at all', {}, [], '10.9.9.9', undefined],
])('%s', (_name, labels, sites, address, name) => {
  expect(siteOf(labelled(labels as Record<string, string>), sites, address)?.metadata.name).toBe(name);
});

test('the failure domain is the label, else the rack', () => {
  expect(failureDomainOf(labelled({ 'fleet.slipway.dev/rack': 'r1' }))).toBe('r1');
  expect(
    failureDomainOf(labelled({ 'fleet.slipway.dev/rack': 'r1', 'infrastructure.cluster.x-k8s.io/failure-domain': 'fd' })),
  ).toBe('fd');
  expect(failureDomainOf(labelled())).toBeUndefined();
});

test('a Site’s networks and URLs are checked', () => {
  const spec = {
    bmc: { allowedNetworks: ['192.168.1.0/24', '10.0.0.0/99'] },
    machineURL: 'http://slipway.example.com:6385',
    proxyURL: 'socks5://proxy',
    agentImage: { kernelURL: 'https://x/kernel', initrdURL: 'nowhere', kernelArgs: 'a\nb' },
    kubeVip: { image: 'kube-vip', interface: 'eth0' },
  };
  expect(Site.validate?.({ metadata: { name: 's' }, spec } as never).map(({ field }) => field)).toEqual([
    'spec.bmc.allowedNetworks[1]',
    'spec.machineURL',
    'spec.proxyURL',
    'spec.agentImage.initrdURL',
    'spec.agentImage.kernelArgs',
  ]);
});
