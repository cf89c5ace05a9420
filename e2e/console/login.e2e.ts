import { expect, test } from '@playwright/test';
import { login } from '../support/console.ts';

test('a page asked for without a session leads to login, and after it to that page', async ({ page }) => {
  await page.goto('/hosts?state=available');
  await expect(page).toHaveURL(/\/login\?next=%2Fhosts%3Fstate%3Davailable/);
});

test('a wrong password is refused in words that do not tell what was wrong', async ({ page }) => {
  await page.goto('/login');
  await page.locator('form[data-ready]').waitFor();
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByText('Name and password do not belong together.')).toBeVisible();
  await expect(page).toHaveURL(/\/login/);
});

test('the generated first password logs in; logging out ends the session', async ({ page, context }) => {
  await login(page);
  const cookie = (await context.cookies()).find(({ name }) => name.endsWith('slipway'));
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
  await page.getByRole('button', { name: 'admin' }).click();
  await page.getByRole('menuitem', { name: 'Log out' }).click();
  await expect(page).toHaveURL(/\/login/);
  await context.addCookies(cookie ? [cookie] : []);
  await page.goto('/');
  await expect(page).toHaveURL(/\/login/);
});

test('pages run only their own scripts and stand in no frame', async ({ request }) => {
  const { 'content-security-policy': policy = '', ...headers } = (await request.get('/login')).headers();
  expect(policy).toMatch(/script-src 'self' 'nonce-[A-Za-z0-9+/=]+';/);
  expect(policy).toContain("frame-ancestors 'none'");
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'same-origin' });
});
