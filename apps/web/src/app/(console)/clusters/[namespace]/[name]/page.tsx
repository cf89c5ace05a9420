import type { Metadata } from 'next';
import { ClusterPage } from '../../../../../clusters/cluster-page.tsx';

interface Props {
  params: Promise<{ namespace: string; name: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).name) };
}

export default async function Page({ params }: Props) {
  const { namespace, name } = await params;
  return <ClusterPage namespace={decodeURIComponent(namespace)} name={decodeURIComponent(name)} />;
}
