'use client';
/** Light, dark, or what the system says; kept in this browser. */
import { useEffect, useState } from 'react';

/** The choices. */
export const THEMES = ['system', 'light', 'dark'] as const;
/** A choice. */
export type Theme = (typeof THEMES)[number];

const KEY = 'slipway-theme';

function kept(): Theme {
  const value = localStorage.getItem(KEY);
  return THEMES.find((theme) => theme === value) ?? 'system';
}

/** The theme and how to change it. Applied to <html data-theme>. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>('system');
  useEffect(() => setTheme(kept()), []);
  const choose = (next: Theme) => {
    if (next === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, next);
    apply(next);
    setTheme(next);
  };
  return [theme, choose];
}

/** Puts the kept theme onto the page; called once per load. */
export function applyKeptTheme(): void {
  apply(kept());
}

function apply(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
