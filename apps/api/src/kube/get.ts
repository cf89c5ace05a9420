/** GET of one object (or of its status, which is the whole object). */
import { type ResourceCall, reveals, targetOf } from './call.ts';
import { sendObject } from './respond.ts';

/** Answers with the object. */
export async function get(call: ResourceCall): Promise<void> {
  const object = await call.deps.pipeline.get(targetOf(call), { user: call.user, revealSecrets: reveals(call) });
  await sendObject(call, 200, object);
}
