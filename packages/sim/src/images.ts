/** The image server of a site: small files that stand for disk images, and the agent's kernel, initrd and ESP. */
import { createHash } from 'node:crypto';
import type http from 'node:http';
import { socketHttp } from './http-on-sockets.ts';
import type { Network } from './network.ts';
import type { Identity } from './tls.ts';

/** Name under which it is known inside every site. */
export const IMAGE_HOST = 'images.example.com';
/** Its address inside every site. */
const IMAGE_ADDRESS = '10.0.0.5';

/** A disk image. */
export interface SimImage {
  family: string;
  kubernetesVersion: string;
  url: string;
  sha256: string;
}

const FAMILY = 'ubuntu-22.04-k8s';
/** The seed's own image has no version in its name; it is v1.32.0. */
const VERSIONS = ['v1.31.4', 'v1.32.0', 'v1.32.1', 'v1.33.0'];

/** The images that exist. */
export const IMAGES: SimImage[] = VERSIONS.map((kubernetesVersion) => {
  const file = kubernetesVersion === 'v1.32.0' ? `${FAMILY}.qcow2` : `${FAMILY}-${kubernetesVersion}.qcow2`;
  const sha256 = createHash('sha256').update(contentOf(kubernetesVersion)).digest('hex');
  return { family: FAMILY, kubernetesVersion, url: `https://${IMAGE_HOST}/${file}`, sha256 };
});

/** URLs of the agent, by plain HTTP inside the site. */
export const AGENT_IMAGE = {
  kernelURL: `http://${IMAGE_HOST}/agent/ironic-python-agent.kernel`,
  initrdURL: `http://${IMAGE_HOST}/agent/ironic-python-agent.initramfs`,
  espImageURL: `http://${IMAGE_HOST}/agent/esp.img`,
} as const;

/** Kubernetes version in an image, or undefined if it is not one of ours. */
export function versionOf(image: Uint8Array): string | undefined {
  return /^kubernetes-version: (v\S+)$/m.exec(Buffer.from(image).toString('latin1'))?.[1];
}

/** Serves the images inside a site, by HTTPS and HTTP. */
export function serveImages(network: Network, identity: Identity): void {
  network.addName(IMAGE_HOST, IMAGE_ADDRESS);
  network.listen(IMAGE_ADDRESS, 443, (socket) => web.accept(true, socket, identity.context));
  network.listen(IMAGE_ADDRESS, 80, (socket) => web.accept(true, socket));
}

/** A QCOW2 header of 72 bytes, then text that tells what the image is. */
function contentOf(kubernetesVersion: string): Buffer {
  const header = Buffer.alloc(72);
  header.write('QFI\xfb', 0, 'latin1');
  header.writeUInt32BE(3, 4);
  const text = `simulated image\nfamily: ${FAMILY}\nkubernetes-version: ${kubernetesVersion}\n`;
  return Buffer.concat([header, Buffer.from(text), Buffer.alloc(4096, kubernetesVersion)]);
}

const FILES = new Map<string, Buffer>([
  ...IMAGES.map((image): [string, Buffer] => [new URL(image.url).pathname, contentOf(image.kubernetesVersion)]),
  [new URL(AGENT_IMAGE.kernelURL).pathname, Buffer.alloc(6000, 'simulated kernel ')],
  [new URL(AGENT_IMAGE.initrdURL).pathname, Buffer.alloc(20_000, 'simulated initramfs ')],
  [new URL(AGENT_IMAGE.espImageURL).pathname, Buffer.alloc(8192, 'simulated EFI system partition ')],
]);

const web = socketHttp<true>(async (_, request, response) => serve(request, response));

function serve(request: http.IncomingMessage, response: http.ServerResponse): void {
  const file = FILES.get((request.url ?? '/').split('?')[0]!);
  if (!file) return void response.writeHead(404).end('not found\n');
  const etag = `"${createHash('sha256').update(file).digest('hex').slice(0, 16)}"`;
  if (request.headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end();
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': String(file.length), etag });
  response.end(request.method === 'HEAD' ? undefined : file);
}
