/** KubeadmConfigSpec of the hub: what KubeadmConfig, its template and KubeadmControlPlane hold. Field names as upstream's v1beta2. */
import { z } from 'zod';
import { Int32, Seconds, Time } from './schema.ts';

const text = z.string().optional();
const flag = z.boolean().optional();
const texts = z.array(z.string()).optional();

/** One command-line argument. A name may come once only while v1beta1, where these are maps, is served. */
export const Arg = z.object({ name: z.string().min(1).max(256), value: z.string().max(1024) });
const Args = z.array(Arg).max(100).optional();

/** A taint of a node. */
export const Taint = z.object({ key: z.string(), value: text, effect: z.string(), timeAdded: Time.optional() });

/** corev1.EnvVar; where a value comes from is passed through unread. */
const EnvVar = z.object({ name: z.string(), value: text, valueFrom: z.looseObject({}).optional() });

export const HostPathMount = z.object({
  name: z.string(),
  hostPath: z.string(),
  mountPath: z.string(),
  readOnly: flag,
  pathType: text,
});

/** What all control-plane components have. */
const component = {
  extraArgs: Args,
  extraVolumes: z.array(HostPathMount).max(100).optional(),
  extraEnvs: z.array(EnvVar).max(100).optional(),
};

/** What ClusterConfiguration has in both versions but for arguments. */
export const clusterConfigurationCommon = {
  controlPlaneEndpoint: text,
  dns: z.object({ imageRepository: text, imageTag: text }).optional(),
  certificatesDir: text,
  imageRepository: text,
  featureGates: z.record(z.string(), z.boolean()).optional(),
  certificateValidityPeriodDays: z.int().min(0).max(1095).optional(),
  caCertificateValidityPeriodDays: z.int().min(0).max(36500).optional(),
  encryptionAlgorithm: z.enum(['ECDSA-P256', 'ECDSA-P384', 'RSA-2048', 'RSA-3072', 'RSA-4096']).optional(),
};

export const ExternalEtcd = z.object({
  endpoints: z.array(z.string()).max(50),
  caFile: z.string(),
  certFile: z.string(),
  keyFile: z.string(),
});

const ClusterConfiguration = z.object({
  ...clusterConfigurationCommon,
  etcd: z
    .object({
      local: z
        .object({
          imageRepository: text,
          imageTag: text,
          dataDir: text,
          extraArgs: Args,
          extraEnvs: component.extraEnvs,
          serverCertSANs: texts,
          peerCertSANs: texts,
        })
        .optional(),
      external: ExternalEtcd.optional(),
    })
    .optional(),
  apiServer: z.object({ ...component, certSANs: texts }).optional(),
  controllerManager: z.object(component).optional(),
  scheduler: z.object(component).optional(),
});

const NodeRegistration = z.object({
  name: text,
  criSocket: text,
  taints: z.array(Taint).max(100).optional(),
  kubeletExtraArgs: Args,
  ignorePreflightErrors: texts,
  imagePullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).optional(),
  imagePullSerial: flag,
});

const Timeouts = z.object({
  controlPlaneComponentHealthCheckSeconds: Seconds.optional(),
  kubeletHealthCheckSeconds: Seconds.optional(),
  kubernetesAPICallSeconds: Seconds.optional(),
  etcdAPICallSeconds: Seconds.optional(),
  tlsBootstrapSeconds: Seconds.optional(),
  discoverySeconds: Seconds.optional(),
});

export const LocalApiEndpoint = z.object({ advertiseAddress: text, bindPort: z.int().min(0).max(65535).optional() });
export const Patches = z.object({ directory: text });

/** What a bootstrap token has in both versions, but for its lifetime. */
export const bootstrapTokenCommon = {
  token: z.string(),
  description: text,
  expires: Time.optional(),
  usages: texts,
  groups: texts,
};

const InitConfiguration = z.object({
  bootstrapTokens: z
    .array(z.object({ ...bootstrapTokenCommon, ttlSeconds: Seconds.optional() }))
    .max(100)
    .optional(),
  nodeRegistration: NodeRegistration.optional(),
  localAPIEndpoint: LocalApiEndpoint.optional(),
  skipPhases: texts,
  patches: Patches.optional(),
  timeouts: Timeouts.optional(),
});

/** How a joining node finds the cluster; the same in both versions but for `timeout`. */
export const discoveryCommon = {
  bootstrapToken: z
    .object({ token: text, apiServerEndpoint: text, caCertHashes: texts, unsafeSkipCAVerification: flag })
    .optional(),
  file: z
    .object({
      kubeConfigPath: z.string(),
      kubeConfig: z
        .object({
          cluster: z
            .object({
              server: text,
              tlsServerName: text,
              insecureSkipTLSVerify: flag,
              certificateAuthorityData: text,
              proxyURL: text,
            })
            .optional(),
          user: z
            .object({
              authProvider: z.object({ name: z.string(), config: z.record(z.string(), z.string()).optional() }).optional(),
              exec: z
                .object({
                  command: z.string(),
                  args: texts,
                  env: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
                  apiVersion: text,
                  provideClusterInfo: flag,
                })
                .optional(),
            })
            .optional(),
        })
        .optional(),
    })
    .optional(),
  tlsBootstrapToken: text,
};

const JoinConfiguration = z.object({
  nodeRegistration: NodeRegistration.optional(),
  caCertPath: text,
  discovery: z.object(discoveryCommon).optional(),
  controlPlane: z.object({ localAPIEndpoint: LocalApiEndpoint.optional() }).optional(),
  skipPhases: texts,
  patches: Patches.optional(),
  timeouts: Timeouts.optional(),
});

const SecretKey = z.object({ secret: z.object({ name: z.string(), key: z.string() }) });

/** What the spec holds besides kubeadm's own configuration: the same in both versions. */
export const machineSetup = {
  files: z
    .array(
      z.object({
        path: z.string().min(1).max(512),
        owner: text,
        permissions: text,
        encoding: z.enum(['base64', 'gzip', 'gzip+base64']).optional(),
        append: flag,
        content: text,
        contentFrom: SecretKey.optional(),
        contentFormat: z.enum(['Raw', 'Template']).optional(),
      }),
    )
    .max(200)
    .optional(),
  diskSetup: z
    .object({
      partitions: z
        .array(
          z.object({
            device: z.string(),
            layout: flag,
            overwrite: flag,
            tableType: z.enum(['mbr', 'gpt']).optional(),
            diskLayout: z.array(z.object({ percentage: z.int().min(1).max(100), partitionType: text })).optional(),
          }),
        )
        .optional(),
      filesystems: z
        .array(
          z.object({
            device: z.string(),
            filesystem: z.string(),
            label: text,
            partition: text,
            overwrite: flag,
            replaceFS: text,
            extraOpts: texts,
          }),
        )
        .optional(),
    })
    .optional(),
  mounts: z.array(z.array(z.string())).max(100).optional(),
  bootCommands: texts,
  preKubeadmCommands: texts,
  postKubeadmCommands: texts,
  users: z
    .array(
      z.object({
        name: z.string().min(1).max(256),
        gecos: text,
        groups: text,
        homeDir: text,
        inactive: flag,
        shell: text,
        passwd: text,
        passwdFrom: SecretKey.optional(),
        primaryGroup: text,
        lockPassword: flag,
        sudo: text,
        sshAuthorizedKeys: texts,
      }),
    )
    .max(100)
    .optional(),
  ntp: z.object({ servers: texts, enabled: flag }).optional(),
  format: z.enum(['cloud-config', 'ignition']).optional(),
  verbosity: Int32.optional(),
  ignition: z.object({ containerLinuxConfig: z.object({ additionalConfig: text, strict: flag }).optional() }).optional(),
};

/** KubeadmConfigSpec of the hub. */
export const KubeadmConfigSpec = z.object({
  clusterConfiguration: ClusterConfiguration.optional(),
  initConfiguration: InitConfiguration.optional(),
  joinConfiguration: JoinConfiguration.optional(),
  ...machineSetup,
});
/** KubeadmConfigSpec of the hub. */
export type KubeadmConfigSpec = z.output<typeof KubeadmConfigSpec>;
