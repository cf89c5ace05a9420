import '@fontsource/ibm-plex-sans/400.css';
import '@fontsource/ibm-plex-sans/500.css';
import '@fontsource/ibm-plex-sans/600.css';
import '@fontsource/ibm-plex-sans-condensed/400.css';
import '@fontsource/ibm-plex-sans-condensed/500.css';
import '@fontsource/ibm-plex-sans-condensed/600.css';
import '@fontsource/ibm-plex-mono/400.css';
import './globals.css';
import type { Metadata, Viewport } from 'next';
import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import { ThemeKeeper } from '../frame/theme-keeper.tsx';

export const metadata: Metadata = { title: { default: 'Slipway', template: '%s · Slipway' } };
export const viewport: Viewport = { width: 'device-width', initialScale: 1 };

/** Every page is rendered per request: only so can its scripts carry the nonce of its Content-Security-Policy. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  await headers();
  return (
    <html lang="en" suppressHydrationWarning>
      <body>
        <ThemeKeeper />
        {children}
      </body>
    </html>
  );
}
