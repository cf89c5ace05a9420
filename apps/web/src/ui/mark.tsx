/** The one place where marks are drawn. */
import { MARKS, type MarkName, type Part } from './marks.ts';

/** A state mark. The word always stands beside it, so it is hidden from screen readers unless `label` is given. */
export function Mark({ name, size = 8, label }: { name: MarkName; size?: number; label?: string }) {
  const { tone, parts } = MARKS[name];
  const common = { className: `m ${tone}`, width: size, height: size, viewBox: '0 0 16 16' };
  const drawn = parts.map((part: Part) => <Shape key={JSON.stringify(part)} part={part} small={size < 10} />);
  if (!label) {
    return (
      <svg {...common} aria-hidden="true">
        {drawn}
      </svg>
    );
  }
  return (
    <svg {...common} role="img" aria-label={label}>
      <title>{label}</title>
      {drawn}
    </svg>
  );
}

function Shape({ part, small }: { part: Part; small: boolean }) {
  if ('cut' in part && small) return null;
  if ('fill' in part) return <path d={part.fill} fill={part.cut ? 'var(--cut, var(--surface-1))' : 'currentColor'} />;
  if ('line' in part) return <path d={part.line} fill="none" stroke="currentColor" strokeWidth={part.width ?? 2} />;
  if ('disc' in part) return <circle cx="8" cy="8" r={part.disc} fill="currentColor" />;
  return (
    <circle
      cx="8"
      cy="8"
      r="7"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeDasharray={part.dash}
      strokeDashoffset={part.offset}
    />
  );
}

/** The product's own sign: three slipways. */
export function Sign() {
  return (
    <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
      <path d="M1 3H9L7.6 6H0Z M4.2 7.5H12.2L10.8 10.5H2.8Z M7.4 12H17L15.6 15H6Z" fill="currentColor" />
    </svg>
  );
}
