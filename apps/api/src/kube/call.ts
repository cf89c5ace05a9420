/** One request on its way through the server: what it asks for, who asks, and what the handlers work with. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '@slipway/core/errors.ts';
import type { AnyKind } from '@slipway/core/registry/define-kind.ts';
import type { FieldValidation, Pipeline, Target, User, WriteOptions } from '@slipway/core/registry/pipeline-types.ts';
import type { Registry } from '@slipway/core/registry/registry.ts';
import type { Store } from '@slipway/core/store/store.ts';
import type { Log } from '../log.ts';
import { authorize } from './authorize.ts';

/** What the handlers stand on. */
export interface Deps {
  store: Store;
  registry: Registry;
  pipeline: Pipeline;
  log: Log;
  /** Ends the watches when the server stops. */
  stopping: AbortSignal;
}

/** A request that has been authenticated where its route wants that. */
export interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  /** Anonymous requests have the user `system:anonymous`. */
  user: User;
  deps: Deps;
  /** Sentences for Warning headers. */
  warnings: string[];
}

/** A request on a resource. */
export interface ResourceCall extends Call {
  kind: AnyKind;
  version: string;
  /** undefined on cluster-scoped kinds and across namespaces. */
  namespace?: string;
  /** '' on collections. */
  name: string;
}

/** Longest fieldManager (apimachinery FieldManagerMaxLength). */
const MAX_MANAGER = 128;

/** The pipeline's target of a call. */
export function targetOf({ kind, version, namespace, name }: ResourceCall): Target {
  return { kind, version, namespace, name };
}

/** Whether the caller may see a kind's secret fields: whoever may get the objects. */
export function reveals({ user, kind, namespace }: ResourceCall): boolean {
  return authorize(user, { verb: 'get', group: kind.group, resource: kind.plural, namespace });
}

/** The options of a write from the query: dryRun, fieldValidation, fieldManager. Throws `badRequest`. */
export function writeOptions(call: ResourceCall): WriteOptions {
  const query = call.url.searchParams;
  const validation = query.get('fieldValidation') ?? 'Warn';
  if (!['Strict', 'Warn', 'Ignore'].includes(validation)) {
    throw new AppError(
      'badRequest',
      `fieldValidation: Unsupported value: "${validation}": supported values: "Ignore", "Strict", "Warn"`,
    );
  }
  const fieldManager = query.get('fieldManager') ?? '';
  if (fieldManager.length > MAX_MANAGER)
    throw new AppError('badRequest', `fieldManager: Too long: may have at most ${MAX_MANAGER} characters`);
  return {
    user: call.user,
    revealSecrets: reveals(call),
    dryRun: isDryRun(query.getAll('dryRun')),
    fieldValidation: validation as FieldValidation,
    fieldManager: fieldManager || managerOfAgent(call.request.headers['user-agent']),
  };
}

/** Whether dryRun=All is asked for. Throws `badRequest` for anything else. */
export function isDryRun(values: readonly unknown[]): boolean {
  const wrong = values.find((value) => value !== 'All' && value !== '');
  if (wrong !== undefined)
    throw new AppError('badRequest', `dryRun: Unsupported value: ${JSON.stringify(wrong)}: supported values: "All"`);
  return values.includes('All');
}

/** A client that names no manager is known by its program: the User-Agent up to the slash. */
function managerOfAgent(agent: string | undefined): string {
  return (
    (agent ?? '')
      .split('/')[0]!
      .replace(/[^\x20-\x7e]/g, '')
      .slice(0, MAX_MANAGER) || 'unknown'
  );
}
