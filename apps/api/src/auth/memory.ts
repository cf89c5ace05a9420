/** {@link AuthRecords} in memory, for tests and for a store that is in memory too. */
import type { AuthRecords, FailureRecord, SessionRecord, UserRecord } from './records.ts';

/** Records that are gone with the process. */
export function createMemoryAuthRecords(): AuthRecords {
  const users = new Map<string, UserRecord>();
  const sessions = new Map<string, SessionRecord>();
  const failed = new Map<string, FailureRecord>();
  const userById = (id: string) => [...users.values()].find((user) => user.id === id);
  return {
    userByName: async (name) => users.get(name) ?? null,
    countUsers: async () => users.size,
    createUser: async (user) => {
      if (users.has(user.name)) return false;
      users.set(user.name, user);
      return true;
    },
    createSession: async (session) => void sessions.set(session.tokenHash, session),
    session: async (tokenHash) => {
      const session = sessions.get(tokenHash);
      const user = session && userById(session.userId);
      return session && user ? { session, user } : null;
    },
    touchSession: async (tokenHash, at) => {
      const session = sessions.get(tokenHash);
      if (session) sessions.set(tokenHash, { ...session, lastSeenAt: at });
    },
    dropSession: async (tokenHash) => void sessions.delete(tokenHash),
    dropExpired: async ({ idle, absolute, failures }) => {
      for (const [key, record] of failed) if (record.lastAt < failures) failed.delete(key);
      const old = [...sessions.values()].filter((session) => session.lastSeenAt < idle || session.createdAt < absolute);
      for (const session of old) sessions.delete(session.tokenHash);
      return old.length;
    },
    failures: async (key) => failed.get(key) ?? null,
    countFailure: async (key, at, forgetBefore) => {
      const was = failed.get(key);
      const failures = was && was.lastAt >= forgetBefore ? was.failures + 1 : 1;
      failed.set(key, { failures, lastAt: at });
      return failures;
    },
    clearFailures: async (key) => void failed.delete(key),
  };
}
