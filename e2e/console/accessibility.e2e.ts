import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { allPages, login } from '../support/console.ts';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

for (const scheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on any page, ${scheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await page.goto('/login');
    await page.locator('form[data-ready]').waitFor();
    const found = [{ name: 'login', violations: await violations(page) }];
    await login(page);
    for (const { name, path } of await allPages(page)) {
      await page.goto(path);
      await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
      await expect(page.getByText(/^Live/)).toBeVisible();
      found.push({ name, violations: await violations(page) });
    }
    expect(found.filter(({ violations: of }) => of.length > 0)).toEqual([]);
  });
}

async function violations(page: Parameters<typeof login>[0]): Promise<string[]> {
  const { violations: of } = await new AxeBuilder({ page }).withTags(RULES).analyze();
  return of.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .slice(0, 3)
        .map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary}`)
        .join(' | ')}`,
  );
}

for (const width of [375, 1440, 1920]) {
  test(`nothing is wider than a screen of ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 812 });
    await login(page);
    const wide: string[] = [];
    for (const { name, path } of await allPages(page)) {
      await page.goto(path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      if (await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth')) wide.push(name);
    }
    expect(wide).toEqual([]);
  });
}
