/** `npm run db:migrate`: brings the database of DATABASE_URL up to date. */
import { migrate } from '@slipway/core/store/postgres/migrate.ts';

const url = process.env.DATABASE_URL;
if (!url) {
  console.error('Set DATABASE_URL to the database to migrate. The embedded database is migrated by npm start.');
  process.exit(2);
}
try {
  const applied = await migrate(url);
  console.log(applied.length ? `Applied ${applied.join(', ')}.` : 'The database is up to date.');
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
