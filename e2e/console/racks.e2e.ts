import { expect, test } from '@playwright/test';
import { login } from '../support/console.ts';

test.beforeEach(async ({ page }) => {
  await login(page);
  await page.goto('/racks');
  await page.locator('main').getByRole('heading', { level: 2 }).getByRole('link').last().click();
  await expect(page.getByRole('list', { name: /front, \d+ units/ }).first()).toBeVisible();
});

test('each host hangs at its unit, with its state in words', async ({ page }) => {
  const first = page.getByRole('list', { name: /front/ }).first();
  await expect(first.getByRole('button', { name: /^U\d+, \S+ ?, / }).first()).toBeVisible();
  await expect(first.getByRole('listitem').filter({ hasText: 'empty' }).first()).toBeAttached();
});

test('a chosen host is told beside the racks, and stands in the URL', async ({ page }) => {
  const unit = page.getByRole('button', { name: /^U\d+, / }).first();
  const name = (await unit.locator('.label').textContent()) ?? '';
  await unit.click();
  await expect(page.getByRole('complementary', { name: 'Selected host' }).getByRole('heading', { name })).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`host=.*${name}`));
  await page.reload();
  await expect(page.getByRole('complementary').getByRole('heading', { name })).toBeVisible();
});

test('one tab stop, arrows inside', async ({ page }) => {
  await expect(page.locator('.bay button[tabindex="0"]')).toHaveCount(1);
  await page.locator('.bay button[tabindex="0"]').focus();
  const focused = page.locator('.bay button:focus');
  const before = (await focused.getAttribute('id')) ?? '';
  await page.keyboard.press('ArrowDown');
  await expect(focused).not.toHaveAttribute('id', before);
  await page.keyboard.press('ArrowRight');
  const name = (await focused.locator('.label').textContent()) ?? '';
  await expect(page.getByRole('complementary').getByRole('heading', { level: 2 })).toHaveText(name);
});

test('the legend is the filter', async ({ page }) => {
  const legend = page.getByRole('group', { name: 'Show only' });
  const word = legend.getByRole('button').first();
  const shown = Number(await word.locator('b').textContent());
  const units = await page.locator('.bay button').count();
  await word.click();
  await expect(page).toHaveURL(/states=/);
  await expect(page.locator('.bay button.filtered')).toHaveCount(units - shown);
});
