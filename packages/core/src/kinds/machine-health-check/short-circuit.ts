/** Whether remediation is allowed: many sick machines at once mean a switch, a feed or a mistake, and replacing them would make it worse. */
import { resolveIntOrPercent } from '../shared/fields.ts';
import type { MachineHealthCheckSpec } from './kind.ts';

/** What the short circuit says. */
export interface Allowance {
  allowed: boolean;
  /** How many more may become unhealthy. */
  remediationsAllowed: number;
  /** Upstream's text where it is not allowed. */
  message: string;
}

/** `total` machines are watched, `healthy` of them are known to be well. The range counts before the limit; percentages round down. */
export function allowance(remediation: MachineHealthCheckSpec['remediation'], total: number, healthy: number): Allowance {
  const unhealthy = total - healthy;
  const { unhealthyInRange: range, unhealthyLessThanOrEqualTo: limit = '100%' } = remediation?.triggerIf ?? {};
  const most = range === undefined ? resolveIntOrPercent(limit, total, 'down') : Number(range.slice(1, -1).split('-')[1]);
  const least = range === undefined ? 0 : Number(range.slice(1, -1).split('-')[0]);
  if (unhealthy >= least && unhealthy <= most) return { allowed: true, remediationsAllowed: most - unhealthy, message: '' };
  const why =
    range === undefined
      ? `exceeds maxUnhealthy (total: ${total}, unhealthy: ${unhealthy}, maxUnhealthy: ${limit})`
      : `does not fall within the range (total: ${total}, unhealthy: ${unhealthy}, unhealthyRange: ${range})`;
  const message = `Remediation is not allowed, the number of not started or unhealthy machines ${why}`;
  return { allowed: false, remediationsAllowed: 0, message };
}
