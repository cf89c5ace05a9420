/** One-time boot override. */
import type { BootOnce } from '../bmc.ts';
import { BmcBusy, BmcUnsupported } from '../errors.ts';
import { objectAt, RedfishRefused, textsAt } from './resource.ts';
import type { RedfishService } from './service.ts';

/** The boot capability. */
export function redfishBoot(service: RedfishService): BootOnce {
  return {
    set: async (device, mode) => {
      const { resource, quirks } = await service.system();
      const boot = objectAt(resource, 'Boot');
      const allowed = textsAt(boot, 'BootSourceOverrideTarget@Redfish.AllowableValues');
      const targets = quirks.bootTargets(device);
      const target = allowed.length > 0 ? targets.find((each) => allowed.includes(each)) : targets.at(-1);
      if (!target)
        throw new BmcUnsupported(`BMC ${service.client.host} cannot boot once from ${device}; it offers ${allowed.join(', ')}`);
      // All three in one request: AMI needs them together, Supermicro forgets `Enabled` otherwise.
      const override: Record<string, string> = { BootSourceOverrideEnabled: 'Once', BootSourceOverrideTarget: target };
      if ('BootSourceOverrideMode' in boot) override.BootSourceOverrideMode = mode;
      await service.client.patch(await service.systemPath(), { Boot: override }).catch((error) => {
        throw error instanceof RedfishRefused && quirks.isBusy(error) ? new BmcBusy(error.message) : error;
      });
    },
  };
}
