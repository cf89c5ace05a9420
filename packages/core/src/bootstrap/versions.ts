/** What differs between Kubernetes versions when a node is set up. Pure. */
import { AppError } from '../errors.ts';

/** Major is always 1. Throws `badRequest` on a text that is no version. */
export function minorOf(version: string): number {
  const match = /^v?1\.(\d+)\.\d+/.exec(version);
  if (!match) throw new AppError('badRequest', `${version} is not a Kubernetes version such as v1.32.0`);
  return Number(match[1]);
}

/** kubeadm's configuration API: v1beta3 before 1.31, v1beta4 from then on (as CAPI's KubeadmConfig controller chooses). */
export function kubeadmApi(version: string): 'v1beta3' | 'v1beta4' {
  return minorOf(version) < 31 ? 'v1beta3' : 'v1beta4';
}

/** From 1.29 admin.conf gets its rights only during init; until then only super-admin.conf works (kubeadm 1.29 change log). */
export function hasSuperAdmin(version: string): boolean {
  return minorOf(version) >= 29;
}

/** Feature gates that a kubelet of a joining control plane needs to talk to its own API server (CAPI: >=1.31 <1.36). */
export function defaultFeatureGates(version: string): Record<string, boolean> {
  const minor = minorOf(version);
  return minor >= 31 && minor < 36 ? { ControlPlaneKubeletLocalMode: true } : {};
}
