/** Kubernetes versions: strict semver with a `v`. */
import semver from 'semver';

/** `1.32.0` → `v1.32.0`; what already has its `v`, or is empty, stays. */
export function withV(version: string): string {
  return version === '' || version.startsWith('v') ? version : `v${version}`;
}

/** What is wrong with a version; undefined = fine. Upstream asks for a `v` and strict semver (`v1.32.0`, `v1.32.0-rc.1`, `v1.32.0+vendor.1`). */
export function versionFault(version: string): string | undefined {
  if (!version.startsWith('v')) return 'must start with v';
  if (!/^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/.test(version)) {
    return 'must be a valid semantic version';
  }
  return semver.valid(version) === null ? 'must be a valid semantic version' : undefined;
}

/** Negative if `a` is older than `b`, positive if newer, 0 if the same or if either is no version. Build metadata does not count. */
export function compareVersions(a: string | undefined, b: string | undefined): number {
  if (!a || !b || !semver.valid(a) || !semver.valid(b)) return 0;
  return semver.compare(a, b);
}

/** Minors from `from` to `to`: `v1.31.4` → `v1.33.0` is 2. NaN for what is no version or another major. */
export function minorDistance(from: string | undefined, to: string | undefined): number {
  const [a, b] = [semver.parse(from), semver.parse(to)];
  return !a || !b || a.major !== b.major ? Number.NaN : b.minor - a.minor;
}
