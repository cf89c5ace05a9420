import type { Metadata } from 'next';
import { SitePage } from '../../../../rack/site-page.tsx';

interface Props {
  params: Promise<{ site: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Racks of ${decodeURIComponent((await params).site)}` };
}

export default async function Page({ params }: Props) {
  return <SitePage site={decodeURIComponent((await params).site)} />;
}
