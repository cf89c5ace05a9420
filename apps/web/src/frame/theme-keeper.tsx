'use client';
/** Applies the theme chosen in this browser before the page is painted anew. */
import { useLayoutEffect } from 'react';
import { applyKeptTheme } from '../lib/theme.ts';

/** Draws nothing. */
export function ThemeKeeper() {
  useLayoutEffect(applyKeptTheme, []);
  return null;
}
