/** Who is asking: a client certificate of our own CA (CN = user, O = groups), or a bearer token. */
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { User } from '@slipway/core/registry/pipeline-types.ts';

/** Looks a bearer token up; null = unknown. */
export type AuthenticateToken = (token: string) => Promise<User | null>;

/** The user of a request; null = nobody we know. A bad token is not made good by a certificate. */
export async function authenticate(request: IncomingMessage, authenticateToken?: AuthenticateToken): Promise<User | null> {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const token = /^Bearer ([\x21-\x7e]{1,8192})$/i.exec(authorization)?.[1];
    const user = token && authenticateToken ? await authenticateToken(token) : null;
    return user && withAuthenticated(user);
  }
  return fromCertificate(request.socket as TLSSocket);
}

function fromCertificate(socket: TLSSocket): User | null {
  // `authorized`: signed by our CA, in time, and meant for clients (OpenSSL checks the usage).
  if (!socket.authorized) return null;
  const subject = socket.getPeerCertificate().subject as unknown as { CN?: string | string[]; O?: string | string[] } | undefined;
  const [name] = [subject?.CN ?? []].flat();
  if (!name) return null;
  return withAuthenticated({ name, groups: [subject?.O ?? []].flat() });
}

function withAuthenticated(user: User): User {
  return { name: user.name, groups: [...new Set([...user.groups, 'system:authenticated'])] };
}
