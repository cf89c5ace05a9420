/** Answers: JSON, Kubernetes' Status, tables and metadata alone as the Accept header asks, Warning headers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError, ERRORS } from '@slipway/core/errors.ts';
import { type IncludeObject, partialMetadata, tableOf } from '@slipway/core/registry/table.ts';
import type { KubeObject } from '@slipway/core/store/object.ts';
import type { Call, ResourceCall } from './call.ts';

/** How objects are to be shown. */
export type Form = 'object' | 'table' | 'metadata';

/** metav1.Status of a failure. */
export function statusOf(error: unknown) {
  const known =
    error instanceof AppError ? error : new AppError('internal', 'Internal error occurred; the server has logged why');
  const { http, reason } = ERRORS[known.code];
  const { group, kind, name } = known.subject;
  const causes = known.causes.map(({ reason: type, message, field }) => ({ reason: type, message, field }));
  const details = {
    ...(name ? { name } : {}),
    ...(group ? { group } : {}),
    ...(kind ? { kind } : {}),
    ...(causes.length > 0 ? { causes } : {}),
  };
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: known.message,
    reason,
    ...(Object.keys(details).length > 0 ? { details } : {}),
    code: http,
  };
}

/** Sends a value as JSON. */
export function sendJson(
  { response, warnings }: Pick<Call, 'response' | 'warnings'>,
  code: number,
  value: unknown,
  type = 'application/json',
): void {
  const body = Buffer.from(`${JSON.stringify(value)}\n`);
  addWarnings(response, warnings);
  response.writeHead(code, { 'content-type': type, 'content-length': body.length, 'cache-control': 'no-cache, private' });
  response.end(body);
}

/** Sends an error as a Status. */
export function sendError(call: Pick<Call, 'response' | 'warnings'>, error: unknown): void {
  const status = statusOf(error);
  if (status.code === 429 || status.code === 503) call.response.setHeader('retry-after', '1');
  sendJson(call, status.code, status);
}

/** Sends one object in the form that the client accepts. */
export async function sendObject(call: ResourceCall, code: number, object: KubeObject): Promise<void> {
  const form = acceptedForm(call.request);
  sendJson(call, code, form === 'object' ? object : await inForm(call, form, object));
}

/** One object as a table or as metadata alone. */
export async function inForm(call: ResourceCall, form: Exclude<Form, 'object'>, object: KubeObject): Promise<unknown> {
  if (form === 'metadata') return partialMetadata(object);
  const metadata = { resourceVersion: object.metadata.resourceVersion };
  return tableOf(call.kind, call.version, [object], { now: await call.deps.store.now(), include: includeOf(call.url), metadata });
}

/** What a table's rows carry of their objects (`?includeObject=`). */
export function includeOf(url: URL): IncludeObject {
  const include = url.searchParams.get('includeObject') ?? 'Metadata';
  if (include === 'None' || include === 'Object' || include === 'Metadata') return include;
  throw new AppError(
    'badRequest',
    `includeObject: Unsupported value: "${include}": supported values: "None", "Metadata", "Object"`,
  );
}

/** The first form of the Accept header that can be given. Throws `notAcceptable`. */
export function acceptedForm(request: IncomingMessage): Form {
  const accept = request.headers.accept ?? '*/*';
  for (const range of accept.split(',').slice(0, 50)) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    if (!['application/json', 'application/*', '*/*'].includes(type)) continue;
    const form = formOf(parameters);
    if (form) return form;
  }
  throw new AppError('notAcceptable', 'only the following media types are accepted: application/json');
}

function formOf(parameters: string[]): Form | undefined {
  const value = (name: string) => parameters.find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1);
  const as = value('as');
  if (as === undefined) return 'object';
  if (value('g') !== 'meta.k8s.io' || value('v') !== 'v1') return undefined;
  if (as === 'table') return 'table';
  return as === 'partialobjectmetadata' || as === 'partialobjectmetadatalist' ? 'metadata' : undefined;
}

/** RFC 7234 Warning headers as Kubernetes sends them, each once. */
export function addWarnings(response: ServerResponse, warnings: readonly string[]): void {
  const lines = [...new Set(warnings)].slice(0, 50).map((text) => {
    const plain = text.replace(/[^\x20-\x7e]/g, '?').slice(0, 1000);
    return `299 - "${plain.replace(/["\\]/g, '\\$&')}"`;
  });
  if (lines.length > 0) response.setHeader('warning', lines);
}
