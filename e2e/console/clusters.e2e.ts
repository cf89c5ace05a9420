import { expect, test } from '@playwright/test';
import { login } from '../support/console.ts';

test.beforeEach(({ page }) => login(page));

test('the list leads to the cluster', async ({ page }) => {
  await page.goto('/clusters');
  const row = page.getByRole('table', { name: 'Clusters' }).getByRole('row', { name: /production/ });
  await expect(row).toContainText('v1.32.0');
  await row.getByRole('link', { name: 'production' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'production' })).toBeVisible();
});

test('machines stand under what owns them, with the time each phase took', async ({ page }) => {
  await page.goto('/clusters/clusters/production');
  await expect(page.getByText('KubeadmControlPlane production-cp')).toBeVisible();
  await expect(page.getByText('MachineDeployment production-workers')).toBeVisible();
  await expect(page.getByRole('img', { name: /image .* join/ }).first()).toBeVisible();
  expect(await page.getByRole('img', { name: /waits|agent/ }).count()).toBeGreaterThanOrEqual(8);
});

test('tabs are URLs', async ({ page }) => {
  await page.goto('/clusters/clusters/production');
  const tabs = page.getByRole('navigation', { name: 'Views of this cluster' });
  await tabs.getByRole('link', { name: /Conditions/ }).click();
  await expect(page).toHaveURL(/tab=conditions/);
  await expect(page.getByRole('table', { name: 'Conditions' }).getByRole('row', { name: /^Available/ })).toBeVisible();
  await tabs.getByRole('link', { name: /Events/ }).click();
  await expect(page.getByRole('table', { name: 'Events' }).or(page.getByText('No events in the last hour.'))).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('table', { name: 'Conditions' })).toBeVisible();
});

test('a cluster that is not there is said to be so', async ({ page }) => {
  await page.goto('/clusters/clusters/nowhere');
  await expect(page.locator('main').getByRole('alert')).toContainText('There is no Cluster clusters/nowhere.');
});

test('a scale the rules refuse is refused under its field; nothing changes', async ({ page }) => {
  await page.goto('/clusters/clusters/production');
  await page.getByRole('link', { name: 'Scale production-cp' }).click();
  await page.getByLabel('Replicas').fill('2');
  await page.getByRole('button', { name: 'Scale production-cp' }).click();
  await expect(page.getByText(/^spec\.replicas: /)).toBeVisible();
  await page.getByRole('link', { name: 'Back' }).click();
  await expect(page.getByText(/\b3 of 3 ready/)).toBeVisible();
});
