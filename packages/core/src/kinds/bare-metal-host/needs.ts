/** What a host needs before its disk is written: an image that can be written, and data it may use. Pure. */
import type { Because } from '../../runtime/define-reconciler.ts';
import type { ImageToWrite, SecretName } from '../../runtime/operations.ts';
import { claimAllowed } from '../host-deploy-policy/claim-allowed.ts';
import type { BareMetalHostObject } from './kind.ts';
import { sentence } from './outcome.ts';
import type { HostImage } from './spec.ts';
import type { View } from './view.ts';

const DIGEST = { md5: 32, sha256: 64, sha512: 128 } as const;

/** The image as the agent gets it, or why it cannot be written. A checksum may carry its type as prefix (`sha256:…`). */
export function imageToWrite(image: HostImage): ImageToWrite | string {
  const format = image.format ?? (/\.(raw|img)(\.gz)?$/.test(image.url) ? 'raw' : 'qcow2');
  if (format !== 'raw' && format !== 'qcow2') return `Images of format ${format} cannot be written yet`;
  if (!/^https?:\/\//.test(image.url)) return `Image ${image.url} has a scheme that cannot be fetched yet`;
  const checksum = image.checksum ?? '';
  if (/^https?:\/\//.test(checksum)) return { url: image.url, checksum, checksumType: typeOf(image) ?? 'md5', format };
  const [, prefix, digest = ''] = /^(?:(md5|sha256|sha512):)?(.*)$/.exec(checksum) ?? [];
  const checksumType = typeOf(image) ?? (prefix as keyof typeof DIGEST | undefined) ?? byLength(digest);
  if (checksumType && /^[0-9a-fA-F]+$/.test(digest) && digest.length === DIGEST[checksumType]) {
    return { url: image.url, checksum: digest.toLowerCase(), checksumType, format };
  }
  const wanted = checksumType
    ? `${DIGEST[checksumType]} hexadecimal digits of ${checksumType}`
    : 'an md5, sha256 or sha512 digest';
  return `Image checksum ${JSON.stringify(checksum)} is a placeholder or wrong: it must be ${wanted}`;
}

function typeOf(image: HostImage): keyof typeof DIGEST | undefined {
  return image.checksumType === 'auto' ? undefined : image.checksumType;
}

function byLength(digest: string): keyof typeof DIGEST | undefined {
  return (Object.keys(DIGEST) as (keyof typeof DIGEST)[]).find((type) => DIGEST[type] === digest.length);
}

/** Whether two images are the same disk content. Upstream compares the URL only; a new checksum is a new content, too. */
export function isSameImage(a: HostImage | undefined, b: HostImage | undefined): boolean {
  return a?.url === b?.url && (a?.checksum ?? '') === (b?.checksum ?? '');
}

/** The data Secrets of a host, with their namespaces filled in. */
export function dataSecrets(host: BareMetalHostObject): { field: 'userData' | 'metaData' | 'networkData'; secret: SecretName }[] {
  return (['userData', 'metaData', 'networkData'] as const).flatMap((field) => {
    const { name, namespace } = host.spec[field] ?? {};
    return name ? [{ field, secret: { name, namespace: namespace || (host.metadata.namespace ?? '') } }] : [];
  });
}

/** Why this host's consumer may not have it; null if it may. */
export function claimRefused(view: View): Because | null {
  const own = view.host.metadata.namespace ?? '';
  const consumer = view.host.spec.consumerRef?.namespace;
  if (!consumer || claimAllowed(view.seen.policies, own, consumer, view.seen.consumerLabels)) return null;
  return {
    sentence: sentence(`Namespace ${consumer} may not claim hosts of namespace ${own}: no HostDeployPolicy there names it`),
    tone: 'caution',
    wayOut: `Name ${consumer} in spec.hostClaimNamespaces of a HostDeployPolicy in ${own}, or take the claim back.`,
  };
}

/** What is missing before the disk can be written; null when all is there. */
export function missingForImage(view: View): Because | null {
  const { host } = view;
  const refusal = claimRefused(view);
  if (refusal) return refusal;
  const image = host.spec.image ? imageToWrite(host.spec.image) : 'No image is wanted';
  if (typeof image === 'string')
    return { sentence: sentence(image), tone: 'caution', wayOut: 'Correct spec.image where it comes from.' };
  for (const { field, secret } of dataSecrets(host)) {
    const full = `${secret.namespace}/${secret.name}`;
    const foreign = secret.namespace !== host.metadata.namespace && secret.namespace !== host.spec.consumerRef?.namespace;
    if (foreign) {
      return {
        sentence: sentence(`Secret ${full} (${field}) lies in a namespace that does not hold this host`),
        tone: 'caution',
        wayOut: 'Only Secrets of the host’s namespace, or of its consumer’s, are used.',
      };
    }
    if (!view.seen.data[full]) {
      return {
        sentence: sentence(`Secret ${full} (${field}) does not exist yet`),
        tone: 'waits',
        wayOut: `Create Secret ${full}.`,
      };
    }
  }
  return null;
}
