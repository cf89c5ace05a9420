/** Structured logs, one JSON object a line, on stderr. Nothing that is logged may hold a secret; errors are cut to message and code. */
import { pino } from 'pino';

/** What core's parts log with. */
export type Log = (level: 'debug' | 'info' | 'warn' | 'error', message: string, detail?: Record<string, unknown>) => void;

/** A log that names its process. Level from SLIPWAY_LOG (default info). */
export function createLog(name: string): Log {
  const logger = pino({ name, level: process.env.SLIPWAY_LOG ?? 'info' }, pino.destination({ fd: 2, sync: true }));
  return (level, message, detail = {}) => logger[level](plain(detail), message);
}

function plain(detail: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(detail).map(([key, value]) => [key, value instanceof Error ? describe(value) : value]),
  );
}

function describe(error: Error): Record<string, unknown> {
  const { message, stack } = error;
  const code = 'code' in error ? error.code : undefined;
  return { message, ...(code === undefined ? {} : { code }), stack: stack?.split('\n').slice(1, 6) };
}
