/** {@link AuthRecords} in Postgres. Takes a query function, so that the connection stays with whoever owns it. */
import type { Role } from './permissions.ts';
import type { AuthRecords, SessionRecord, UserRecord } from './records.ts';

/** One parameterised statement: `pool.query` of pg fits. */
export type Query = (text: string, values: unknown[]) => Promise<{ rows: Record<string, unknown>[] }>;

const USER = 'u.id, u.name, u.role, u.password_hash, u.disabled';

/** Records in the tables of migration `…_auth`. */
export function createSqlAuthRecords(query: Query): AuthRecords {
  const one = async (text: string, values: unknown[]) => (await query(text, values)).rows[0] ?? null;
  return {
    userByName: async (name) => userOf(await one(`select ${USER} from auth_users u where u.name = $1`, [name])),
    countUsers: async () => Number((await one('select count(*) as n from auth_users', []))?.n),
    createUser: async (user) => {
      const values = [user.id, user.name, user.role, user.passwordHash, user.disabled];
      const text = `insert into auth_users (id, name, role, password_hash, disabled) values ($1, $2, $3, $4, $5)
                    on conflict (name) do nothing returning id`;
      return (await one(text, values)) !== null;
    },
    createSession: async (session) => {
      const values = [session.tokenHash, session.userId, session.createdAt, session.lastSeenAt];
      await query('insert into auth_sessions (token_hash, user_id, created_at, last_seen_at) values ($1, $2, $3, $4)', values);
    },
    session: async (tokenHash) => {
      const text = `select s.token_hash, s.user_id, s.created_at, s.last_seen_at, ${USER}
                    from auth_sessions s join auth_users u on u.id = s.user_id where s.token_hash = $1`;
      const row = await one(text, [tokenHash]);
      const user = userOf(row);
      return row && user ? { session: sessionOf(row), user } : null;
    },
    touchSession: async (tokenHash, at) =>
      void (await query('update auth_sessions set last_seen_at = greatest(last_seen_at, $2) where token_hash = $1', [
        tokenHash,
        at,
      ])),
    dropSession: async (tokenHash) => void (await query('delete from auth_sessions where token_hash = $1', [tokenHash])),
    dropExpired: async ({ idle, absolute, failures }) => {
      await query('delete from auth_failures where last_at < $1', [failures]);
      const text = 'delete from auth_sessions where last_seen_at < $1 or created_at < $2 returning token_hash';
      return (await query(text, [idle, absolute])).rows.length;
    },
    failures: async (key) => {
      const row = await one('select failures, last_at from auth_failures where key = $1', [key]);
      return row ? { failures: Number(row.failures), lastAt: row.last_at as Date } : null;
    },
    countFailure: async (key, at, forgetBefore) => {
      const text = `insert into auth_failures as f (key, failures, last_at) values ($1, 1, $2)
                    on conflict (key) do update set last_at = excluded.last_at,
                      failures = case when f.last_at < $3 then 1 else f.failures + 1 end
                    returning failures`;
      return Number((await one(text, [key, at, forgetBefore]))?.failures);
    },
    clearFailures: async (key) => void (await query('delete from auth_failures where key = $1', [key])),
  };
}

function userOf(row: Record<string, unknown> | null): UserRecord | null {
  if (!row) return null;
  return {
    id: String(row.id),
    name: String(row.name),
    role: row.role as Role,
    passwordHash: String(row.password_hash),
    disabled: Boolean(row.disabled),
  };
}

function sessionOf(row: Record<string, unknown>): SessionRecord {
  return {
    tokenHash: String(row.token_hash),
    userId: String(row.user_id),
    createdAt: row.created_at as Date,
    lastSeenAt: row.last_seen_at as Date,
  };
}
