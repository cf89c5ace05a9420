/** A realistic fleet for tests of the console: one site of four racks in every state a host can be in, and a second that nobody hears from. */
import { BareMetalHost, type BareMetalHostObject } from '@slipway/core/kinds/bare-metal-host/kind.ts';
import { HardwareData } from '@slipway/core/kinds/hardware-data/kind.ts';
import { Rack } from '@slipway/core/kinds/rack/kind.ts';
import { Site } from '@slipway/core/kinds/site/kind.ts';
import type { Because } from '@slipway/core/runtime/define-reconciler.ts';
import { kubeTime } from '@slipway/core/store/object.ts';
import type { Draft, Observation } from '@slipway/core/store/store.ts';

/** What the fleet is made of. */
export interface TestFleet {
  objects: Draft[];
  observations: Observation[];
}

type Spec = BareMetalHostObject['spec'];
type Status = NonNullable<BareMetalHostObject['status']>;

interface HostPlan {
  name: string;
  rack: number;
  unit: number;
  role: string;
  state: NonNullable<Status['provisioning']>['state'];
  consumer?: string;
  error?: { type: NonNullable<Status['errorType']>; message: string };
  because?: Because;
  progress?: { step: string; percent?: number };
  /** Seconds since the power was read; null = never. */
  seenAgo?: number | null;
  driverless?: boolean;
}

const HOST_SUBJECT = (name: string) => `metal3.io/BareMetalHost/metal3/${name}`;

/** The fleet at `now`. */
export function testFleet(now: Date): TestFleet {
  const ago = (seconds: number) => kubeTime(new Date(now.getTime() - seconds * 1000));
  const plans = hostPlans(ago);
  return {
    objects: [
      ...places(),
      ...plans.map((plan) => host(plan, ago)),
      ...plans.filter(({ state }) => state !== 'registering').map(hardware),
    ] as Draft[],
    observations: plans.flatMap((plan) => observations(plan, now)),
  };
}

function places(): Draft[] {
  const site = (name: string, displayName: string, network: string) => ({
    apiVersion: Site.apiVersion,
    kind: 'Site',
    metadata: { name },
    spec: {
      displayName,
      bmc: { allowedNetworks: [network] },
      machineURL: 'https://slipway.example:6385',
      agentImage: { kernelURL: 'https://images.example.com/ipa.kernel', initrdURL: 'https://images.example.com/ipa.initramfs' },
      kubeVip: { image: 'ghcr.io/kube-vip/kube-vip:v0.9.0', interface: 'eno1' },
    },
  });
  const devices = (rack: string) => [
    { name: `patch-${rack}`, unit: 42, height: 1, kind: 'patch-panel' },
    { name: `sw-${rack}-a`, unit: 41, height: 1, kind: 'switch' },
    { name: `sw-${rack}-b`, unit: 40, height: 1, kind: 'switch' },
    { name: `jbod-${rack}`, unit: 34, height: 4, kind: 'storage' },
    { name: `ups-${rack}`, unit: 1, height: 4, kind: 'ups' },
  ];
  const rack = (name: string, siteName: string, row: string, facilityID: string) => ({
    apiVersion: Rack.apiVersion,
    kind: 'Rack',
    metadata: { name },
    spec: { site: siteName, hall: 'hall-a', row, facilityID, units: 42, order: 'ascending', devices: devices(name) },
  });
  return [
    site('fra1', 'Frankfurt', '192.168.0.0/16'),
    site('ams1', 'Amsterdam', '10.50.0.0/16'),
    ...[1, 2, 3, 4].map((n) => rack(`rack${n}`, 'fra1', '1', `F1-HA-0${n}`)),
    ...[1, 2].map((n) => rack(`ams-rack${n}`, 'ams1', '1', `A1-HA-0${n}`)),
  ] as Draft[];
}

function hostPlans(ago: (seconds: number) => string): HostPlan[] {
  const plans: HostPlan[] = [];
  const clusters = [
    'production-cp',
    'staging-cp',
    'edge-fra-cp',
    'staging-workers',
    'production-workers',
    'production-workers',
    'production-workers',
    'edge-fra',
    'edge-fra',
  ];
  for (const rack of [1, 2, 3]) {
    clusters.forEach((cluster, index) => {
      const unit = 10 + index;
      const role = cluster.endsWith('-cp') ? 'control-plane' : 'worker';
      plans.push({
        name: `server-rack${rack}-u${unit}`,
        rack,
        unit,
        role,
        state: 'provisioned',
        consumer: `${cluster}-${'2m4vd7kxq9tz8hw4gr6p'.slice(rack * 5 - 5, rack * 5)}`,
      });
    });
    for (const unit of [19, 31, 32])
      plans.push({ name: `server-rack${rack}-u${unit}`, rack, unit, role: 'spare', state: 'available' });
  }
  const at = (rack: number, unit: number) => plans.find((plan) => plan.rack === rack && plan.unit === unit);
  Object.assign(at(2, 17) ?? {}, {
    state: 'inspecting',
    consumer: undefined,
    error: { type: 'inspection error', message: 'the disk named in rootDeviceHints is not there' },
    because: {
      sentence: 'Inspection failed twice: the disk named in rootDeviceHints is not there. The agent found sda and sdb, no NVMe.',
      since: ago(1320),
      limit: limit(ago(-180), 'third try of five'),
      wayOut: 'reseat the drive, or change rootDeviceHints to sda',
      tone: 'fault',
    },
  });
  Object.assign(at(2, 18) ?? {}, {
    state: 'provisioning',
    consumer: 'production-workers-7d9fk-jw8ht',
    progress: { step: 'write-image', percent: 62 },
    because: {
      sentence:
        'Writing the image at 38 MB/s; this model usually writes 410 MB/s, because server-rack2-u18 links at 1 Gb/s instead of 25.',
      since: ago(1080),
      limit: limit(ago(-1260), 'image deadline 40 m'),
      wayOut: 'let it end, or reseat port 18 of sw-rack2-a',
      tone: 'caution',
    },
  });
  Object.assign(at(3, 16) ?? {}, { state: 'deprovisioning', consumer: undefined, progress: { step: 'clean', percent: 70 } });
  Object.assign(at(3, 18) ?? {}, { state: 'externally provisioned', consumer: 'legacy-db' });
  const rack4 = (unit: number, state: HostPlan['state'], more: Partial<HostPlan> = {}): HostPlan => ({
    name: `server-rack4-u${unit}`,
    rack: 4,
    unit,
    role: 'worker',
    state,
    ...more,
  });
  plans.push(
    rack4(18, 'provisioned', { consumer: 'staging-workers-5c8t2', seenAgo: 240 }),
    rack4(17, 'registering', { progress: { step: 'first contact' } }),
    rack4(16, 'inspecting', {
      progress: { step: 'wait-inspection' },
      because: waits('The agent boots and reads the hardware.', ago(130)),
    }),
    rack4(15, 'preparing', { progress: { step: 'clean' } }),
    rack4(14, 'available'),
    rack4(13, 'available', { role: 'spare' }),
    rack4(24, 'registering', {
      driverless: true,
      seenAgo: null,
      because: {
        ...waits('There is no driver for ipmi yet: the host waits.', ago(4000)),
        wayOut: 'give a redfish address if the BMC speaks it',
        tone: 'caution',
      },
    }),
  );
  for (const rack of [1, 2]) {
    for (const unit of [10, 11, 12, 13, 14, 15]) {
      plans.push({ name: `server-ams${rack}-u${unit}`, rack: 4 + rack, unit, role: 'worker', state: 'available', seenAgo: 2400 });
    }
  }
  return plans;
}

function clusterOf(consumer: string): string {
  return ['production', 'staging', 'edge-fra'].find((name) => consumer.startsWith(name)) ?? 'dev';
}

function limit(at: string, what: string): Because['limit'] {
  // biome-ignore lint/suspicious/noThenProperty: the contract's own word (runtime/define-reconciler.ts)
  return { at, then: what };
}

function waits(sentence: string, since: string): Because {
  return { sentence, since, tone: 'waits' };
}

function host(plan: HostPlan, ago: (seconds: number) => string): Draft<Spec, Status> {
  const { name, rack, unit, role, state, consumer, error, driverless } = plan;
  const far = rack > 4;
  const address = far ? `10.50.${rack}.${unit}` : `192.168.${rack}.${unit + 20}`;
  const known = state !== 'registering';
  return {
    apiVersion: BareMetalHost.apiVersion,
    kind: 'BareMetalHost',
    metadata: {
      name,
      namespace: 'metal3',
      creationTimestamp: ago(41 * 86_400),
      labels: {
        role,
        'fleet.slipway.dev/site': far ? 'ams1' : 'fra1',
        'fleet.slipway.dev/rack': far ? `ams-rack${rack - 4}` : `rack${rack}`,
        'fleet.slipway.dev/unit': String(unit),
        ...(consumer && state !== 'externally provisioned' ? { 'cluster.x-k8s.io/cluster-name': clusterOf(consumer) } : {}),
      },
    },
    spec: {
      online: state !== 'available',
      bootMACAddress: `aa:bb:cc:0${rack}:${String(unit).padStart(2, '0')}:01`,
      bmc: {
        address: driverless ? `ipmi://${address}` : `redfish-virtualmedia+https://${address}/redfish/v1/Systems/1`,
        credentialsName: `${name}-bmc`,
        disableCertificateVerification: true,
      },
      rootDeviceHints: { deviceName: '/dev/nvme0n1' },
      ...(consumer ? { consumerRef: { kind: 'Metal3Machine', namespace: 'clusters', name: consumer } } : {}),
    },
    status: {
      operationalStatus: error ? 'error' : 'OK',
      ...(error ? { errorType: error.type, errorMessage: error.message, errorCount: 2 } : {}),
      provisioning: { state },
      operationHistory: {
        register: { start: ago(41 * 86_400), end: known ? ago(41 * 86_400 - 41) : null },
        ...(known
          ? { inspect: { start: ago(41 * 86_400 - 41), end: state === 'inspecting' ? null : ago(41 * 86_400 - 403) } }
          : {}),
        ...(consumer ? { provision: { start: ago(1260), end: state === 'provisioning' ? null : ago(720) } } : {}),
      },
      conditions: [],
    },
  } as Draft<Spec, Status>;
}

function hardware({ name, rack, unit }: HostPlan): Draft {
  const drive = (n: number, sizeBytes: number) => ({
    name: `/dev/nvme${n}n1`,
    model: 'PM9A3',
    vendor: 'Samsung',
    serialNumber: `S64G${rack}${unit}0${n}`,
    sizeBytes,
    type: 'NVME',
    rotational: false,
  });
  const nic = (n: number, speedGbps: number) => ({
    name: `eno${n}`,
    mac: `aa:bb:cc:0${rack}:${String(unit).padStart(2, '0')}:0${n}`,
    ...(speedGbps
      ? {
          speedGbps,
          ip: `10.0.${rack}.${unit}`,
          lldp: { switchSystemName: `sw-rack${rack}-${n === 1 ? 'a' : 'b'}`, portID: `Eth${unit}` },
        }
      : {}),
  });
  return {
    apiVersion: HardwareData.apiVersion,
    kind: 'HardwareData',
    metadata: { name, namespace: 'metal3' },
    spec: {
      hardware: {
        systemVendor: { manufacturer: 'Dell Inc.', productName: 'PowerEdge R660', serialNumber: `7CK4X${rack}${unit}` },
        firmware: { bios: { vendor: 'Dell Inc.', version: '2.14.2' } },
        ramMebibytes: 262_144,
        cpu: { arch: 'x86_64', model: 'Intel(R) Xeon(R) Gold 6430', count: 64 },
        storage: [drive(0, 960_197_124_096), drive(1, 3_840_755_982_336), drive(2, 3_840_755_982_336)],
        nics: [nic(1, 25), nic(2, 25), nic(3, 0)],
        hostname: name,
      },
    },
  };
}

function observations({ name, state, because, progress, seenAgo = 8 }: HostPlan, now: Date): Observation[] {
  const subject = HOST_SUBJECT(name);
  const seenAt = new Date(now.getTime() - (seenAgo ?? 0) * 1000).toISOString();
  const made = (source: string, data: unknown, at = seenAt) => ({
    subject,
    source,
    data: data as Observation['data'],
    seenAt: at,
  });
  return [
    ...(seenAgo === null ? [] : [made('power', { on: state !== 'available', readAt: seenAt })]),
    ...(because ? [made('because', because)] : []),
    ...(progress ? [made('progress', { ...progress, startedAt: seenAt })] : []),
  ];
}
