/** Where things stand in a rack, and where the arrow keys lead. Pure. */

/** What fills units of a rack. `unit` is the lowest one. */
export interface Placed<Thing> {
  thing: Thing;
  unit: number;
  height: number;
}

/** A run of the rack from top to bottom: something, or nothing. */
export type Slot<Thing> = ({ empty: false } & Placed<Thing>) | { empty: true; unit: number; height: number };

/** All units from top to bottom. Of two things in one unit the first one given stands there; the others come back as `clashing`. */
export function slots<Thing>(units: number, order: 'ascending' | 'descending', things: readonly Placed<Thing>[]) {
  const taken = new Map<number, Placed<Thing>>();
  const clashing: Placed<Thing>[] = [];
  for (const placed of things) {
    const span = Array.from({ length: placed.height }, (_, index) => placed.unit + index);
    if (span.some((unit) => taken.has(unit) || unit < 1 || unit > units)) clashing.push(placed);
    else for (const unit of span) taken.set(unit, placed);
  }
  const rows = Array.from({ length: units }, (_, index) => (order === 'ascending' ? units - index : index + 1));
  const made: Slot<Thing>[] = [];
  for (const unit of rows) {
    const placed = taken.get(unit);
    const last = made.at(-1);
    if (placed) {
      if (!last || last.empty || last.thing !== placed.thing) made.push({ empty: false, ...placed });
    } else if (last?.empty) {
      last.height += 1;
      last.unit = Math.min(last.unit, unit);
    } else made.push({ empty: true, unit, height: 1 });
  }
  return { slots: made, clashing };
}

/** `U17`, `U26–27`, `U5–9`. */
export function unitText(unit: number, height: number): string {
  return height === 1 ? `U${unit}` : `U${unit}–${unit + height - 1}`;
}

/** A host by its place, for the keyboard. */
export interface Cell {
  key: string;
  rack: number;
  unit: number;
}

/** The next cell in a direction: up and down within the rack, left and right to the nearest unit of the next rack that has hosts. */
export function step(cells: readonly Cell[], from: string, direction: 'up' | 'down' | 'left' | 'right'): string {
  const here = cells.find(({ key }) => key === from) ?? cells[0];
  if (!here) return from;
  if (direction === 'up' || direction === 'down') {
    const column = cells.filter(({ rack }) => rack === here.rack);
    const index = column.indexOf(here) + (direction === 'down' ? 1 : -1);
    return column[index]?.key ?? here.key;
  }
  const side = direction === 'right' ? 1 : -1;
  const racks = [...new Set(cells.map(({ rack }) => rack))].sort((a, b) => side * (a - b));
  const rack = racks.find((one) => side * (one - here.rack) > 0);
  const near = cells
    .filter((cell) => cell.rack === rack)
    .sort((a, b) => Math.abs(a.unit - here.unit) - Math.abs(b.unit - here.unit));
  return near[0]?.key ?? here.key;
}
