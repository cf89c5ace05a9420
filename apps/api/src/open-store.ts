/** Opens the store of a process: the database, the master key, and the wake-ups derived from the reconcilers. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectorWakes } from '@slipway/core/collectors/index.ts';
import { AppError } from '@slipway/core/errors.ts';
import { KINDS } from '@slipway/core/kinds/index.ts';
import { RECONCILERS } from '@slipway/core/reconcilers.ts';
import { createRegistry, type Registry } from '@slipway/core/registry/registry.ts';
import { wakesOf } from '@slipway/core/runtime/define-reconciler.ts';
import { createCipher, loadMasterKey } from '@slipway/core/store/cipher.ts';
import { openPostgresStore, type PostgresStore } from '@slipway/core/store/postgres/store.ts';
import type { Settings } from './settings.ts';

/** An opened store with what belongs to it. */
export interface Opened {
  store: PostgresStore;
  registry: Registry;
  masterKey: Uint8Array;
}

/** Opens it. Throws with what is missing: no database is used without a master key outside of it. */
export async function openStore(settings: Settings): Promise<Opened> {
  const url = databaseUrl(settings);
  const keyFile = settings['master-key-file'] || (settings['database-url'] ? '' : join(settings.state, 'master-key'));
  if (!url)
    throw new AppError(
      'badRequest',
      'no database: set DATABASE_URL or SLIPWAY_DATABASE_URL_FILE, or use npm start, which brings its own',
    );
  if (!keyFile)
    throw new AppError(
      'badRequest',
      'DATABASE_URL is set, but SLIPWAY_MASTER_KEY_FILE is not: the key that seals Secrets is kept outside the database',
    );
  const masterKey = await loadMasterKey(keyFile);
  const registry = createRegistry(KINDS);
  const reconciled = wakesOf(RECONCILERS);
  const store = await openPostgresStore({
    url,
    cipher: createCipher(masterKey),
    newUid: randomUUID,
    secretFields: ({ group, kind }) => registry.byKind(group, kind)?.secretFields ?? [],
    wakesOf: (change) => [...reconciled(change), ...collectorWakes(change)],
  });
  return { store, registry, masterKey };
}

function databaseUrl(settings: Settings): string {
  if (settings['database-url']) return settings['database-url'];
  return settings['database-url-file'] ? readFileSync(settings['database-url-file'], 'utf8').trim() : '';
}
