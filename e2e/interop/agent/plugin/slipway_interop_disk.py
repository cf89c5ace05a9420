"""A hardware manager for ironic-python-agent in a test: the server has one disk, the loop device named on the kernel line.

Reading, erasing, writing and partitioning stay the agent's own. Loop devices are of a type that it never takes for a disk, and the
disks of the machine that runs the test must not be touched.
"""

from ironic_python_agent import hardware
from ironic_python_agent import utils


class LoopDisk(hardware.GenericHardwareManager):
    HARDWARE_MANAGER_NAME = 'slipway_interop_disk'
    HARDWARE_MANAGER_VERSION = '1.0'

    def evaluate_hardware_support(self):
        return hardware.HardwareSupport.SERVICE_PROVIDER

    def initialize(self):
        """Nothing to load: no IPMI, RAID or multipath modules in a test."""

    def list_block_devices(self, include_partitions=False, all_serial_and_wwn=False):
        disk = utils.get_agent_params()['slipway-disk']
        types = ['loop', 'part'] if include_partitions else ['loop']
        found = hardware.list_all_block_devices(
            block_type=types, ignore_raid=True, all_serial_and_wwn=all_serial_and_wwn)
        return [each for each in found if each.name == disk or each.name.startswith(disk + 'p')]

    # The generic manager offers the steps; they are carried out here, on the one disk.
    def get_clean_steps(self, node, ports):
        return []

    def get_deploy_steps(self, node, ports):
        return []

    def get_service_steps(self, node, ports):
        return []
