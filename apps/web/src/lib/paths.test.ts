import { expect, test } from 'vitest';
import { paths, safeNext } from './paths.ts';

test('every URL of the console', () => {
  const all = {
    login: [paths.login(), paths.login('/hosts')],
    fleet: [paths.fleet(), paths.fleet({ site: 'fra1' })],
    racks: [paths.racks(), paths.racks({ site: 'fra1' })],
    site: paths.site('fra1', { row: '1', host: 'metal3/server-rack1-u10' }),
    hosts: paths.hosts({ state: 'available,error', text: 'rack 1', labels: 'role=worker' }),
    host: [paths.host('metal3', 'server-rack1-u10'), paths.host('metal3', 'a/b', 'yaml')],
    clusters: paths.clusters(),
    cluster: paths.cluster('clusters', 'production', 'events'),
    scale: paths.scale('clusters', 'production', 'machinedeployments', 'production-workers'),
  };
  expect(all).toMatchInlineSnapshot(`
    {
      "cluster": "/clusters/clusters/production?tab=events",
      "clusters": "/clusters",
      "fleet": [
        "/",
        "/?site=fra1",
      ],
      "host": [
        "/hosts/metal3/server-rack1-u10",
        "/hosts/metal3/a%2Fb?tab=yaml",
      ],
      "hosts": "/hosts?state=available%2Cerror&text=rack+1&labels=role%3Dworker",
      "login": [
        "/login",
        "/login?next=%2Fhosts",
      ],
      "racks": [
        "/racks",
        "/racks/fra1",
      ],
      "scale": "/clusters/clusters/production/scale/machinedeployments/production-workers",
      "site": "/racks/fra1?row=1&host=metal3%2Fserver-rack1-u10",
    }
  `);
});

test.each([
  ['/hosts?state=error', '/hosts?state=error'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example', '/'],
  [null, '/'],
])('after login %s leads to %s', (next, to) => expect(safeNext(next)).toBe(to));
