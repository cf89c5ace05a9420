/** The continue token of a paged list: the version of the first page and the last key seen. Opaque to clients. */
import { AppError } from '../errors.ts';

/** Where a list goes on. */
export interface ContinueToken {
  /** Version of the first page, reported by every later page. */
  resourceVersion: string;
  namespace: string;
  name: string;
}

/** The token as text. */
export function encodeContinue(token: ContinueToken): string {
  return toBase64Url(JSON.stringify([1, token.resourceVersion, token.namespace, token.name]));
}

/** Reads a token; throws `badRequest` if it is not one of ours. */
export function decodeContinue(text: string): ContinueToken {
  try {
    const [version, resourceVersion, namespace, name] = JSON.parse(fromBase64Url(text)) as unknown[];
    if (version === 1 && typeof namespace === 'string' && typeof name === 'string' && isVersion(resourceVersion)) {
      return { resourceVersion, namespace, name };
    }
  } catch {
    // Not base64 or not JSON: answered below like any other foreign token.
  }
  throw new AppError('badRequest', 'The continue token is not one of this server. List again without it.');
}

/** Reads a resourceVersion; throws `badRequest` unless it is a decimal number. */
export function parseVersion(text: string): number {
  if (!isVersion(text))
    throw new AppError('badRequest', `Resource version ${JSON.stringify(text)} is not a version of this server.`);
  return Number(text);
}

function isVersion(value: unknown): value is string {
  return typeof value === 'string' && /^\d{1,15}$/.test(value);
}

function toBase64Url(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url');
}

function fromBase64Url(text: string): string {
  return Buffer.from(text, 'base64url').toString('utf8');
}

/** The error for a watch or a page older than the log reaches. */
export function expired(asked: number, oldest: number): AppError {
  return new AppError(
    'expired',
    `Resource version ${asked} is too old: changes are kept from version ${oldest} on. List again and watch from there.`,
  );
}
