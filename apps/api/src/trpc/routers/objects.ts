/** Any kind: what kubectl can do, a browser can do, through the same pipeline. */
import { procedure, router } from '../init.ts';
import {
  CreateInput,
  createObject,
  deleteObject,
  getObject,
  ListInput,
  listObjects,
  PatchInput,
  patchObject,
  ScaleInput,
  scaleObject,
  TargetInput,
} from '../objects.ts';

export const objectsRouter = router({
  list: procedure('objects.read')
    .input(ListInput)
    .query(({ ctx, input }) => listObjects(ctx, input)),
  get: procedure('objects.read')
    .input(TargetInput)
    .query(({ ctx, input }) => getObject(ctx, input)),
  create: procedure('objects.write')
    .input(CreateInput)
    .mutation(({ ctx, input }) => createObject(ctx, input)),
  patch: procedure('objects.write')
    .input(PatchInput)
    .mutation(({ ctx, input }) => patchObject(ctx, input)),
  delete: procedure('objects.write')
    .input(TargetInput)
    .mutation(({ ctx, input }) => deleteObject(ctx, input)),
  scale: procedure('objects.write')
    .input(ScaleInput)
    .mutation(({ ctx, input }) => scaleObject(ctx, input)),
});
