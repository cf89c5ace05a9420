/** The one pipeline for kubectl and the console: parse → default → validate → admit → store (the store wakes the planners). */
import type { Store } from '../store/store.ts';
import { applyObject } from './pipeline-apply.ts';
import { deleteCollection, deleteObject } from './pipeline-delete.ts';
import { createReads } from './pipeline-read.ts';
import { getScale, patchScale, updateScale } from './pipeline-scale.ts';
import type { Pipeline } from './pipeline-types.ts';
import { type Context, createObject, patchObject, updateObject } from './pipeline-write.ts';
import type { Registry } from './registry.ts';

/** Makes the pipeline of a store and the kinds it serves. */
export function createPipeline(context: { store: Store; registry: Registry }): Pipeline {
  const own: Context = context;
  return {
    ...createReads(own.store),
    create: (place, body, options) => createObject(own, place, body, options),
    update: (target, body, options) => updateObject(own, target, body, 'object', options),
    updateStatus: (target, body, options) => updateObject(own, target, body, 'status', options),
    patch: (target, patch, options) => patchObject(own, target, patch, options.subresource ?? 'object', options),
    apply: (target, body, options) => applyObject(own, target, body, options),
    delete: (target, options) => deleteObject(own, target, options),
    deleteCollection: (place, selection, options) => deleteCollection(own, place, selection, options),
    getScale: (target) => getScale(own, target),
    updateScale: (target, body, options) => updateScale(own, target, body, options),
    patchScale: (target, patch, options) => patchScale(own, target, patch, options),
  };
}
