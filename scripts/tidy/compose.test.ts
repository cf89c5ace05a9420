/** docker-compose.yml checked as far as it can be without an image registry: what it names exists, secrets come from files, all is health-checked. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from './sources.ts';

interface Service {
  build?: { dockerfile: string };
  command?: string[];
  restart?: string;
  environment?: Record<string, string>;
  secrets?: string[];
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
}

const compose = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
  secrets: Record<string, { file: string }>;
  volumes: Record<string, unknown>;
};
const services = Object.entries(compose.services);

it('has Postgres, migrations, API, worker and console', () => {
  expect(Object.keys(compose.services)).toEqual(['postgres', 'migrate', 'api', 'worker', 'web']);
});

it.each(services)('%s: what it names exists', (_name, service) => {
  if (service.build) expect(existsSync(join(root, service.build.dockerfile))).toBe(true);
  const script = service.command?.find((word) => word.endsWith('.ts'));
  if (script) expect(existsSync(join(root, script))).toBe(true);
  for (const name of service.secrets ?? []) expect(compose.secrets).toHaveProperty(name);
  for (const volume of service.volumes ?? []) expect(compose.volumes).toHaveProperty(volume.split(':')[0] ?? '');
  for (const name of Object.keys(service.depends_on ?? {})) expect(compose.services).toHaveProperty(name);
});

it.each(services.filter(([, { restart }]) => restart !== 'no'))('%s has a health check', (_name, service) => {
  expect(service.healthcheck?.test.length).toBeGreaterThan(1);
});

it('takes every secret from a file, none from the environment', () => {
  for (const [, service] of services) {
    for (const [name, value] of Object.entries(service.environment ?? {})) {
      if (/PASSWORD|KEY|SECRET|DATABASE_URL/.test(name)) expect(`${name}=${value}`).toMatch(/_FILE=\/run\/secrets\//);
    }
  }
});

it.each(['apps/api/Dockerfile', 'apps/web/Dockerfile'])('%s copies only what exists', (file) => {
  const copies = readFileSync(join(root, file), 'utf8').match(/^COPY (?!--from).*$/gm) ?? [];
  const sources = copies.flatMap((line) => line.split(/\s+/).slice(1, -1));
  expect(sources.filter((source) => !existsSync(join(root, source)))).toEqual([]);
});
