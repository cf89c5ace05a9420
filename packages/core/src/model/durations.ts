/**
 * How long servers and nodes take, in seconds of real hardware: the world and the forecast use them, and the simulated datacentre
 * divides them by its speed. From the seed (5 to 15 minutes a server) and Ironic's experience with two-socket rack servers.
 */
export const DURATIONS = {
  /** Power on to the boot device. */
  post: 90,
  /** Kernel and ramdisk of the agent up to its first word. */
  agentBoot: 60,
  inspection: 30,
  /** erase_devices_metadata. */
  eraseMetadata: 20,
  /** Download and write of an image of some GiB at a few hundred MB/s. */
  writeImage: 120,
  installBootloader: 5,
  /** Power on to kubeadm, after POST. */
  osBoot: 60,
  kubeadm: 45,
  /** A joined node's way to Ready once there is a CNI. */
  nodeReady: 15,
} as const;

/** One of the durations. */
export type Duration = keyof typeof DURATIONS;

/** A duration with its spread: from 80 % to 130 %, more often short than long. */
export function lasting(duration: Duration, random: () => number): number {
  return DURATIONS[duration] * (0.8 + 0.5 * random() * random());
}
