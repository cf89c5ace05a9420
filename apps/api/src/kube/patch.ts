/** PATCH of an object or of its status: merge, JSON, strategic merge (built-ins), server-side apply. */
import type { IncomingMessage } from 'node:http';
import { AppError } from '@slipway/core/errors.ts';
import type { Patch } from '@slipway/core/registry/pipeline-types.ts';
import { mediaType, readBody } from './body.ts';
import { type ResourceCall, targetOf, writeOptions } from './call.ts';
import { sendObject } from './respond.ts';

/** Patches the object. */
export async function patch(call: ResourceCall): Promise<void> {
  await change(call);
}

/** Patches the status alone. */
export async function patchStatus(call: ResourceCall): Promise<void> {
  await change(call, 'status');
}

async function change(call: ResourceCall, subresource?: 'status'): Promise<void> {
  const { pipeline } = call.deps;
  const options = { ...writeOptions(call), subresource };
  if (mediaType(call.request) === 'application/apply-patch+yaml') {
    const force = call.url.searchParams.get('force') === 'true';
    const fieldManager = call.url.searchParams.get('fieldManager') ?? '';
    const outcome = await pipeline.apply(targetOf(call), await readBody(call.request), { ...options, fieldManager, force });
    call.warnings.push(...outcome.warnings);
    return sendObject(call, outcome.created ? 201 : 200, outcome.object);
  }
  const { object, warnings } = await pipeline.patch(targetOf(call), await readPatch(call.request), options);
  call.warnings.push(...warnings);
  await sendObject(call, 200, object);
}

/** Reads a patch by its media type. Throws `unsupportedMediaType`. */
export async function readPatch(request: IncomingMessage): Promise<Patch> {
  const type = mediaType(request);
  switch (type) {
    case 'application/merge-patch+json':
      return { type: 'merge', body: await readBody(request) };
    case 'application/json-patch+json':
      return { type: 'json', body: await readBody(request) };
    case 'application/strategic-merge-patch+json':
      return { type: 'strategic', body: await readBody(request) };
    default: {
      const accepted =
        'application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml';
      const message = `the body of the request was in an unknown format (${type}) - accepted media types include: ${accepted}`;
      throw new AppError('unsupportedMediaType', message);
    }
  }
}
