/** Rules of a KubeadmControlPlane: what it may be, and what may change. */
import type { FieldError } from '../../errors.ts';
import { checkNaming, checkVersion, forbidden, immutable, invalid } from '../shared/fields.ts';
import { checkKubeadmSpec } from '../shared/kubeadm-checks.ts';
import type { KubeadmConfigSpec } from '../shared/kubeadm-spec.ts';
import { compareVersions, minorDistance } from '../shared/versions.ts';

/** The part of the spec that rules look at. */
interface Spec {
  replicas?: number;
  version: string;
  kubeadmConfigSpec?: KubeadmConfigSpec;
  rollout?: {
    before?: { certificatesExpiryDays?: number };
    strategy?: { rollingUpdate?: { maxSurge?: number | string } };
  };
  machineNaming?: { template?: string };
}

/** What its machines are at, as far as rules look. */
interface Status {
  /** The lowest of its machines. */
  version?: string | undefined;
  versions?: { version: string }[] | undefined;
}

/** How long a cluster's CA is valid if nobody says so: ten years. */
const CA_DAYS = 3650;

/** Rules on a spec by itself. Reached through /scale as well, for a scaled object is validated whole. */
export function checkControlPlane(spec: Spec): FieldError[] {
  return [
    ...checkReplicas(spec),
    ...checkVersion('spec.version', spec.version),
    ...checkSurge(spec),
    ...checkCertificates(spec),
    ...checkNaming('spec.machineNaming.template', spec.machineNaming?.template, 'kubeadmControlPlane'),
    ...checkKubeadmSpec('spec.kubeadmConfigSpec', spec.kubeadmConfigSpec),
  ];
}

/** Rules on a change: versions step by step and never back; what is baked into the cluster stays. */
export function checkControlPlaneChange(was: Spec, is: Spec, status: Status | undefined): FieldError[] {
  return [...checkVersionStep(was.version, is.version, status), ...checkBakedIn(was, is), ...checkEtcdKind(was, is)];
}

function checkReplicas({ replicas = 1, kubeadmConfigSpec }: Spec): FieldError[] {
  if (replicas <= 0) return [forbidden('spec.replicas', 'cannot be less than or equal to 0')];
  if (replicas % 2 === 0 && !kubeadmConfigSpec?.clusterConfiguration?.etcd?.external) {
    return [forbidden('spec.replicas', 'cannot be an even number when etcd is stacked')];
  }
  return [];
}

function checkSurge({ replicas = 1, rollout }: Spec): FieldError[] {
  const at = 'spec.rollout.strategy.rollingUpdate';
  const surge = rollout?.strategy?.rollingUpdate?.maxSurge;
  if (surge === undefined) return [];
  if (Number(surge) !== 0 && Number(surge) !== 1) return [invalid(`${at}.maxSurge`, surge, 'value must be 1 or 0')];
  if (Number(surge) === 0 && replicas < 3) {
    return [
      invalid(
        at,
        { maxSurge: surge },
        'maxSurge 0 removes a machine before its successor exists: that needs at least 3 replicas',
      ),
    ];
  }
  return [];
}

function checkCertificates({ kubeadmConfigSpec, rollout }: Spec): FieldError[] {
  const { certificateValidityPeriodDays: days, caCertificateValidityPeriodDays: ca } =
    kubeadmConfigSpec?.clusterConfiguration ?? {};
  if (!days) return [];
  const errors: FieldError[] = [];
  const most = ca || CA_DAYS;
  if (days > most) {
    const field = 'spec.kubeadmConfigSpec.clusterConfiguration.certificateValidityPeriodDays';
    errors.push(invalid(field, days, `must be less than or equal to caCertificateValidityPeriodDays (${most})`));
  }
  const before = rollout?.before?.certificatesExpiryDays;
  if (before && before >= days) {
    const field = 'spec.rollout.before.certificatesExpiryDays';
    errors.push(invalid(field, before, `must be less than certificateValidityPeriodDays (${days})`));
  }
  return errors;
}

/** A wish that no machine has followed yet may be taken back (a version without image): what counts is what the machines are at. */
function checkVersionStep(was: string, is: string, { version, versions }: Status = {}): FieldError[] {
  if (was === is) return [];
  const above = (versions ?? []).map((each) => each.version).filter((each) => compareVersions(is, each) < 0);
  if (above.length > 0) {
    return [forbidden('spec.version', `cannot go back from ${above.at(-1)} to ${is}: Kubernetes has no downgrade`)];
  }
  const lowest = version ?? was;
  if (minorDistance(lowest, is) >= 2) {
    const message = `cannot update Kubernetes version from ${lowest} to ${is}: go one minor version at a time`;
    return [forbidden('spec.version', message)];
  }
  return [];
}

/** Fields of ClusterConfiguration that live in the running cluster and cannot be rolled out machine by machine. */
const BAKED_IN = ['controlPlaneEndpoint', 'certificatesDir', 'caCertificateValidityPeriodDays'] as const;

function checkBakedIn(was: Spec, is: Spec): FieldError[] {
  const [a, b] = [was.kubeadmConfigSpec?.clusterConfiguration, is.kubeadmConfigSpec?.clusterConfiguration];
  return BAKED_IN.flatMap((name) => immutable(`spec.kubeadmConfigSpec.clusterConfiguration.${name}`, a?.[name], b?.[name])).map(
    ({ field }) => forbidden(field, 'cannot be modified'),
  );
}

function checkEtcdKind(was: Spec, is: Spec): FieldError[] {
  const external = (spec: Spec) => spec.kubeadmConfigSpec?.clusterConfiguration?.etcd?.external !== undefined;
  if (external(was) === external(is)) return [];
  return [
    forbidden('spec.kubeadmConfigSpec.clusterConfiguration.etcd.external', 'cannot change between external and local etcd'),
  ];
}
