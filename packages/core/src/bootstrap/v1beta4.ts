/** kubeadm.k8s.io/v1beta4: arguments are lists, all timeouts in one place. From Kubernetes 1.31. */
import type { Arg, Component, NodeRegistration, Timeouts } from './inputs.ts';
import { compact, type Dialect } from './kubeadm.ts';

/** Writes v1beta4. */
export const v1beta4: Dialect = {
  apiVersion: 'kubeadm.k8s.io/v1beta4',
  cluster: (configuration) => {
    const { apiServer, controllerManager, scheduler, etcd, dns, ...rest } = configuration;
    const { certificateValidityPeriodDays: days, caCertificateValidityPeriodDays: caDays } = configuration;
    return compact({
      apiServer: compact({ ...component(apiServer), certSANs: apiServer?.certSANs }),
      controllerManager: component(controllerManager),
      scheduler: component(scheduler),
      etcd: etcd?.external
        ? { external: etcd.external }
        : { local: compact({ ...etcd?.local, extraArgs: argList(etcd?.local?.extraArgs) }) },
      dns: dns ?? {},
      certificatesDir: rest.certificatesDir,
      imageRepository: rest.imageRepository,
      featureGates: rest.featureGates,
      encryptionAlgorithm: rest.encryptionAlgorithm,
      certificateValidityPeriod: days === undefined ? undefined : `${days * 24}h0m0s`,
      caCertificateValidityPeriod: caDays === undefined ? undefined : `${caDays * 24}h0m0s`,
    });
  },
  init: (init) =>
    compact({
      localAPIEndpoint: init.localAPIEndpoint ?? {},
      nodeRegistration: registration(init.nodeRegistration),
      patches: init.patches,
      skipPhases: init.skipPhases,
      timeouts: timeouts(init.timeouts),
    }),
  join: (join) =>
    compact({
      caCertPath: join.caCertPath,
      controlPlane: join.controlPlane,
      discovery: join.discovery,
      nodeRegistration: registration(join.nodeRegistration),
      patches: join.patches,
      skipPhases: join.skipPhases,
      timeouts: timeouts(join.timeouts),
    }),
};

function component(of: Component = {}) {
  return compact({ extraArgs: argList(of.extraArgs), extraEnvs: of.extraEnvs, extraVolumes: of.extraVolumes });
}

function registration(of: NodeRegistration = {}) {
  return compact({ ...of, kubeletExtraArgs: argList(of.kubeletExtraArgs) });
}

function argList(args?: Arg[]): { name: string; value: string }[] | undefined {
  return args && args.length > 0 ? args.map(({ name, value }) => ({ name, value: value ?? '' })) : undefined;
}

function timeouts(of?: Timeouts): Record<string, string> | undefined {
  if (!of) return undefined;
  const named = {
    controlPlaneComponentHealthCheck: of.controlPlaneComponentHealthCheckSeconds,
    discovery: of.discoverySeconds,
    etcdAPICall: of.etcdAPICallSeconds,
    kubeletHealthCheck: of.kubeletHealthCheckSeconds,
    kubernetesAPICall: of.kubernetesAPICallSeconds,
    tlsBootstrap: of.tlsBootstrapSeconds,
  };
  return Object.fromEntries(
    Object.entries(named)
      .filter((entry): entry is [string, number] => entry[1] !== undefined)
      .map(([name, seconds]) => [name, `${seconds}s`]),
  );
}
