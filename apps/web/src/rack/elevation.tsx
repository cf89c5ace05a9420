/** One rack's front, drawn with CSS: an ordered list from top to bottom. */

import { stateText } from '../hosts/host-columns.tsx';
import { plain } from '../lib/text.ts';
import type { HostRow, Outputs } from '../lib/trpc.tsx';
import { Mark } from '../ui/mark.tsx';
import { hostMark } from '../ui/marks.ts';
import { type Slot, slots, unitText } from './layout.ts';
import { unitView } from './unit-view.ts';

/** A rack as the API gives it. */
export type Rack = Outputs['racks']['site']['racks'][number];

type Thing = { host: HostRow } | { device: Rack['devices'][number] };

/** Names a host in the URL and among the cells. */
export function hostKey({ namespace, name }: { namespace: string; name: string }): string {
  return `${namespace}/${name}`;
}

/** The slots of a rack; hosts come after devices, so that a host on a switch's unit is told rather than hidden. */
export function rackSlots(rack: Rack) {
  const devices = rack.devices.map((device) => ({ thing: { device } as Thing, unit: device.unit, height: device.height }));
  const hosts = rack.hosts.map((host) => ({ thing: { host } as Thing, unit: host.unit ?? 0, height: 1 }));
  return slots(rack.units, rack.order, [...devices, ...hosts]);
}

interface ElevationProps {
  rack: Rack;
  now: number;
  /** Words of the legend that stay lit; empty = all. */
  lit: ReadonlySet<string>;
  selected: string | null;
  /** The one host of the row that Tab reaches. */
  tabStop: string | null;
  onSelect: (key: string) => void;
}

/** The drawing. */
export function Elevation({ rack, now, lit, selected, tabStop, onSelect }: ElevationProps) {
  const { slots: made, clashing } = rackSlots(rack);
  const from = rack.order === 'ascending' ? rack.units : 1;
  const numbers = Array.from({ length: rack.units }, (_, index) => (rack.order === 'ascending' ? from - index : from + index));
  return (
    <>
      <div className="rack-body">
        <div className="ladder" aria-hidden="true">
          {numbers.map((unit) => (
            <i key={unit} className={unit % 5 === 0 ? 'five' : ''}>
              {unit}
            </i>
          ))}
        </div>
        <ol
          className="bay"
          aria-label={`${plain(rack.name)}, front, ${rack.units} units`}
          style={{ gridTemplateRows: `repeat(${rack.units}, var(--u))` }}
        >
          {made.map((slot) => (
            <SlotItem
              key={slot.unit}
              slot={slot}
              top={numbers.indexOf(rack.order === 'ascending' ? slot.unit + slot.height - 1 : slot.unit) + 1}
              {...{ now, lit, selected, tabStop, onSelect }}
            />
          ))}
        </ol>
      </div>
      {clashing.length > 0 && (
        <p className="text-2xs text-caution-ink mt-1">
          Not drawn, its unit is taken:{' '}
          {clashing.map(({ thing }) => ('host' in thing ? thing.host.name : thing.device.name)).join(', ')}
        </p>
      )}
    </>
  );
}

type SlotProps = Omit<ElevationProps, 'rack'> & { slot: Slot<Thing>; top: number };

function SlotItem({ slot, top, now, lit, selected, tabStop, onSelect }: SlotProps) {
  const style = { gridRow: `${top} / span ${slot.height}` };
  if (slot.empty) {
    return (
      <li style={style} className="sr-only">
        {unitText(slot.unit, slot.height)}, empty
      </li>
    );
  }
  if ('device' in slot.thing) {
    const { name, kind } = slot.thing.device;
    return (
      <li style={style} className="unit infra" aria-label={`${unitText(slot.unit, slot.height)}, ${plain(name)}, ${kind}`}>
        <span className="label">{plain(name)}</span>
        <span className="right">{kind.replace('-', ' ')}</span>
      </li>
    );
  }
  const { host } = slot.thing;
  const view = unitView(host, now);
  const key = hostKey(host);
  const faded = lit.size > 0 && !lit.has(view.word);
  return (
    <li style={style} className="grid">
      <button
        type="button"
        id={`unit-${key}`}
        className={`unit ${view.ground} ${faded ? 'filtered' : ''}`}
        aria-pressed={key === selected}
        data-selected={key === selected || undefined}
        tabIndex={key === tabStop ? 0 : -1}
        title={`${host.name} · ${stateText(host)}`}
        onClick={() => onSelect(key)}
      >
        <Mark name={view.ground === 'unknown' ? 'unknown' : hostMark(host.state, host.error !== null)} />
        <span className="sr-only">{unitText(slot.unit, slot.height)}, </span>
        <span className="label">{plain(host.name)}</span>
        <span className="sr-only">, {stateText(host)}</span>
        {view.right && (
          <span className="right">
            <span className="sr-only">, </span>
            {plain(view.right)}
          </span>
        )}
        {view.percent !== null && <span className="done" style={{ width: `${view.percent}%` }} />}
      </button>
    </li>
  );
}
