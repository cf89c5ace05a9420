/** Rules of a KubeadmConfigSpec, and the warnings for what kubelet will refuse. */
import { isRefusedByKubelet, parseNodeLabels } from '../../bootstrap/labels.ts';
import type { FieldError } from '../../errors.ts';
import { forbidden, invalid, required } from './fields.ts';
import type { KubeadmConfigSpec } from './kubeadm-spec.ts';

/** Rules of a KubeadmConfigSpec at `field`. */
export function checkKubeadmSpec(field: string, spec: KubeadmConfigSpec | undefined): FieldError[] {
  if (!spec) return [];
  return [
    ...checkFiles(`${field}.files`, spec.files ?? []),
    ...checkUsers(`${field}.users`, spec.users ?? []),
    ...checkFormat(field, spec),
    ...checkEtcd(`${field}.clusterConfiguration.etcd`, spec.clusterConfiguration?.etcd),
    ...argumentsOf(spec).flatMap(([path, args]) => checkArguments(`${field}.${path}`, args)),
  ];
}

/** Warnings for node labels that kubelet may not give itself. The object is kept as written; they are left out when it is rendered. */
export function kubeadmWarnings(field: string, spec: KubeadmConfigSpec | undefined): string[] {
  const warnings: string[] = [];
  for (const part of ['initConfiguration', 'joinConfiguration'] as const) {
    const args = spec?.[part]?.nodeRegistration?.kubeletExtraArgs ?? [];
    for (const { name, value } of args) {
      if (name !== 'node-labels') continue;
      const refused = parseNodeLabels(value)
        .map((label) => label.key)
        .filter(isRefusedByKubelet);
      if (refused.length === 0) continue;
      warnings.push(
        `${field}.${part}.nodeRegistration.kubeletExtraArgs[node-labels]: kubelet refuses to label its own node with ` +
          `${refused.join(', ')}, so this is left out of its arguments; kubeadm labels control-plane nodes itself, ` +
          "and other roles go into the Machine's labels",
      );
    }
  }
  return warnings;
}

type Files = NonNullable<KubeadmConfigSpec['files']>;

function checkFiles(field: string, files: Files): FieldError[] {
  const paths = new Set<string>();
  return files.flatMap((file, index) => {
    const at = `${field}[${index}]`;
    const errors: FieldError[] = [];
    if (file.content && file.contentFrom) errors.push(invalid(at, file.path, 'only one of content and contentFrom can be given'));
    if (file.contentFrom && !file.contentFrom.secret.name)
      errors.push(required(`${at}.contentFrom.secret.name`, 'name the Secret'));
    if (file.contentFrom && !file.contentFrom.secret.key) errors.push(required(`${at}.contentFrom.secret.key`, 'name the key'));
    if (paths.has(file.path)) {
      errors.push({
        field: `${at}.path`,
        reason: 'FieldValueDuplicate',
        message: `Duplicate value: ${JSON.stringify(file.path)}`,
      });
    }
    paths.add(file.path);
    return errors;
  });
}

function checkUsers(field: string, users: NonNullable<KubeadmConfigSpec['users']>): FieldError[] {
  return users.flatMap((user, index) =>
    user.passwd && user.passwdFrom
      ? [invalid(`${field}[${index}]`, user.name, 'only one of passwd and passwdFrom can be given')]
      : [],
  );
}

function checkFormat(field: string, spec: KubeadmConfigSpec): FieldError[] {
  if (spec.format === 'ignition') {
    return [invalid(`${field}.format`, spec.format, 'Ignition is not supported; use cloud-config')];
  }
  return spec.ignition ? [forbidden(`${field}.ignition`, 'can only be set if format is ignition')] : [];
}

function checkEtcd(field: string, etcd: NonNullable<KubeadmConfigSpec['clusterConfiguration']>['etcd']): FieldError[] {
  return etcd?.local && etcd.external ? [forbidden(`${field}.local`, 'cannot have both external and local etcd')] : [];
}

type Arguments = { name: string; value: string }[];

function argumentsOf(spec: KubeadmConfigSpec): [string, Arguments][] {
  const cluster = spec.clusterConfiguration;
  return [
    ['clusterConfiguration.apiServer.extraArgs', cluster?.apiServer?.extraArgs ?? []],
    ['clusterConfiguration.controllerManager.extraArgs', cluster?.controllerManager?.extraArgs ?? []],
    ['clusterConfiguration.scheduler.extraArgs', cluster?.scheduler?.extraArgs ?? []],
    ['clusterConfiguration.etcd.local.extraArgs', cluster?.etcd?.local?.extraArgs ?? []],
    ['initConfiguration.nodeRegistration.kubeletExtraArgs', spec.initConfiguration?.nodeRegistration?.kubeletExtraArgs ?? []],
    ['joinConfiguration.nodeRegistration.kubeletExtraArgs', spec.joinConfiguration?.nodeRegistration?.kubeletExtraArgs ?? []],
  ];
}

/** v1beta1 holds arguments as maps, so while it is served a name can come once only. */
function checkArguments(field: string, args: Arguments): FieldError[] {
  return args.flatMap(({ name }, index) =>
    args.findIndex((other) => other.name === name) === index
      ? []
      : [
          {
            field: `${field}[${index}].name`,
            reason: 'FieldValueDuplicate' as const,
            message: `Duplicate value: ${JSON.stringify(name)}`,
          },
        ],
  );
}
