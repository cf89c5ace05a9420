/** POST to a collection. */
import { readBody } from './body.ts';
import { type ResourceCall, writeOptions } from './call.ts';
import { sendObject } from './respond.ts';

/** Creates the object of the body. */
export async function create(call: ResourceCall): Promise<void> {
  const options = writeOptions(call);
  const { object, warnings } = await call.deps.pipeline.create(call, await readBody(call.request), options);
  call.warnings.push(...warnings);
  await sendObject(call, 201, object);
}
