import type { Metadata } from 'next';
import { SitesPage } from '../../../rack/sites-page.tsx';

export const metadata: Metadata = { title: 'Racks' };

export default function Page() {
  return <SitesPage />;
}
