/** BareMetalHost: from a BMC address to a server that runs an image, and back. */
import { defineReconciler, type Reader } from '../../runtime/define-reconciler.ts';
import type { AgentSeen, InspectionSeen, PowerSeen } from '../../runtime/seen.ts';
import { refKey, refOf } from '../../store/object.ts';
import { HardwareData } from '../hardware-data/kind.ts';
import { HostDeployPolicy } from '../host-deploy-policy/kind.ts';
import { Secret } from '../secret/kind.ts';
import { Site } from '../site/kind.ts';
import { SITE_LABEL } from '../site/site-of.ts';
import { BareMetalHost, type BareMetalHostObject } from './kind.ts';
import { dataSecrets } from './needs.ts';
import { planHost } from './plan.ts';
import { BMC_SECRET_LABEL } from './states/begin.ts';
import type { HostSeen } from './view.ts';

export const bareMetalHostReconciler = defineReconciler({
  name: 'baremetalhosts',
  for: BareMetalHost,
  owns: [HardwareData],
  reads: [
    {
      kind: Secret,
      wakes: ({ metadata: { namespace = '', name } }) => [{ namespace, labels: { [BMC_SECRET_LABEL]: name } }],
    },
    { kind: Site, wakes: () => [{}] },
    { kind: HostDeployPolicy, wakes: ({ metadata: { namespace = '' } }) => [{ namespace }] },
  ],
  observe,
  plan: planHost,
});

async function observe(reader: Reader, { namespace, name }: { namespace: string; name: string }): Promise<HostSeen | null> {
  const host = await reader.get(BareMetalHost, namespace, name);
  if (!host) return null;
  const [sites, credentials, operations, observations, data, claim] = await Promise.all([
    readSites(reader, host),
    host.spec.bmc?.credentialsName ? reader.secret(namespace, host.spec.bmc.credentialsName) : null,
    reader.operations(host.metadata.uid),
    reader.observations(refKey(refOf(host))),
    readData(reader, host),
    readClaim(reader, host),
  ]);
  const seen = <T>(source: string) => observations.find((observation) => observation.source === source)?.data as T | undefined;
  const power = seen<PowerSeen>('power');
  const agent = seen<AgentSeen>('agent');
  const inspection = seen<InspectionSeen>('inspection');
  return {
    host,
    sites,
    credentials,
    operations,
    data,
    ...claim,
    ...(power ? { power } : {}),
    ...(agent ? { agent } : {}),
    ...(inspection ? { inspection } : {}),
  };
}

/** The Site its label names, alone; all of them only where the label is missing. */
async function readSites(reader: Reader, host: BareMetalHostObject): Promise<HostSeen['sites']> {
  const named = host.metadata.labels?.[SITE_LABEL];
  if (named === undefined) return reader.list(Site, undefined);
  const site = await reader.get(Site, '', named);
  return site ? [site] : [];
}

async function readData(reader: Reader, host: BareMetalHostObject): Promise<HostSeen['data']> {
  const data: HostSeen['data'] = {};
  for (const { secret } of dataSecrets(host)) {
    const outside = await reader.secret(secret.namespace, secret.name);
    if (outside) data[`${secret.namespace}/${secret.name}`] = outside;
  }
  return data;
}

/** Policies matter only where the consumer lives in another namespace. */
async function readClaim(reader: Reader, host: BareMetalHostObject): Promise<Pick<HostSeen, 'policies' | 'consumerLabels'>> {
  const own = host.metadata.namespace ?? '';
  const consumer = host.spec.consumerRef?.namespace;
  if (!consumer || consumer === own) return { policies: [], consumerLabels: {} };
  const [policies, namespace] = await Promise.all([
    reader.list(HostDeployPolicy, own),
    reader.getAny('', 'Namespace', '', consumer),
  ]);
  return { policies, consumerLabels: namespace?.metadata.labels ?? {} };
}
