/** The console in a browser: login, and what several specs look at. */
import { expect, type Page } from '@playwright/test';
import { adminPassword } from './slipway.ts';

/** Logs in (at `base`, else the suite's console) and stands on the overview, connected. */
export async function login(page: Page, base = ''): Promise<void> {
  await page.goto(`${base}/login`);
  await page.getByRole('form', { name: 'Log in' }).and(page.locator('[data-ready]')).waitFor();
  await page.getByLabel('Name').fill('admin');
  await page.getByLabel('Password').fill(adminPassword());
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Fleet' })).toBeVisible();
  await expect(page.getByText(/^Live/)).toBeVisible();
}

/** The rooms and one page of each kind, found from the pages themselves. */
export async function allPages(page: Page): Promise<{ name: string; path: string }[]> {
  await page.goto('/hosts?state=provisioned');
  const host = await page.getByRole('table', { name: 'Hosts' }).getByRole('link').first().getAttribute('href');
  await page.goto('/racks');
  const site = await page.locator('main').getByRole('heading', { level: 2 }).getByRole('link').first().getAttribute('href');
  const cluster = '/clusters/clusters/production';
  return [
    { name: 'fleet', path: '/' },
    { name: 'racks', path: '/racks' },
    { name: 'elevations', path: site ?? '' },
    { name: 'hosts', path: '/hosts' },
    { name: 'host', path: host ?? '' },
    { name: 'host, hardware', path: `${host}?tab=hardware` },
    { name: 'host, history', path: `${host}?tab=history` },
    { name: 'host, YAML', path: `${host}?tab=yaml` },
    { name: 'clusters', path: '/clusters' },
    { name: 'cluster', path: cluster },
    { name: 'cluster, conditions', path: `${cluster}?tab=conditions` },
    { name: 'cluster, events', path: `${cluster}?tab=events` },
    { name: 'cluster, YAML', path: `${cluster}?tab=yaml` },
  ];
}
