/** The list of kinds: a table of contents. Browser-safe. A kind that is not finished is not here. */
import type { AnyKind } from '../registry/define-kind.ts';
import { BareMetalHost } from './bare-metal-host/kind.ts';
import { Cluster } from './cluster/kind.ts';
import { ConfigMap } from './config-map/kind.ts';
import { Event } from './event/kind.ts';
import { HardwareData } from './hardware-data/kind.ts';
import { HostDeployPolicy } from './host-deploy-policy/kind.ts';
import { KubeadmConfig } from './kubeadm-config/kind.ts';
import { KubeadmConfigTemplate } from './kubeadm-config-template/kind.ts';
import { KubeadmControlPlane } from './kubeadm-control-plane/kind.ts';
import { Machine } from './machine/kind.ts';
import { MachineDeployment } from './machine-deployment/kind.ts';
import { MachineHealthCheck } from './machine-health-check/kind.ts';
import { MachineSet } from './machine-set/kind.ts';
import { Metal3Cluster } from './metal3-cluster/kind.ts';
import { Metal3Machine } from './metal3-machine/kind.ts';
import { Metal3MachineTemplate } from './metal3-machine-template/kind.ts';
import { Namespace } from './namespace/kind.ts';
import { OSImage } from './os-image/kind.ts';
import { Rack } from './rack/kind.ts';
import { Secret } from './secret/kind.ts';
import { Site } from './site/kind.ts';

/** Every kind that is served. */
export const KINDS: readonly AnyKind[] = [
  Namespace,
  Secret,
  ConfigMap,
  Event,
  Cluster,
  MachineDeployment,
  MachineSet,
  Machine,
  MachineHealthCheck,
  KubeadmControlPlane,
  KubeadmConfig,
  KubeadmConfigTemplate,
  Metal3Cluster,
  Metal3Machine,
  Metal3MachineTemplate,
  BareMetalHost,
  HardwareData,
  HostDeployPolicy,
  Site,
  Rack,
  OSImage,
];
