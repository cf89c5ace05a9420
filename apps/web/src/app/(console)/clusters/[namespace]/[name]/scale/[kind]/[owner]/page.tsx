import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { MachinesScale } from '../../../../../../../../forms/machines-scale.tsx';
import { SCALED } from '../../../../../../../../forms/scaled.ts';

interface Props {
  params: Promise<{ namespace: string; name: string; kind: string; owner: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Scale ${decodeURIComponent((await params).owner)}` };
}

export default async function Page({ params }: Props) {
  const { namespace, name, kind, owner } = await params;
  const scaled = SCALED.find(({ plural }) => plural === kind);
  if (!scaled) notFound();
  return (
    <MachinesScale
      namespace={decodeURIComponent(namespace)}
      cluster={decodeURIComponent(name)}
      kind={scaled.kind}
      name={decodeURIComponent(owner)}
    />
  );
}
