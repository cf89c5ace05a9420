/** Who may import whom (DESIGN section 2). The first rule whose `from` matches a file decides; a file under no rule may import anything. */

/** A row of the import table. */
export interface Rule {
  from: RegExp;
  /** Files it may import. */
  files: RegExp;
  /** Packages and node modules it may import. */
  packages: RegExp;
  why: string;
}

const CORE = 'packages/core/src';
const kindFiles = `${CORE}/kinds/[^/]+/(?!reconciler)[^/]*`;

/** The import table. */
export const RULES: Rule[] = [
  {
    from: /\.(test|e2e|interop)\.tsx?$|\/testing\.ts$|test-[^/]*\.ts$|conformance\.ts$/,
    files: /./,
    packages: /./,
    why: 'tests may import anything',
  },
  {
    from: new RegExp(`^${CORE}/kinds/[^/]+/(reconciler|[^/]*-reconciler)\\.ts$`),
    files: new RegExp(
      `^${CORE}/(kinds/|registry/define-kind|runtime/(define-reconciler|actions|limits|seen|operations)\\.ts|store/(object|selector|store)\\.ts|errors|bootstrap/(inputs|labels))`,
    ),
    packages: /^(zod|semver)$/,
    why: 'a reconciler decides: no node modules, drivers, clock or randomness',
  },
  {
    from: new RegExp(`^${CORE}/kinds/`),
    files: new RegExp(
      `^${CORE}/(kinds/|registry/define-kind|runtime/(define-reconciler|actions|limits|seen|operations)\\.ts|store/(object|selector|store)\\.ts|errors|bootstrap/(inputs|labels))`,
    ),
    packages: /^(zod|semver)$/,
    why: 'kinds and their pure helpers run in a browser',
  },
  {
    from: new RegExp(`^${CORE}/store/postgres/`),
    files: new RegExp(`^${CORE}/(store/|errors)`),
    packages: /./,
    why: 'the Postgres store knows the store and errors',
  },
  {
    from: new RegExp(`^${CORE}/store/`),
    files: new RegExp(`^${CORE}/(store/(?!postgres)|errors)`),
    packages: /^(node:|fast-check|vitest)/,
    why: 'pg and Prisma live in store/postgres alone',
  },
  {
    from: new RegExp(`^${CORE}/(registry|runtime)/`),
    files: new RegExp(`^${CORE}/(registry|runtime|store/(?!postgres|memory)[^/]+\\.ts|errors)`),
    packages: /^(zod|semver|fast-json-patch|yaml|node:(crypto|util))/,
    why: 'registry and runtime never know a concrete kind, a driver or Postgres',
  },
  {
    from: new RegExp(`^${CORE}/collectors/`),
    files: new RegExp(
      `^${CORE}/(collectors/|store/(?!postgres)|drivers/|kinds/[^/]+/(?!reconciler)|runtime/|errors|registry/define-kind|operations/)`,
    ),
    packages: /./,
    why: 'collectors read metal and nodes and write what they saw',
  },
  {
    from: new RegExp(`^${CORE}/(drivers|bootstrap)/`),
    files: new RegExp(`^${CORE}/(drivers|bootstrap|errors)`),
    packages: /./,
    why: 'drivers and bootstrap know nothing of kinds or the store',
  },
  {
    from: new RegExp(`^${CORE}/(world|model|forecast)/`),
    files: new RegExp(`^${CORE}/(?!drivers/|store/postgres)`),
    packages: /^(zod|semver|node:crypto)/,
    why: 'the world runs without drivers and Postgres',
  },
  {
    from: /^apps\/web\//,
    files: new RegExp(
      `^(apps/web/|${kindFiles}|${CORE}/(registry/define-kind|store/object|store/selector|runtime/(seen|define-reconciler|limits)|errors)|apps/api/src/trpc/root)`,
    ),
    packages: /./,
    why: 'the console takes kinds and the type of the router, no other core',
  },
  { from: /^packages\/core\//, files: /^packages\/core\//, packages: /./, why: 'core knows neither the simulation nor the apps' },
  { from: /^packages\/sim\//, files: /^packages\/(sim|core)\//, packages: /./, why: 'the simulation uses core, never the apps' },
  {
    from: /^e2e\/interop\//,
    files: /^(e2e\/interop\/|scripts\/interop\/|packages\/(core|sim)\/)/,
    packages: /./,
    why: 'interop suites hold core and the simulation against peers, never the apps',
  },
  {
    from: /^apps\/api\/src\/(start|starting\/.*)\.ts$/,
    files: /^(apps\/api\/|packages\/(core|sim)\/)/,
    packages: /./,
    why: 'only the start with the simulated datacentre knows the simulation',
  },
  {
    from: /^apps\/api\//,
    files: /^(apps\/api|packages\/core)\//,
    packages: /./,
    why: 'the API wires core; it does not know what is simulated',
  },
];
