/** PUT of an object or of its status. */
import { readBody } from './body.ts';
import { type ResourceCall, targetOf, writeOptions } from './call.ts';
import { sendObject } from './respond.ts';

/** Replaces the object. */
export async function update(call: ResourceCall): Promise<void> {
  await replace(call, 'update');
}

/** Replaces the status alone. */
export async function updateStatus(call: ResourceCall): Promise<void> {
  await replace(call, 'updateStatus');
}

async function replace(call: ResourceCall, method: 'update' | 'updateStatus'): Promise<void> {
  const options = writeOptions(call);
  const { object, warnings } = await call.deps.pipeline[method](targetOf(call), await readBody(call.request), options);
  call.warnings.push(...warnings);
  await sendObject(call, 200, object);
}
