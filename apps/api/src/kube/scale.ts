/** The scale subresource. */
import { readBody } from './body.ts';
import { type ResourceCall, targetOf, writeOptions } from './call.ts';
import { readPatch } from './patch.ts';
import { sendJson } from './respond.ts';

/** Answers with the scale. */
export async function getScale(call: ResourceCall): Promise<void> {
  sendJson(call, 200, await call.deps.pipeline.getScale(targetOf(call), { user: call.user }));
}

/** Replaces the scale. */
export async function updateScale(call: ResourceCall): Promise<void> {
  const { scale, warnings } = await call.deps.pipeline.updateScale(
    targetOf(call),
    await readBody(call.request),
    writeOptions(call),
  );
  call.warnings.push(...warnings);
  sendJson(call, 200, scale);
}

/** Patches the scale, as `kubectl scale` does. */
export async function patchScale(call: ResourceCall): Promise<void> {
  const { scale, warnings } = await call.deps.pipeline.patchScale(
    targetOf(call),
    await readPatch(call.request),
    writeOptions(call),
  );
  call.warnings.push(...warnings);
  sendJson(call, 200, scale);
}
