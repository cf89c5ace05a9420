/** Hosts by state as one bar: greys for what is well, accent for what moves, the fault's own hue for errors. Words stand beside it. */

const ORDER = [
  'error',
  'registering',
  'inspecting',
  'preparing',
  'provisioning',
  'deprovisioning',
  'provisioned',
  'externally provisioned',
  'available',
  'unmanaged',
];
const FILL: Record<string, string> = {
  error: 'var(--fault)',
  provisioned: 'var(--mark)',
  'externally provisioned': 'var(--mark)',
  available: 'var(--surface-3)',
  unmanaged: 'var(--surface-3)',
};

interface Part {
  word: string;
  count: number;
}

/** The bar; decoration for a screen reader, which gets the words. */
export function StateBar({ states, total }: { states: readonly Part[]; total: number }) {
  const rank = ({ word }: Part) => (ORDER.indexOf(word) + ORDER.length + 1) % (ORDER.length + 1);
  const sorted = [...states].sort((a, b) => rank(a) - rank(b));
  return (
    <span className="flex w-[180px] h-2 gap-px" aria-hidden="true">
      {sorted.map(({ word, count }) => (
        <span
          key={word}
          title={`${count} ${word}`}
          className={word === 'available' || word === 'unmanaged' ? 'border border-line-2' : ''}
          style={{ width: `${(100 * count) / Math.max(1, total)}%`, background: FILL[word] ?? 'var(--accent)' }}
        />
      ))}
    </span>
  );
}
