'use client';
/** Scale a MachineDeployment or a control plane: one number, through the same rules as kubectl scale. A refusal stands under the field. */
import { useMutation, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import { paths } from '../lib/paths.ts';
import { plain } from '../lib/text.ts';
import { useTRPC } from '../lib/trpc.tsx';
import { plural } from '../lib/units.ts';
import { Mark } from '../ui/mark.tsx';
import { Title, Waiting } from '../ui/parts.tsx';
import { SCALED } from './scaled.ts';

interface ScaleProps {
  namespace: string;
  cluster: string;
  kind: (typeof SCALED)[number]['kind'];
  name: string;
}

/** The form. */
export function MachinesScale({ namespace, cluster, kind, name }: ScaleProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const group = SCALED.find((one) => one.kind === kind)?.group ?? '';
  const target = { group, kind, namespace, name };
  const back = paths.cluster(namespace, cluster);
  const { data, error } = useQuery(trpc.objects.get.queryOptions(target));
  const [typed, setTyped] = useState<string | null>(null);
  const [wrong, setWrong] = useState('');
  const scale = useMutation(trpc.objects.scale.mutationOptions({ onSuccess: () => router.push(back) }));
  if (!data) return <Waiting error={error} what={name} />;
  const now = (data.spec as { replicas?: number }).replicas ?? 1;
  const value = typed ?? String(now);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const replicas = Number(value);
    const bad = !/^\d{1,4}$/.test(value.trim());
    setWrong(bad ? 'A whole number from 0 is accepted.' : '');
    if (bad) document.getElementById('replicas')?.focus();
    else scale.mutate({ ...target, replicas });
  };
  const refusal = wrong || (scale.error ? refusalOf(scale.error) : '');
  return (
    <>
      <Title name={`Scale ${name}`} state={`${kind} · ${namespace} · ${cluster}`} />
      <form
        onSubmit={submit}
        noValidate
        className="px-6 max-mid:px-3 grid gap-x-6 gap-y-2 mid:grid-cols-[140px_320px] items-start"
        aria-label={`Scale ${plain(name)}`}
      >
        <label htmlFor="replicas" className="text-ink-2 leading-7">
          Replicas
        </label>
        <div>
          <input
            id="replicas"
            className="field w-24"
            inputMode="numeric"
            autoComplete="off"
            value={value}
            onChange={(event) => setTyped(event.target.value)}
            aria-invalid={refusal !== ''}
            aria-describedby="replicas-hint"
          />
          <p id="replicas-hint" className="text-xs mt-1 min-h-4" aria-live="polite">
            {refusal ? (
              <span className="flex gap-2 text-caution-ink">
                <Mark name="degraded" size={12} />
                {plain(refusal)}
              </span>
            ) : (
              <span className="text-ink-3">{effect(now, Number(value))}</span>
            )}
          </p>
        </div>
        <span className="max-mid:hidden" />
        <div className="flex gap-2 mt-2">
          <button type="submit" className="btn pri" aria-disabled={scale.isPending}>
            Scale {plain(name)}
          </button>
          <Link href={back} className="btn">
            Back
          </Link>
        </div>
      </form>
    </>
  );
}

/** What pressing the button would do. */
function effect(now: number, wanted: number): string {
  if (!Number.isInteger(wanted) || wanted === now) return `Now ${now}.`;
  const change = Math.abs(wanted - now);
  return wanted > now
    ? `Now ${now}: ${plural(change, 'host')} will be claimed and imaged.`
    : `Now ${now}: ${plural(change, 'machine')} will be drained, and the disks of their hosts cleaned.`;
}

interface Refused {
  message: string;
  data?: { causes?: { field: string; message: string }[] } | null;
}

/** The server's own words: the field's where it named one. */
function refusalOf({ message, data }: Refused): string {
  const causes = (data?.causes ?? []).map((cause) => `${cause.field}: ${cause.message}`);
  return causes.length > 0 ? causes.join('; ') : message;
}
