/** Every state mark as data: shapes on a 16 grid, strokes of 2, and the tone each is drawn in. Drawn by mark.tsx alone. */

/** A part of a mark: a filled path, a stroked path, a disc or a ring. `cut` is drawn in the colour of the ground, and left out at 8 px. */
export type Part =
  | { fill: string; cut?: true }
  | { line: string; width?: number; cut?: true }
  | { disc: number }
  | { ring: true; dash?: string; offset?: number };

/** How a mark is coloured: `moves` = accent, something is under way; fault and caution alone ask for a person. */
export type Tone = 'mark' | 'quiet' | 'moves' | 'fault' | 'caution';

interface Drawing {
  tone: Tone;
  parts: Part[];
}

const BOX: Part = { line: 'M1 1H15V15H1Z' };
const RING: Part = { ring: true };
const CROSS: Part = { line: 'M2 2L14 14M14 2L2 14', width: 3 };
const DIAMOND: Part[] = [{ fill: 'M8 0L16 8L8 16L0 8Z' }, { fill: 'M7 4H9V9H7ZM7 10.5H9V12.5H7Z', cut: true }];
const STRIPES: Part = { line: 'M1 7L7 1M1 15L15 1M9 15L15 9', width: 2.4 };

/** All marks. Names: host states as kubectl prints them, machine phases with their capitals, then health, power, and what is shared. */
export const MARKS = {
  // Hosts are squares; the fill tells how far they have come.
  unmanaged: { tone: 'mark', parts: [{ fill: 'M1 6H15V10H1Z' }] },
  registering: { tone: 'moves', parts: [{ line: 'M1 6V1H6M10 1H15V6M15 10V15H10M6 15H1V10' }] },
  inspecting: { tone: 'moves', parts: [BOX, { fill: 'M6 1H10V15H6Z' }] },
  preparing: { tone: 'moves', parts: [BOX, { fill: 'M1 6H15V10H1Z' }] },
  available: { tone: 'mark', parts: [BOX] },
  provisioning: { tone: 'moves', parts: [BOX, { fill: 'M1 8H15V15H1Z' }] },
  provisioned: { tone: 'mark', parts: [{ fill: 'M0 0H16V16H0Z' }] },
  deprovisioning: { tone: 'moves', parts: [BOX, { fill: 'M1 1L15 15H1Z' }] },
  'externally provisioned': { tone: 'mark', parts: [{ fill: 'M0 0H8L16 8V16H0Z' }] },
  deleting: { tone: 'mark', parts: [CROSS] },
  error: { tone: 'fault', parts: DIAMOND },
  // Machines and clusters are circles.
  Pending: { tone: 'mark', parts: [{ ring: true, dash: '5.5 5.5', offset: 2.7 }] },
  Provisioning: { tone: 'moves', parts: [RING, { fill: 'M1 8A7 7 0 0 0 15 8Z' }] },
  Provisioned: { tone: 'moves', parts: [RING, { disc: 3 }] },
  Running: { tone: 'mark', parts: [{ disc: 8 }] },
  Deleting: { tone: 'mark', parts: [CROSS] },
  Failed: { tone: 'fault', parts: DIAMOND },
  Unknown: { tone: 'mark', parts: [STRIPES] },
  // Health.
  well: { tone: 'quiet', parts: [{ disc: 4 }] },
  degraded: {
    tone: 'caution',
    parts: [{ fill: 'M8 0.5L16 15H0Z' }, { fill: 'M7 5.5H9V10.5H7ZM7 11.7H9V13.5H7Z', cut: true }],
  },
  failed: { tone: 'fault', parts: DIAMOND },
  unknown: { tone: 'mark', parts: [STRIPES] },
  stale: { tone: 'mark', parts: [RING, { line: 'M8 3.5V8H12' }] },
  paused: { tone: 'mark', parts: [{ fill: 'M2 1H6V15H2ZM10 1H14V15H10Z' }] },
  held: { tone: 'mark', parts: [{ line: 'M5 1H1V15H5M11 1H15V15H11' }, { fill: 'M6 6H10V10H6Z' }] },
  // Power, after IEC 5007 and 5008.
  on: { tone: 'mark', parts: [{ fill: 'M6 0H10V16H6Z' }] },
  off: { tone: 'mark', parts: [RING] },
  // Waiting on its own: a change under way that needs no one.
  applying: { tone: 'moves', parts: [RING, { fill: 'M8 1A7 7 0 0 1 8 15Z' }] },
} as const satisfies Record<string, Drawing>;

/** A mark's name. */
export type MarkName = keyof typeof MARKS;

/** A host's mark by its state; the empty state of a host just created is drawn as registering, a word we do not know as unknown. */
export function hostMark(state: string, error: boolean): MarkName {
  if (error) return 'error';
  if (state === '') return 'registering';
  if (state === 'powering off before delete') return 'deleting';
  return known(state) ?? 'unknown';
}

/** A machine's mark by its phase. */
export function machineMark(phase: string): MarkName {
  if (phase === 'Deleted') return 'Deleting';
  return known(phase) ?? 'Unknown';
}

/** A cluster's mark: a cluster that is provisioned and available is a full disc. */
export function clusterMark(phase: string, available: boolean | null): MarkName {
  if (phase === 'Provisioned') return available === true ? 'Running' : 'Provisioned';
  return machineMark(phase);
}

function known(name: string): MarkName | null {
  return Object.hasOwn(MARKS, name) ? (name as MarkName) : null;
}
