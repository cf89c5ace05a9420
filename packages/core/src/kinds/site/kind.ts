/** Site (fleet.slipway.dev/v1alpha1): a place with servers, how it is reached, and what its servers boot and run. */
import { z } from 'zod';
import type { FieldError } from '../../errors.ts';
import { defineKind, type ObjectOf } from '../../registry/define-kind.ts';
import { invalid } from '../shared/fields.ts';
import { networkError } from './networks.ts';

const url = z.string().min(1).max(2048);

const spec = z.object({
  displayName: z.string().max(128).optional().describe('The name people see.'),
  bmc: z.object({
    allowedNetworks: z
      .array(z.string().min(1).max(253))
      .max(256)
      .describe('Networks (CIDR), or exact DNS names, in which BMC addresses must lie. Nothing else is ever contacted.'),
  }),
  machineURL: url.describe('HTTPS URL under which BMCs and agents of this site reach our machine listener.'),
  proxyURL: url.optional().describe('HTTP CONNECT proxy that leads into the site: for BMCs, agents and workload APIs.'),
  agentImage: z
    .object({
      kernelURL: url,
      initrdURL: url,
      espImageURL: url
        .optional()
        .describe('EFI system partition image with a boot loader. Without it no server starts from our medium.'),
      kernelArgs: z.string().max(2048).optional(),
      caBundle: z
        .string()
        .max(262_144)
        .optional()
        .describe('PEM certificates of CAs that agents trust beside ours and the public ones: those of image servers.'),
    })
    .describe('The ironic-python-agent ramdisk.'),
  cni: z
    .object({ configMapRef: z.object({ namespace: z.string().min(1).max(63), name: z.string().min(1).max(253) }) })
    .optional()
    .describe('ConfigMap whose key `manifest` is applied to each new cluster.'),
  kubeVip: z
    .object({ image: z.string().min(1).max(512), interface: z.string().min(1).max(64) })
    .describe('How the endpoint is held.'),
});

type Spec = z.output<typeof spec>;

function validate(object: { spec: Spec }): FieldError[] {
  const errors: FieldError[] = [];
  object.spec.bmc.allowedNetworks.forEach((network, index) => {
    const wrong = networkError(network);
    if (wrong) errors.push(invalid(`spec.bmc.allowedNetworks[${index}]`, network, wrong));
  });
  const { machineURL, proxyURL, agentImage } = object.spec;
  if (!hasScheme(machineURL, ['https:'])) errors.push(invalid('spec.machineURL', machineURL, 'must be an https URL'));
  if (proxyURL && !hasScheme(proxyURL, ['http:', 'https:']))
    errors.push(invalid('spec.proxyURL', proxyURL, 'must be an http or https URL'));
  for (const field of ['kernelURL', 'initrdURL', 'espImageURL'] as const) {
    const value = agentImage[field];
    if (value && !hasScheme(value, ['http:', 'https:', 'file:']))
      errors.push(invalid(`spec.agentImage.${field}`, value, 'must be an http, https or file URL'));
  }
  if (/[\r\n]/.test(agentImage.kernelArgs ?? ''))
    errors.push(invalid('spec.agentImage.kernelArgs', agentImage.kernelArgs ?? '', 'must be one line'));
  const { caBundle } = agentImage;
  if (caBundle !== undefined && !/-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/.test(caBundle))
    errors.push(invalid('spec.agentImage.caBundle', caBundle.slice(0, 64), 'must hold certificates in PEM form'));
  return errors;
}

function hasScheme(value: string, schemes: readonly string[]): boolean {
  return URL.canParse(value) && schemes.includes(new URL(value).protocol);
}

export const Site = defineKind({
  group: 'fleet.slipway.dev',
  kind: 'Site',
  plural: 'sites',
  categories: ['fleet'],
  scope: 'Cluster',
  hub: 'v1alpha1',
  spec,
  status: z.object({}),
  statusSubresource: true,
  columns: [
    { name: 'Display-Name', type: 'string', of: (object) => object.spec.displayName },
    { name: 'BMC-Networks', type: 'string', of: (object) => object.spec.bmc.allowedNetworks.join(',') },
    { name: 'Machine-URL', type: 'string', wide: true, of: (object) => object.spec.machineURL },
    { name: 'Proxy', type: 'string', wide: true, of: (object) => object.spec.proxyURL },
    { name: 'Age', type: 'date', of: (object) => object.metadata.creationTimestamp },
  ],
  validate,
  description: 'A place with servers: how its BMCs are reached, what its servers boot, and what its clusters get.',
});

/** A Site object. */
export type SiteObject = ObjectOf<typeof Site>;
