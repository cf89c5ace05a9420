/** People's login: password in, session cookie out. One implementation over {@link AuthRecords}; the rules are here, the rows are not. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { AppError } from '@slipway/core/errors.ts';
import { generatePassword, hashPassword, NOBODY, verifyPassword } from './password.ts';
import type { Role } from './permissions.ts';
import type { AuthRecords } from './records.ts';
import { networkOf, waitSeconds } from './throttle.ts';

/** Who is asking. */
export interface Person {
  id: string;
  name: string;
  role: Role;
}

/** A fresh login. */
export interface Login {
  /** The cookie's value: 256 random bits. */
  token: string;
  person: Person;
}

/** The door for people. */
export interface Auth {
  /** Throws `unauthorized` (the same words whatever was wrong) or `tooManyRequests`. `address` is the peer's IP. */
  login(input: { name: string; password: string; address: string }): Promise<Login>;
  /** Who holds this token, or null. Extends the idle limit. */
  person(token: string): Promise<Person | null>;
  logout(token: string): Promise<void>;
}

/** A session ends after 12 h without use and after 7 days in any case. */
export const SESSION_LIMITS = { idleMs: 12 * 3_600_000, absoluteMs: 7 * 86_400_000, touchEveryMs: 60_000 };

/** Failures older than this are forgotten. */
const FORGET_MS = 15 * 60_000;

/** Login over these records. `now` is for tests. */
export function createAuth(records: AuthRecords, now: () => Date = () => new Date()): Auth {
  return {
    login: (input) => login(records, now(), input),
    person: (token) => person(records, now(), token),
    logout: (token) => records.dropSession(hashToken(token)),
  };
}

async function login(records: AuthRecords, at: Date, input: { name: string; password: string; address: string }): Promise<Login> {
  const name = input.name.trim().toLowerCase();
  const network = networkOf(input.address);
  const keys = { pair: `${name}|${network}`, network };
  await refuseWhileThrottled(records, at, keys);
  const user = await records.userByName(name);
  const right = await verifyPassword(input.password, user?.passwordHash ?? (await NOBODY));
  if (!user || !right || user.disabled) {
    const forgetBefore = new Date(at.getTime() - FORGET_MS);
    await records.countFailure(`pair:${keys.pair}`, at, forgetBefore);
    await records.countFailure(`net:${keys.network}`, at, forgetBefore);
    throw new AppError('unauthorized', 'Name and password do not belong together.');
  }
  await records.clearFailures(`pair:${keys.pair}`);
  const token = randomBytes(32).toString('base64url');
  await records.createSession({ tokenHash: hashToken(token), userId: user.id, createdAt: at, lastSeenAt: at });
  await records.dropExpired({
    idle: new Date(at.getTime() - SESSION_LIMITS.idleMs),
    absolute: new Date(at.getTime() - SESSION_LIMITS.absoluteMs),
    failures: new Date(at.getTime() - FORGET_MS),
  });
  return { token, person: { id: user.id, name: user.name, role: user.role } };
}

async function refuseWhileThrottled(records: AuthRecords, at: Date, keys: { pair: string; network: string }): Promise<void> {
  const [pair, network] = await Promise.all([records.failures(`pair:${keys.pair}`), records.failures(`net:${keys.network}`)]);
  const wait = Math.max(waitSeconds(pair, 'pair', at), waitSeconds(network, 'network', at));
  if (wait > 0) throw new AppError('tooManyRequests', `Too many failed tries. The next one counts in ${wait} s.`);
}

async function person(records: AuthRecords, at: Date, token: string): Promise<Person | null> {
  const tokenHash = hashToken(token);
  const found = await records.session(tokenHash);
  if (!found || found.user.disabled) return null;
  const idle = at.getTime() - found.session.lastSeenAt.getTime();
  const age = at.getTime() - found.session.createdAt.getTime();
  if (idle > SESSION_LIMITS.idleMs || age > SESSION_LIMITS.absoluteMs) {
    await records.dropSession(tokenHash);
    return null;
  }
  if (idle > SESSION_LIMITS.touchEveryMs) await records.touchSession(tokenHash, at);
  return { id: found.user.id, name: found.user.name, role: found.user.role };
}

function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Makes the user `admin` where there is no user yet. Returns the password only then: it is kept nowhere else. */
export async function ensureFirstUser(records: AuthRecords): Promise<{ name: string; password: string } | null> {
  if ((await records.countUsers()) > 0) return null;
  const password = generatePassword();
  const passwordHash = await hashPassword(password);
  const made = await records.createUser({ id: randomUUID(), name: 'admin', role: 'admin', passwordHash, disabled: false });
  return made ? { name: 'admin', password } : null;
}
