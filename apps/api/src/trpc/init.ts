/** tRPC, set up once: every procedure starts from `procedure(permission)`, errors are translated by core's table. */
import { AppError, ERRORS, type FieldError } from '@slipway/core/errors.ts';
import { initTRPC, TRPCError } from '@trpc/server';
import { may, type Permission } from '../auth/permissions.ts';
import type { Context } from './context.ts';

/** What a procedure declares of itself. */
export interface Meta {
  permission: Permission;
}

/** What an error carries besides its message: Kubernetes' reason, and the refused fields for a form. */
export interface ErrorDetail {
  reason: string;
  causes: FieldError[];
}

/** The stream's own keep-alive; proxies close silent connections, and EventSource reconnects after silence. */
const STREAM = {
  ping: { enabled: true, intervalMs: 10_000 },
  client: { reconnectAfterInactivityMs: 20_000 },
};

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    sse: STREAM,
    errorFormatter({ shape, error }) {
      const { stack: _, ...data } = shape.data;
      return { ...shape, message: messageOf(error), data: { ...data, ...detailOf(error) } };
    },
  });

/** Makes a router. */
export const router = t.router;
/** Calls procedures directly, in tests. */
export const createCallerFactory = t.createCallerFactory;

/** A procedure that demands this permission. There is no other way to make one. */
export function procedure(permission: Permission) {
  return t.procedure.meta({ permission }).use(async ({ ctx, meta, next }) => {
    if (!meta || !may(ctx.person?.role ?? null, meta.permission)) {
      throw ctx.person ? new TRPCError({ code: 'FORBIDDEN', message: refusal(ctx.person.role) }) : unauthorized();
    }
    const result = await next();
    if (!result.ok && result.error.cause instanceof AppError) {
      const { code, message } = result.error.cause;
      throw new TRPCError({ code: ERRORS[code].trpc, message, cause: result.error.cause });
    }
    return result;
  });
}

function unauthorized(): TRPCError {
  return new TRPCError({ code: 'UNAUTHORIZED', message: 'Log in first.' });
}

function refusal(role: string): string {
  return `The role ${role} does not allow this.`;
}

/** Inner failures keep their words to the log: they may name what a person must not see. */
function messageOf(error: TRPCError): string {
  if (error.code === 'INTERNAL_SERVER_ERROR') return 'Slipway could not answer; its log has the cause.';
  return error.message;
}

function detailOf(error: TRPCError): ErrorDetail {
  if (!(error.cause instanceof AppError)) return { reason: error.code, causes: [] };
  return { reason: ERRORS[error.cause.code].reason, causes: error.cause.causes };
}
