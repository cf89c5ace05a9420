/** kubeadm.k8s.io/v1beta3: arguments are maps, timeouts sit in two places. Kubernetes 1.22 to 1.30. */
import type { Arg, Component, NodeRegistration } from './inputs.ts';
import { compact, type Dialect } from './kubeadm.ts';

/** Writes v1beta3. */
export const v1beta3: Dialect = {
  apiVersion: 'kubeadm.k8s.io/v1beta3',
  cluster: (configuration, init) => {
    const { apiServer, controllerManager, scheduler, etcd, dns } = configuration;
    const wait = init.timeouts?.controlPlaneComponentHealthCheckSeconds;
    return compact({
      apiServer: compact({
        ...component(apiServer),
        certSANs: apiServer?.certSANs,
        timeoutForControlPlane: wait === undefined ? undefined : `${wait}s`,
      }),
      controllerManager: component(controllerManager),
      scheduler: component(scheduler),
      etcd: etcd?.external
        ? { external: etcd.external }
        : { local: compact({ ...withoutEnvs(etcd?.local), extraArgs: argMap(etcd?.local?.extraArgs) }) },
      dns: dns ?? {},
      certificatesDir: configuration.certificatesDir,
      imageRepository: configuration.imageRepository,
      featureGates: configuration.featureGates,
    });
  },
  init: (init) =>
    compact({
      localAPIEndpoint: init.localAPIEndpoint ?? {},
      nodeRegistration: registration(init.nodeRegistration),
      patches: init.patches,
      skipPhases: init.skipPhases,
    }),
  join: (join) =>
    compact({
      caCertPath: join.caCertPath,
      controlPlane: join.controlPlane,
      discovery: compact({
        ...join.discovery,
        timeout: join.timeouts?.tlsBootstrapSeconds === undefined ? undefined : `${join.timeouts.tlsBootstrapSeconds}s`,
      }),
      nodeRegistration: registration(join.nodeRegistration),
      patches: join.patches,
      skipPhases: join.skipPhases,
    }),
};

function component(of: Component = {}) {
  return compact({ extraArgs: argMap(of.extraArgs), extraVolumes: of.extraVolumes });
}

/** extraEnvs came with v1beta4. */
function withoutEnvs(local: { extraEnvs?: unknown } = {}) {
  const { extraEnvs: _envs, ...rest } = local;
  return rest;
}

function registration(of: NodeRegistration = {}) {
  const { kubeletExtraArgs, imagePullSerial: _serial, ...rest } = of;
  return compact({ ...rest, kubeletExtraArgs: argMap(kubeletExtraArgs) });
}

/** A name given twice: the last one wins, as in a map. */
function argMap(args?: Arg[]): Record<string, string> | undefined {
  if (!args || args.length === 0) return undefined;
  return Object.fromEntries(args.map((arg) => [arg.name, arg.value ?? '']));
}
