/** Server-side apply: the merged object goes through the same write as any other. */
import { AppError } from '../errors.ts';
import type { KubeObject } from '../store/object.ts';
import { type ReadBody, readBody } from './admit.ts';
import { checkName, checkNamespace } from './checks.ts';
import { refTo } from './define-kind.ts';
import { notFound } from './invalid.ts';
import { applyConfiguration } from './managed-fields.ts';
import type { Outcome, Target, WriteOptions } from './pipeline-types.ts';
import {
  type Context,
  createOnce,
  keysOf,
  type Part,
  retrying,
  withoutSameStatus,
  withoutStatus,
  write,
  writerOf,
} from './pipeline-write.ts';
import { shown } from './stored.ts';

/** Applies a configuration; creates what is missing. `created` tells 201 from 200. */
export async function applyObject(
  context: Context,
  target: Target,
  body: unknown,
  options: WriteOptions & { force?: boolean; subresource?: 'status' },
): Promise<Outcome & { created: boolean }> {
  const { kind, version = kind.hub, name } = target;
  if (!options.fieldManager) throw new AppError('badRequest', 'fieldManager is required for apply patch');
  const part: Part = options.subresource ?? 'object';
  const read = readBody(kind, version, body, { partial: true, name, ...(part === 'status' ? { only: part } : {}) });
  if (read.said.metadata.managedFields?.length) throw new AppError('badRequest', 'metadata.managedFields must be nil');
  if (await context.store.get(refTo(kind, target.namespace ?? '', name))) {
    const given = read.object.metadata.resourceVersion;
    const outcome = await retrying(target, given, (was) => applyTo(context, target, was, read, part, options), context);
    return { ...outcome, created: false };
  }
  if (part === 'status') throw notFound(kind, name);
  const whole = readBody(kind, version, body, { ...options, name });
  checkNamespace(target, whole.object);
  checkName(target, whole.object);
  whole.object.metadata.name = name;
  const outcome = await createOnce(
    context,
    target,
    whole,
    options,
    (bare, writer) => applyConfiguration(bare, saidHere(target, whole, part), keysOf(kind), writer, true).managedFields,
  );
  return { ...outcome, created: true };
}

async function applyTo(
  context: Context,
  target: Target,
  was: KubeObject,
  body: ReadBody,
  part: Part,
  options: WriteOptions & { force?: boolean },
): Promise<Outcome> {
  const { kind, version = kind.hub } = target;
  const live = shown(kind, version, was, true);
  const writer = await writerOf(context, target, part, options);
  const said = saidHere(target, body, part);
  const { object, managedFields } = applyConfiguration(live, said, keysOf(kind), writer, options.force === true);
  const merged = readBody(kind, version, withoutSameStatus(kind, object, live, part), { ...options, name: target.name });
  return write(context, target, was, merged, part, options, managedFields);
}

/** A status said at the object's own door is dropped there, and owned by nobody. */
function saidHere({ kind }: Target, { said }: ReadBody, part: Part): KubeObject {
  return part === 'object' && kind.statusSubresource ? withoutStatus(said) : said;
}
