/** Times and ages as the console writes them (DESIGN-LANGUAGE section 14). All take `now`, so that they can be tested and tick together. */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `14:09:41` today, `22 Nov 14:09` this year, else `2025-11-22 14:09`; the reader's own zone. */
export function clock(iso: string, now: number): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return '–';
  const today = new Date(now);
  const hm = `${two(at.getHours())}:${two(at.getMinutes())}`;
  if (at.toDateString() === today.toDateString()) return `${hm}:${two(at.getSeconds())}`;
  if (at.getFullYear() === today.getFullYear()) return `${at.getDate()} ${MONTHS[at.getMonth()]} ${hm}`;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${hm}`;
}

/** `HH:MM`, for axes. */
export function hourMinute(ms: number): string {
  const at = new Date(ms);
  return `${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** An age as kubectl prints it: `45s`, `22m`, `3d9h` (apimachinery duration.HumanDuration). */
export function age(iso: string | undefined, now: number): string {
  if (!iso) return '–';
  const seconds = Math.max(0, Math.floor((now - Date.parse(iso)) / 1000));
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return join(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return join(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (hours < 192) return join(days, 'd', hours % 24, 'h');
  if (days < 730) return `${days}d`;
  return join(Math.floor(days / 365), 'y', days % 365, 'd');
}

/** A span in a sentence: `22 m`, `8 m 24 s`, `2 h 5 m`, `3 d 9 h`. Seconds only below an hour, and only where `exact`. */
export function span(ms: number, exact = false): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return exact ? `${minutes} m ${two(seconds % 60)} s` : `${minutes} m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} m`;
  return hours % 24 === 0 ? `${Math.floor(hours / 24)} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

function join(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit}${small}${smallUnit}`;
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}
