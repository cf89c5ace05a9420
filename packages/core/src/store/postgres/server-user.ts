/** Postgres refuses to run as root: finds or makes the unprivileged user it runs as, and checks that this user can reach its files. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../../errors.ts';

/** A user of this machine. */
export interface PostgresUser {
  name: string;
  uid: number;
  gid: number;
}

const OWN_NAME = 'slipway-postgres';

/** The user to run Postgres as; undefined = as ourselves. Throws `unavailable` if that user cannot enter `dir`. */
export async function postgresUser(dir: string): Promise<PostgresUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const user = find('postgres') ?? find(OWN_NAME) ?? make() ?? find('nobody');
  if (!user) {
    throw new AppError(
      'unavailable',
      'Postgres does not run as root, and no unprivileged user could be made. Start Slipway as another user.',
    );
  }
  const closed = firstClosed(dir, user);
  if (closed) {
    throw new AppError(
      'unavailable',
      `The embedded Postgres runs as user ${user.name}, who may not enter ${closed}. Allow it (chmod o+x ${closed}), move the project, or set DATABASE_URL.`,
    );
  }
  return user;
}

function find(name: string): PostgresUser | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { name, uid: Number(uid), gid: Number(gid) } : undefined;
}

function make(): PostgresUser | undefined {
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', OWN_NAME], {
      stdio: 'ignore',
    });
  } catch {
    // No useradd here (a small container): the caller falls back to a user that exists.
    return undefined;
  }
  return find(OWN_NAME);
}

/** The topmost directory on the way to `dir` that the user may not enter. */
function firstClosed(dir: string, { uid, gid }: PostgresUser): string | undefined {
  const parents: string[] = [];
  for (let at = dirname(dir); at !== dirname(at); at = dirname(at)) parents.unshift(at);
  return parents.find(
    (parent) => spawnSync('/bin/sh', ['-c', 'cd "$0"', parent], { uid, gid, cwd: '/', stdio: 'ignore' }).status !== 0,
  );
}
