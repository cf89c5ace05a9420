/**
 * cloud-config user data of a node. Pure: secrets come in as text. The file names and the order of sections are Cluster API's
 * (reference 2.7), so that images and habits made for it fit.
 */
import { stringify } from 'yaml';
import type { BootstrapInputs, File, User } from './inputs.ts';
import { KUBE_VIP_PATH, renderKubeVip } from './kube-vip.ts';
import { compact, renderInit, renderJoin } from './kubeadm.ts';
import type { KeyPair } from './pki.ts';
import { hasSuperAdmin } from './versions.ts';

/** The secret parts, as text. */
export interface BootstrapSecrets {
  ca: KeyPair;
  etcd: KeyPair;
  proxy: KeyPair;
  /** `certificate` holds the public key. */
  sa: KeyPair;
  /** For joins. */
  join?: { token: string; caCertHash: string };
  /** Contents of `files[].contentFrom` and `users[].passwdFrom`, by `<secret>/<key>`. */
  referenced: Record<string, string>;
}

/** kubeadm's file on the node. */
export const INIT_CONFIG_PATH = '/run/kubeadm/kubeadm.yaml';
export const JOIN_CONFIG_PATH = '/run/kubeadm/kubeadm-join-config.yaml';
/** Written when kubeadm has succeeded; images and operators wait for it. */
export const SENTINEL_PATH = '/run/cluster-api/bootstrap-success.complete';

/** The whole user data of a node. Throws if a join lacks its token. */
export function renderCloudConfig(inputs: BootstrapInputs, secrets: BootstrapSecrets): string {
  const { kubeadmConfigSpec: spec } = inputs;
  const config = compact({
    write_files: [
      ...certificateFiles(inputs, secrets),
      ...kubeVipFiles(inputs),
      kubeadmFile(inputs, secrets),
      {
        path: '/run/cluster-api/placeholder',
        owner: 'root:root',
        permissions: '0640',
        content: 'makes the directory of the sentinel file\n',
      },
      ...(spec.files ?? []).map((file) => userFile(file, secrets)),
    ],
    bootcmd: spec.bootCommands,
    runcmd: commands(inputs),
    ntp: ntp(spec.ntp),
    users: spec.users?.length ? spec.users.map((user) => cloudUser(user, secrets)) : undefined,
    disk_setup: diskSetup(spec.diskSetup?.partitions),
    fs_setup: spec.diskSetup?.filesystems?.length ? spec.diskSetup.filesystems.map(filesystem) : undefined,
    mounts: spec.mounts?.length ? spec.mounts : undefined,
  });
  return `## template: jinja\n#cloud-config\n\n${stringify(config, { lineWidth: 0 })}`;
}

function certificateFiles(inputs: BootstrapInputs, secrets: BootstrapSecrets) {
  if (inputs.role === 'join-worker') return [];
  const at = inputs.kubeadmConfigSpec.clusterConfiguration?.certificatesDir || '/etc/kubernetes/pki';
  const pair = (name: string, { certificate, key }: KeyPair, publicName = `${name}.crt`) => [
    { path: `${at}/${publicName}`, owner: 'root:root', permissions: '0640', content: certificate },
    { path: `${at}/${name}.key`, owner: 'root:root', permissions: '0600', content: key },
  ];
  return [
    ...pair('ca', secrets.ca),
    ...pair('etcd/ca', secrets.etcd),
    ...pair('front-proxy-ca', secrets.proxy),
    ...pair('sa', secrets.sa, 'sa.pub'),
  ];
}

function kubeVipFiles(inputs: BootstrapInputs) {
  const { kubeVip: vip, role } = inputs;
  if (!vip || role === 'join-worker') return [];
  const kubeconfig = needsSuperAdmin(inputs) ? '/etc/kubernetes/super-admin.conf' : '/etc/kubernetes/admin.conf';
  const content = renderKubeVip({ ...vip, port: inputs.endpoint.port, kubeconfig });
  return [{ path: KUBE_VIP_PATH, owner: 'root:root', permissions: '0640', content }];
}

function needsSuperAdmin(inputs: BootstrapInputs): boolean {
  return inputs.kubeVip !== undefined && inputs.role === 'init' && hasSuperAdmin(inputs.kubernetesVersion);
}

function kubeadmFile(inputs: BootstrapInputs, secrets: BootstrapSecrets) {
  const file = { owner: 'root:root', permissions: '0640' };
  if (inputs.role === 'init') return { path: INIT_CONFIG_PATH, ...file, content: renderInit(inputs) };
  if (!secrets.join) throw new Error(`${inputs.nodeName} is to join but has no bootstrap token`);
  return { path: JOIN_CONFIG_PATH, ...file, content: renderJoin(inputs, secrets.join) };
}

function commands(inputs: BootstrapInputs): string[] {
  const { preKubeadmCommands = [], postKubeadmCommands = [], verbosity } = inputs.kubeadmConfigSpec;
  const flags = verbosity === undefined ? '' : ` --v ${verbosity}`;
  const [verb, path] = inputs.role === 'init' ? ['init', INIT_CONFIG_PATH] : ['join', JOIN_CONFIG_PATH];
  return [
    ...preKubeadmCommands,
    `kubeadm ${verb} --config ${path}${flags} && echo success > ${SENTINEL_PATH}`,
    // admin.conf has its rights once init is over; super-admin.conf should not stay in use.
    ...(needsSuperAdmin(inputs)
      ? [`sed -i 's#/etc/kubernetes/super-admin.conf#/etc/kubernetes/admin.conf#' ${KUBE_VIP_PATH}`]
      : []),
    ...postKubeadmCommands,
  ];
}

function userFile(file: File, secrets: BootstrapSecrets) {
  const from = file.contentFrom?.secret;
  return compact({
    path: file.path,
    owner: file.owner,
    permissions: file.permissions,
    encoding: file.encoding === 'base64' ? 'b64' : file.encoding === 'gzip+base64' ? 'gz+b64' : file.encoding,
    append: file.append || undefined,
    content: from ? referenced(secrets, from) : (file.content ?? ''),
  });
}

function cloudUser(user: User, secrets: BootstrapSecrets) {
  const from = user.passwdFrom?.secret;
  return compact({
    name: user.name,
    gecos: user.gecos,
    groups: user.groups,
    homedir: user.homeDir,
    inactive: user.inactive,
    lock_passwd: user.lockPassword,
    passwd: from ? referenced(secrets, from) : user.passwd,
    primary_group: user.primaryGroup,
    shell: user.shell,
    ssh_authorized_keys: user.sshAuthorizedKeys,
    sudo: user.sudo,
  });
}

function referenced(secrets: BootstrapSecrets, { name, key }: { name: string; key: string }): string {
  const value = secrets.referenced[`${name}/${key}`];
  if (value === undefined) throw new Error(`Secret ${name} has no key ${key}`);
  return value;
}

function ntp(of?: { servers?: string[]; enabled?: boolean }) {
  return of ? compact({ enabled: of.enabled ?? true, servers: of.servers }) : undefined;
}

/** Cluster API's list by device is cloud-init's map by device. */
function diskSetup(partitions?: Record<string, unknown>[]) {
  if (!partitions?.length) return undefined;
  return Object.fromEntries(
    partitions.map(({ device, tableType, layout, diskLayout, overwrite }) => [
      String(device),
      compact({ table_type: tableType, layout: diskLayout ?? layout, overwrite }),
    ]),
  );
}

function filesystem({ replaceFS, extraOpts, ...rest }: Record<string, unknown>) {
  return compact({ ...rest, replace_fs: replaceFS, extra_opts: extraOpts });
}
