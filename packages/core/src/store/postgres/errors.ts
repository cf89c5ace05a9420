/** Postgres' errors as AppErrors. None carries a value of a row: Postgres' detail lines may hold secrets. */
import { AppError } from '../../errors.ts';

/** The AppError for anything that `pg` throws; an AppError stays as it is. */
export function translate(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const { code = '', message = String(error) } = error as { code?: string; message?: string };
  if (isConnectionLoss(code, message)) {
    return new AppError('unavailable', `The database cannot be reached (${code || message}). Slipway tries again by itself.`, {
      cause: error,
    });
  }
  switch (code) {
    case '40001':
    case '40P01':
      return new AppError('conflict', 'Another write was in the way. Read again and repeat the change.', { cause: error });
    case '23505':
      return new AppError('alreadyExists', 'An object with this name or uid already exists.', { cause: error });
    case '22P05':
    case '22021':
      return new AppError('badRequest', 'A text holds a character that cannot be stored (U+0000).', { cause: error });
    case '55P03':
    case '57014':
    case '25P04':
      return new AppError('timeout', 'The database took too long for one statement. Try again; if it lasts, look at its load.', {
        cause: error,
      });
    case '42704':
      return new AppError('unavailable', `This Postgres is too old (${message}). Slipway needs version 17 or newer.`, {
        cause: error,
      });
    case '42P01':
    case '42883':
    case '3F000':
      return new AppError('internal', `The database lacks part of Slipway's schema (${message}). Run npm run db:migrate.`, {
        cause: error,
      });
    default:
      return new AppError('internal', `The database refused a statement: ${message} (${code || 'no code'}).`, { cause: error });
  }
}

/** Class 08 (connection), 57P0x (shutdown, crash, starting up), 53300 (too many clients), and what sockets and `pg` say. */
function isConnectionLoss(code: string, message: string): boolean {
  if (/^08|^57P0|^53/.test(code)) return true;
  if (/^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|EAI_AGAIN|ENOENT)/.test(code)) return true;
  const said =
    /connection terminated|connection error|not queryable|timeout exceeded when trying to connect|client was closed|read timeout/i;
  return said.test(message);
}
