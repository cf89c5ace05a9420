/** Prisma's configuration: where the schema and the migrations are. The start of Slipway does not read it. */
import { join } from 'node:path';
import { defineConfig } from 'prisma/config';

// Every command of Prisma looks for its schema engine first and would download it.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= join(import.meta.dirname, 'prisma/no-schema-engine');

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_URL ?? '' },
});
