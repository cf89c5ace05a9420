import { expect, test } from '@playwright/test';
import { login } from '../support/console.ts';

test.beforeEach(({ page }) => login(page));

const rows = 'tbody tr';

test('filters live in the URL, and what they hide is said', async ({ page }) => {
  await page.goto('/hosts');
  const table = page.getByRole('table', { name: 'Hosts' });
  await expect(table.locator(rows).first()).toBeVisible();
  const all = await table.locator(rows).count();

  await page
    .getByRole('group', { name: 'State' })
    .getByRole('button', { name: /^provisioned/ })
    .click();
  await expect(page).toHaveURL(/state=provisioned/);
  await expect(page.getByText(/hidden: \d+ by state/)).toBeVisible();
  expect(await table.locator(rows).count()).toBeLessThan(all);

  await page.getByLabel('Label selector').fill('role=control-plane');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/labels=role%3Dcontrol-plane/);
  await expect(page.getByText(/hidden: \d+ by state, \d+ by labels/)).toBeVisible();

  await page.reload();
  await expect(page.getByLabel('Label selector')).toHaveValue('role=control-plane');
  await expect(page.getByRole('button', { name: /^provisioned/ })).toHaveAttribute('aria-pressed', 'true');
});

test('text that matches nothing says so, and offers to clear', async ({ page }) => {
  await page.goto('/hosts?text=no-such-host-anywhere');
  await expect(page.getByText('No host matches.')).toBeVisible();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(page.getByRole('table', { name: 'Hosts' }).locator(rows).first()).toBeVisible();
});

test('a bad label selector is refused in words', async ({ page }) => {
  await page.goto('/hosts?labels=role%20in%20(');
  await expect(page.locator('main').getByRole('alert')).toBeVisible();
});

test('sorting by age turns round on a second press', async ({ page }) => {
  await page.goto('/hosts');
  await page.getByRole('button', { name: 'Age' }).click();
  await expect(page).toHaveURL(/sort=age/);
  await page.getByRole('button', { name: 'Age' }).click();
  await expect(page).toHaveURL(/sort=-age/);
  await expect(page.getByRole('columnheader', { name: 'Age' })).toHaveAttribute('aria-sort', 'descending');
});

test('a host shows its hardware, its life and what was done to it', async ({ page }) => {
  await page.goto('/hosts?state=provisioned&text=production');
  const link = page.getByRole('table', { name: 'Hosts' }).getByRole('rowheader').getByRole('link').first();
  const name = (await link.textContent()) ?? '';
  await link.click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await expect(page.getByRole('list', { name: 'Life of this host' })).toContainText('inspecting');
  await expect(page.getByRole('table', { name: 'Disks' }).locator(rows).first()).toBeVisible();
  await expect(page.getByRole('table', { name: 'Network interfaces' })).toContainText('boot');
  await page.getByRole('navigation', { name: 'Views of this host' }).getByRole('link', { name: 'History' }).click();
  await expect(page).toHaveURL(/tab=history/);
  await expect(page.getByRole('table', { name: 'Operations' })).toContainText('agent.writeImage');
  await page.getByRole('link', { name: 'YAML' }).click();
  const yaml = page.getByRole('region', { name: `YAML of ${name}` });
  await expect(yaml).toContainText('kind: BareMetalHost');
  await expect(yaml).not.toContainText('managedFields');
});

test('`/` finds hosts', async ({ page }) => {
  await page.keyboard.press('/');
  await page.keyboard.type('production');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/hosts\?text=production/);
});
