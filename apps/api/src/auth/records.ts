/** What login keeps: people, their sessions, failed tries. Two implementations: memory.ts and sql.ts. */
import type { Role } from './permissions.ts';

/** A person who may log in. */
export interface UserRecord {
  id: string;
  /** Lower case, unique. */
  name: string;
  role: Role;
  /** `scrypt$N$r$p$salt$hash`, see password.ts. */
  passwordHash: string;
  disabled: boolean;
}

/** A login. The cookie's value itself is never kept, only its SHA-256. */
export interface SessionRecord {
  tokenHash: string;
  userId: string;
  createdAt: Date;
  lastSeenAt: Date;
}

/** Failed tries in a row under one key (account and address, or address alone). */
export interface FailureRecord {
  failures: number;
  lastAt: Date;
}

/** Reading and writing what login keeps. */
export interface AuthRecords {
  userByName(name: string): Promise<UserRecord | null>;
  countUsers(): Promise<number>;
  /** False where the name is taken: the first user is made once even if two processes start together. */
  createUser(user: UserRecord): Promise<boolean>;
  createSession(session: SessionRecord): Promise<void>;
  /** The session with its person, or null. */
  session(tokenHash: string): Promise<{ session: SessionRecord; user: UserRecord } | null>;
  touchSession(tokenHash: string, at: Date): Promise<void>;
  dropSession(tokenHash: string): Promise<void>;
  /** Removes sessions last seen before `idle` or made before `absolute`, and failures before `failures`; returns how many sessions. */
  dropExpired(limits: { idle: Date; absolute: Date; failures: Date }): Promise<number>;
  failures(key: string): Promise<FailureRecord | null>;
  /** Counts one failure at `at`; a last one before `forgetBefore` does not count any more. Returns the new count. */
  countFailure(key: string, at: Date, forgetBefore: Date): Promise<number>;
  clearFailures(key: string): Promise<void>;
}
