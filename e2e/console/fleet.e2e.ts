import { expect, test } from '@playwright/test';
import { login } from '../support/console.ts';

test.beforeEach(({ page }) => login(page));

test('the overview says what needs a person, counts hosts by state, and shows racks and clusters', async ({ page }) => {
  await expect(page.getByRole('region', { name: 'Needs a person' })).toBeVisible();
  const states = page.getByRole('link', { name: /provisioned|available/ });
  await expect(states.first()).toBeVisible();
  await expect(page.getByRole('table', { name: /^Racks of / })).toHaveCount(2);
  await expect(page.getByRole('table', { name: 'Clusters' }).getByRole('row', { name: /production/ })).toBeVisible();
});

test('a count leads to the hosts it counts', async ({ page }) => {
  const link = page.locator('main').getByRole('link', { name: /^provisioned/ });
  const counted = Number((await link.textContent())?.match(/\d+/)?.[0]);
  await link.click();
  await expect(page).toHaveURL(/\/hosts\?state=provisioned/);
  await expect(page.getByRole('table', { name: 'Hosts' }).getByRole('row')).toHaveCount(counted + 1);
});

test('the site switch narrows the fleet, and the rooms keep the site', async ({ page }) => {
  const ledger = page.getByRole('list', { name: 'Hosts by state' });
  const all = Number(await ledger.getByRole('listitem').first().locator('strong').textContent());
  const site = page.getByLabel('Site', { exact: true });
  const name = (await site.locator('option').nth(1).getAttribute('value')) ?? '';
  await site.selectOption(name);
  await expect(page.getByRole('heading', { level: 1, name: `Fleet at ${name}` })).toBeVisible();
  await page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: /Hosts/ }).click();
  await expect(page).toHaveURL(new RegExp(`/hosts\\?site=${name}`));
  await expect(page.getByText(new RegExp(`^\\d+ hosts at ${name}$`))).toBeVisible();
  const fewer = Number((await page.getByText(new RegExp(`^\\d+ hosts at ${name}$`)).textContent())?.match(/\d+/)?.[0]);
  expect(fewer).toBeLessThan(all);
});
