/** Virtual media of a simulated BMC: an insert really downloads the image, from inside the site, as a BMC does. */
import { mediaOf, networkOf } from '../server.ts';
import { siteRequest } from '../site-request.ts';
import type { Personality } from './personality.ts';
import { Refusal } from './refusal.ts';
import type { SimBmc, VerbAnswer } from './service.ts';

/** VirtualMedia.InsertMedia. */
export async function insertMedia(bmc: SimBmc, personality: Personality, body: Record<string, unknown>): Promise<VerbAnswer> {
  const { server, state } = bmc;
  const url = body.Image;
  if (typeof url !== 'string' || !/^https?:\/\//.test(url)) {
    throw new Refusal(400, 'Base.1.16.ActionParameterMissing', 'The parameter Image is missing or not a URL.');
  }
  const extra = Object.keys(body).filter((name) => name !== 'Image');
  if (personality.imageOnly && extra.length > 0) {
    throw new Refusal(
      400,
      'Base.1.16.ActionParameterNotSupported',
      `The parameter ${extra[0]} for the action InsertMedia is not supported.`,
    );
  }
  if (server.media || state.ejectLag > 0) {
    throw new Refusal(
      400,
      `${personality.messagePrefix}.VRM0012`,
      'Virtual Media is detached or Virtual Media devices are already in use.',
    );
  }
  server.media = mediaOf(url, await download(bmc, url));
  server.around.log.add(server.spec.name, 'insert', server.media.agent ? 'agent ISO' : url);
  if (!personality.insertTask) return { status: 204 };
  const task = `/redfish/v1/TaskService/Tasks/JID_${state.nextId++}`;
  state.openTasks.add(task);
  return { status: 202, headers: { location: task, 'retry-after': '0' } };
}

/** VirtualMedia.EjectMedia. */
export function ejectMedia({ server, state }: SimBmc, personality: Personality, hasBody: boolean): VerbAnswer {
  if (personality.ejectNeedsBody && !hasBody) throw new Refusal(400, 'Base.1.16.MalformedJSON', 'The request body is missing.');
  if (!server.media)
    throw new Refusal(400, `${personality.messagePrefix}.VRM0009`, 'No Virtual Media devices are currently connected.');
  state.lastImage = server.media.url;
  state.ejectLag = personality.ejectLagReads;
  server.media = null;
  server.around.log.add(server.spec.name, 'eject');
  return { status: 204 };
}

async function download({ server }: SimBmc, url: string): Promise<Buffer> {
  try {
    const answer = await siteRequest(networkOf(server), { url });
    if (answer.status !== 200) throw new Error(`HTTP ${answer.status}`);
    return answer.body;
  } catch (error) {
    throw new Refusal(
      400,
      'Base.1.16.InsertMediaFailed',
      `The image could not be read: ${error instanceof Error ? error.message : 'failed'}.`,
    );
  }
}
