/** KubeadmConfigSpec of v1beta1, and its table of moves to the hub. */
import { z } from 'zod';
import { argList, duration, each, type Move } from './convert.ts';
import {
  bootstrapTokenCommon,
  clusterConfigurationCommon,
  discoveryCommon,
  ExternalEtcd,
  HostPathMount,
  LocalApiEndpoint,
  machineSetup,
  Patches,
  Taint,
} from './kubeadm-spec.ts';
import { GoDuration } from './schema.ts';

const text = z.string().optional();
const texts = z.array(z.string()).optional();
const ArgMap = z.record(z.string(), z.string()).optional();
const EnvVar = z.object({ name: z.string(), value: text, valueFrom: z.looseObject({}).optional() });

/** kubeadm's own TypeMeta, which v1beta1 lets through. */
const typeMeta = { apiVersion: text, kind: text };
const component = { extraArgs: ArgMap, extraVolumes: z.array(HostPathMount).optional(), extraEnvs: z.array(EnvVar).optional() };

const NodeRegistration = z.object({
  name: text,
  criSocket: text,
  taints: z.array(Taint).optional(),
  kubeletExtraArgs: ArgMap,
  ignorePreflightErrors: texts,
  imagePullPolicy: text,
  imagePullSerial: z.boolean().optional(),
});

/** KubeadmConfigSpec of v1beta1. */
export const KubeadmConfigSpecV1Beta1 = z.object({
  clusterConfiguration: z
    .object({
      ...typeMeta,
      ...clusterConfigurationCommon,
      networking: z.object({ serviceSubnet: text, podSubnet: text, dnsDomain: text }).optional(),
      kubernetesVersion: text,
      clusterName: text,
      etcd: z
        .object({
          local: z
            .object({
              imageRepository: text,
              imageTag: text,
              dataDir: text,
              extraArgs: ArgMap,
              extraEnvs: component.extraEnvs,
              serverCertSANs: texts,
              peerCertSANs: texts,
            })
            .optional(),
          external: ExternalEtcd.optional(),
        })
        .optional(),
      apiServer: z.object({ ...component, certSANs: texts, timeoutForControlPlane: GoDuration.optional() }).optional(),
      controllerManager: z.object(component).optional(),
      scheduler: z.object(component).optional(),
    })
    .optional(),
  initConfiguration: z
    .object({
      ...typeMeta,
      bootstrapTokens: z.array(z.object({ ...bootstrapTokenCommon, ttl: GoDuration.optional() })).optional(),
      nodeRegistration: NodeRegistration.optional(),
      localAPIEndpoint: LocalApiEndpoint.optional(),
      skipPhases: texts,
      patches: Patches.optional(),
    })
    .optional(),
  joinConfiguration: z
    .object({
      ...typeMeta,
      nodeRegistration: NodeRegistration.optional(),
      caCertPath: text,
      discovery: z.object({ ...discoveryCommon, timeout: GoDuration.optional() }).optional(),
      controlPlane: z.object({ localAPIEndpoint: LocalApiEndpoint.optional() }).optional(),
      skipPhases: texts,
      patches: Patches.optional(),
    })
    .optional(),
  ...machineSetup,
  useExperimentalRetryJoin: z.boolean().optional(),
});

const args = (path: string): Move => ({ old: path, hub: path, as: argList });
const gone = (path: string): Move => ({ old: path, hub: null });

/**
 * Moves of a KubeadmConfigSpec. What v1beta2 no longer has comes from Cluster and Machine alone (networking, version, cluster name) or has
 * been without effect for long (useExperimentalRetryJoin). v1beta1's one API-server timeout becomes the init timeout; v1beta1 has no place
 * for the join one, nor for the other timeouts.
 */
export const KUBEADM_SPEC_MOVES: readonly Move[] = [
  args('clusterConfiguration.apiServer.extraArgs'),
  args('clusterConfiguration.controllerManager.extraArgs'),
  args('clusterConfiguration.scheduler.extraArgs'),
  args('clusterConfiguration.etcd.local.extraArgs'),
  args('initConfiguration.nodeRegistration.kubeletExtraArgs'),
  args('joinConfiguration.nodeRegistration.kubeletExtraArgs'),
  {
    old: 'initConfiguration.bootstrapTokens',
    hub: 'initConfiguration.bootstrapTokens',
    as: each([{ old: 'ttl', hub: 'ttlSeconds', as: duration }]),
  },
  {
    old: 'clusterConfiguration.apiServer.timeoutForControlPlane',
    hub: 'initConfiguration.timeouts.controlPlaneComponentHealthCheckSeconds',
    as: duration,
  },
  { old: 'joinConfiguration.discovery.timeout', hub: 'joinConfiguration.timeouts.tlsBootstrapSeconds', as: duration },
  ...['initConfiguration', 'joinConfiguration'].flatMap((part): Move[] => [
    gone(`${part}.apiVersion`),
    gone(`${part}.kind`),
    { old: null, hub: `${part}.timeouts` },
  ]),
  ...['apiVersion', 'kind', 'networking', 'kubernetesVersion', 'clusterName'].map((field) =>
    gone(`clusterConfiguration.${field}`),
  ),
  gone('useExperimentalRetryJoin'),
];
