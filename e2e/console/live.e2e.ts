import { expect, test } from '@playwright/test';
import { login } from '../support/console.ts';
import { openWire } from '../support/wire.ts';

test('a screen whose stream was cut says so within two beats, keeps its data, and recovers by itself', async ({
  page,
  baseURL,
}) => {
  const wire = await openWire(new URL(baseURL ?? ''));
  await login(page, wire.url);
  await page
    .getByRole('navigation', { name: 'Rooms' })
    .getByRole('link', { name: /^Hosts/ })
    .click();
  const table = page.getByRole('table', { name: 'Hosts' });
  await expect(table).toBeVisible();
  wire.cut();
  await expect(page.getByText(/^Reconnecting · data of \d\d:\d\d:\d\d$/)).toBeVisible({ timeout: 25_000 });
  await expect(table).toBeVisible();
  wire.mend();
  await expect(page.getByText(/^Live/)).toBeVisible({ timeout: 45_000 });
  await expect(table).toBeVisible();
  wire.close();
});

test('a tab holds one stream, however many pages it shows', async ({ page }) => {
  await login(page);
  let streams = 0;
  page.on('request', (request) => {
    if (request.url().includes('live.changes')) streams += 1;
  });
  await page.getByRole('link', { name: /^Hosts/ }).click();
  await page.getByRole('heading', { level: 1, name: 'Hosts' }).waitFor();
  await page
    .getByRole('navigation', { name: 'Rooms' })
    .getByRole('link', { name: /^Clusters/ })
    .click();
  await page.getByRole('heading', { level: 1, name: 'Clusters' }).waitFor();
  expect(streams).toBe(0);
});
