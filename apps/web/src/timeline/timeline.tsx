/** The machine timeline: a row per machine, grouped by what owns it; the sentence directly under the row it explains. */
import Link from 'next/link';
import { paths } from '../lib/paths.ts';
import { middle, plain } from '../lib/text.ts';
import { hourMinute, span } from '../lib/time.ts';
import type { Outputs } from '../lib/trpc.tsx';
import { BecauseBox } from '../ui/because.tsx';
import { Mark } from '../ui/mark.tsx';
import { machineMark } from '../ui/marks.ts';
import { percent, ticks, tickText, type Window, windowOf } from './scale.ts';

type Group = Outputs['clusters']['detail']['groups'][number];
type Machine = Group['machines'][number];
type Stretch = Machine['stretches'][number];

interface TimelineProps {
  groups: readonly Group[];
  now: number;
  /** Where a group is scaled; null where it cannot be. */
  scaleHref: (group: Group) => string | null;
}

/** The timeline of a cluster. */
export function Timeline({ groups, now, scaleHref }: TimelineProps) {
  const machines = groups.flatMap((group) => group.machines);
  const open = machines.some((machine) => machine.stretches.some(({ to }) => to === null));
  const ends = machines.flatMap(({ stretches }) =>
    stretches.flatMap(({ from, to }) => [Date.parse(from), ...(to ? [Date.parse(to)] : [])]),
  );
  const begun = machines.filter((machine) => machine.stretches.at(-1)?.to === null).map(({ createdAt }) => Date.parse(createdAt));
  const window = windowOf([...ends, ...(open || ends.length === 0 ? [now] : [])], open ? Math.min(...begun) : undefined);
  return (
    <div className="tl">
      <Axis window={window} now={open ? now : null} />
      <ol>
        {groups.map((group) => (
          <li key={`${group.kind}/${group.name}`}>
            <GroupHead group={group} href={scaleHref(group)} />
            {group.because && <BecauseBox because={group.because} now={now} />}
            <ol>
              {group.machines.map((machine) => (
                <Row key={machine.name} machine={machine} window={window} now={now} line={open} />
              ))}
            </ol>
          </li>
        ))}
      </ol>
    </div>
  );
}

function Axis({ window, now }: { window: Window; now: number | null }) {
  const at = now === null ? null : percent(window, now);
  return (
    <div className="tl-axis">
      <span>Machine</span>
      <span className="minor">Host</span>
      <span>Phase</span>
      <div className="ticks" aria-hidden="true">
        {ticks(window, 6).map((tick) => {
          const left = percent(window, tick);
          return at !== null && Math.abs(left - at) < 7 ? null : (
            <span key={tick} style={{ left: `${left}%` }}>
              {tickText(window, tick)}
            </span>
          );
        })}
        {at !== null && now !== null && (
          <span className="now" style={{ left: `${at}%` }}>
            {hourMinute(now)}
          </span>
        )}
      </div>
      <span className="text-right">Took, or so far</span>
    </div>
  );
}

function GroupHead({ group, href }: { group: Group; href: string | null }) {
  const { kind, name, ready, desired, version, paused, machines } = group;
  const facts = [`${ready} of ${desired ?? machines.length} ready`, version, paused ? 'paused' : ''].filter(Boolean);
  return (
    <div className="tl-group">
      {paused && <Mark name="paused" label="paused" />}
      <span>
        {kind} {plain(name)}
      </span>
      <span className="q">{facts.join(' · ')}</span>
      <span className="flex-1" />
      {href && (
        <Link className="link font-normal inline-flex items-center min-h-6" href={href} aria-label={`Scale ${plain(name)}`}>
          Scale
        </Link>
      )}
    </div>
  );
}

function Row({ machine, window, now, line }: { machine: Machine; window: Window; now: number; line: boolean }) {
  const { name, phase, host, because, paused } = machine;
  const at = `${percent(window, now)}%`;
  return (
    <li>
      <div className={`tl-row ${because ? 'explained' : ''}`}>
        <div className="flex items-center gap-2 min-w-0 pr-2">
          {paused && <Mark name="paused" label="paused" />}
          <Mark name={machineMark(phase)} size={10} />
          <span className="cond font-medium name" title={plain(name)}>
            <span className="max-mid:hidden">{plain(middle(name, 34))}</span>
            <span className="mid:hidden">{plain(middle(name, 22))}</span>
          </span>
        </div>
        <div className="cond text-ink-2 name minor">
          {host ? (
            <Link className="hover:underline underline-offset-2" href={paths.host(host.namespace, host.name)}>
              {plain(host.name)}
            </Link>
          ) : (
            'none yet'
          )}
        </div>
        <div className={phase === 'Running' ? 'text-ink-2' : ''}>{phase}</div>
        <div
          className={line ? 'tl-track live' : 'tl-track'}
          style={{ '--now': at } as React.CSSProperties}
          role="img"
          aria-label={spoken(machine, now)}
        >
          {machine.stretches.map((stretch) => (
            <Bar key={stretch.phase} stretch={stretch} window={window} now={now} percentDone={machine.progress?.percent} />
          ))}
        </div>
        <div className="text-right text-xs text-ink-2">{took(machine, now)}</div>
      </div>
      {because && <BecauseBox because={because} now={now} />}
    </li>
  );
}

const WORDS: Record<Stretch['phase'], string> = {
  wait: 'waits',
  agent: 'agent',
  image: 'image',
  boot: 'boot',
  join: 'join',
  delete: 'removing',
};

function Bar({
  stretch,
  window,
  now,
  percentDone,
}: {
  stretch: Stretch;
  window: Window;
  now: number;
  percentDone: number | undefined;
}) {
  const left = percent(window, Date.parse(stretch.from));
  const right = percent(window, stretch.to ? Date.parse(stretch.to) : now);
  // Ended before the window began.
  if (right <= 0) return null;
  const width = Math.max(0.3, right - left - 0.15);
  const open = stretch.to === null;
  const waits = stretch.phase === 'wait' || stretch.phase === 'delete';
  const look = waits ? 'wait' : open ? 'now' : stretch.phase;
  const label =
    width < 4
      ? ''
      : open && stretch.phase === 'image' && percentDone !== undefined
        ? `image · ${Math.round(percentDone)} %`
        : width < 12 && waits
          ? ''
          : WORDS[stretch.phase];
  return (
    <b className={`seg-bar ${look}`} style={{ left: `${left}%`, width: `${width}%` }}>
      {waits && label ? <em>{label}</em> : label}
    </b>
  );
}

function ended(machine: Machine): number | null {
  const last = machine.stretches.at(-1);
  return last?.to ? Date.parse(last.to) : null;
}

function took(machine: Machine, now: number): string {
  return span((ended(machine) ?? now) - Date.parse(machine.createdAt), true);
}

/** The row as a sentence: the drawing says nothing that words do not. */
function spoken(machine: Machine, now: number): string {
  return machine.stretches
    .map(
      ({ phase, from, to }) =>
        `${WORDS[phase]} ${span((to ? Date.parse(to) : now) - Date.parse(from), true)}${to ? '' : ' so far'}`,
    )
    .join(', ');
}

/** What the bars mean. */
export function TimelineKey() {
  return (
    <div className="tl-key" aria-hidden="true">
      <span>
        <i className="seg-bar agent" />
        agent, boot
      </span>
      <span>
        <i className="seg-bar image" />
        image
      </span>
      <span>
        <i className="seg-bar join" />
        join
      </span>
      <span>
        <i className="seg-bar now" />
        now
      </span>
      <span>
        <i className="seg-bar wait" />
        waits
      </span>
    </div>
  );
}
