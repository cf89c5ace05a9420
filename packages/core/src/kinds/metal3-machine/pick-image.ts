/** Which image a Machine of a Kubernetes version gets: the template's URL names a member of a family, the version picks the member. */
import { type MachineImage, placeholderIn } from './parts.ts';

/** What an OSImage says, as far as the choice needs it. */
export interface OsImageFacts {
  metadata: { name: string };
  spec: {
    family: string;
    kubernetesVersion: string;
    url: string;
    checksum: string;
    checksumType?: string | undefined;
    format?: string | undefined;
  };
}

/** The image to write, or why there is none. `waitsFor` tells which object has to change. */
export type PickedImage =
  | { image: MachineImage; osImage: string }
  | { refusal: string; wayOut: string; waitsFor: 'template' | 'OSImage' };

/** How many versions a refusal names. */
const NAMED = 5;

/**
 * The member of the template's image family that holds this Kubernetes version. The template's own checksum counts for its own URL,
 * the OSImage's for the others. A placeholder checksum is refused here, so that no host is touched for it.
 */
export function pickImage(
  template: MachineImage | undefined,
  images: readonly OsImageFacts[],
  version: string | undefined,
): PickedImage {
  if (!template) {
    const wayOut = 'Give the template spec.template.spec.image; custom deploy steps are not supported.';
    return { refusal: 'the template names no image', wayOut, waitsFor: 'template' };
  }
  const placeholder = placeholderIn(template);
  if (placeholder) {
    return { refusal: placeholder, wayOut: 'Put the real checksum into the Metal3MachineTemplate.', waitsFor: 'template' };
  }
  const named = images.find((image) => image.spec.url === template.url);
  if (!named) {
    return {
      refusal: `no OSImage has the url ${template.url}, so its Kubernetes version is unknown`,
      wayOut: 'Create an OSImage with this url, its family and its Kubernetes version.',
      waitsFor: 'OSImage',
    };
  }
  if (!version) return { image: template, osImage: named.metadata.name };
  const family = images.filter((image) => image.spec.family === named.spec.family);
  const member = named.spec.kubernetesVersion === version ? named : bestOf(family, version);
  if (!member) return noMember(named.spec.family, family, version);
  if (member.spec.url === template.url) return { image: template, osImage: member.metadata.name };
  return imageOf(member);
}

/** Two members of one version: the first by name, so that every planner picks the same. */
function bestOf(family: readonly OsImageFacts[], version: string): OsImageFacts | undefined {
  return family
    .filter((image) => image.spec.kubernetesVersion === version)
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))[0];
}

function noMember(family: string, members: readonly OsImageFacts[], version: string): PickedImage {
  const versions = [...new Set(members.map((image) => image.spec.kubernetesVersion))].sort();
  const more = versions.length > NAMED ? ', …' : '';
  return {
    refusal: `no OSImage of family ${family} holds ${version}; it has ${versions.slice(-NAMED).join(', ')}${more}`,
    wayOut: `Create an OSImage of family ${family} for ${version}, or choose a version it has.`,
    waitsFor: 'OSImage',
  };
}

function imageOf(member: OsImageFacts): PickedImage {
  const { url, checksum, checksumType, format } = member.spec;
  const image: MachineImage = {
    url,
    checksum,
    ...(checksumType ? { checksumType: checksumType as MachineImage['checksumType'] } : {}),
    ...(format ? { diskFormat: format as MachineImage['diskFormat'] } : {}),
  };
  const placeholder = placeholderIn(image);
  if (placeholder) {
    const wayOut = `Put the real checksum into OSImage ${member.metadata.name}.`;
    return { refusal: `OSImage ${member.metadata.name}: ${placeholder}`, wayOut, waitsFor: 'OSImage' };
  }
  return { image, osImage: member.metadata.name };
}
