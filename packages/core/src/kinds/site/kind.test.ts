import { expect, test } from 'vitest';
import { Site, type SiteObject } from './kind.ts';

const site = (agentImage: object) =>
  ({
    metadata: { name: 'berlin' },
    spec: {
      bmc: { allowedNetworks: [] },
      machineURL: 'https://slipway.example.com:6385',
      agentImage: { kernelURL: 'https://x/kernel', initrdURL: 'https://x/initrd', ...agentImage },
      kubeVip: { image: 'kube-vip', interface: 'eth0' },
    },
  }) as unknown as SiteObject;
const errors = (agentImage: object) => Site.validate?.(site(agentImage)) ?? [];

test('a CA bundle holds certificates', () => {
  expect(errors({})).toEqual([]);
  expect(errors({ caBundle: '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n' })).toEqual([]);
  expect(errors({ caBundle: '/etc/ssl/certs/ca.pem' })).toMatchObject([{ field: 'spec.agentImage.caBundle' }]);
});
