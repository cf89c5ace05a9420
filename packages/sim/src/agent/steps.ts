/** The steps that the agent offers: those of ironic-python-agent 13.0.0's own hardware manager (compared in e2e/interop/agent). */

/** Version of the agent that this one is like. */
export const VERSION = '13.0.0';

/** By the manager's name. */
export const MANAGER_VERSIONS = { generic_hardware_manager: '1.2' };

interface Step {
  step: string;
  priority: number;
  interface: 'deploy' | 'raid';
  reboot_requested: boolean;
  abortable?: boolean;
}

const deploy = (step: string, priority = 0): Step => ({ step, priority, interface: 'deploy', reboot_requested: false });
const raid = (step: string): Step => ({ step, priority: 0, interface: 'raid', reboot_requested: false });
const abortable = (step: Step): Step => ({ ...step, abortable: true });

/** By the manager's class. Without the steps' argument descriptions, which nobody reads. */
export const CLEAN_STEPS = {
  GenericHardwareManager: [
    deploy('erase_devices', 10),
    deploy('erase_devices_metadata', 99),
    deploy('erase_devices_express'),
    deploy('erase_pstore'),
    deploy('clean_uefi_nvram'),
    raid('delete_configuration'),
    raid('create_configuration'),
    deploy('burnin_cpu'),
    deploy('burnin_gpu'),
    deploy('burnin_disk'),
    deploy('burnin_memory'),
    deploy('burnin_network'),
  ].map(abortable),
};

/** By the manager's class. */
export const DEPLOY_STEPS = {
  GenericHardwareManager: [
    deploy('erase_devices_metadata'),
    raid('apply_configuration'),
    deploy('clean_uefi_nvram'),
    deploy('write_image'),
    deploy('inject_files'),
    deploy('execute_bootc_install'),
  ],
};
