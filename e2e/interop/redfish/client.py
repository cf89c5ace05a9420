"""Drives one BMC with sushy, the Redfish client of Ironic, and prints what it saw: one JSON object per line, {"step": ..., ...}.

Reads from standard input one JSON object: url, username, password, images (two URLs that the BMC can fetch), seconds (how long a
state may take). The way to the BMC is the environment's HTTPS_PROXY. Ends with status 0 when all steps were done; an exception of
sushy ends it with its traceback.
"""

import json
import sys
import time

import sushy
from sushy import auth
from sushy import exceptions


def tell(step, **seen):
    print(json.dumps({"step": step, **seen}), flush=True)


def reached(read, wanted, seconds):
    """Polls until `read` gives what is wanted, and returns what it gave last."""
    until = time.monotonic() + seconds
    while True:
        value = read()
        if value == wanted or time.monotonic() > until:
            return value
        time.sleep(0.1)


def connect(job, **changes):
    given = {**job, **changes}
    login = given.get("auth", auth.SessionOrBasicAuth)(given["username"], given["password"])
    # No retries of failed requests: a simulated BMC that fails must not be taken for one that works.
    return sushy.Sushy(given["url"], auth=login, verify=False, server_side_retries=0)


def wrong_password(job):
    try:
        connect(job, password="wrong").get_system_collection()
        tell("wrong-password", refused=None)
    except exceptions.AccessError as error:
        tell("wrong-password", refused=type(error).__name__, status=error.status_code)


def listing(root):
    systems = root.get_system_collection()
    system = root.get_system(systems.members_identities[0])
    manager = system.managers[0]
    chassis = root.get_chassis_collection().get_members()
    tell(
        "listing",
        redfish_version=root.redfish_version,
        systems=list(systems.members_identities),
        managers=list(root.get_manager_collection().members_identities),
        chassis=[each.path for each in chassis],
        chassis_of_system=[each.path for each in system.chassis],
        manager_of_system=manager.path,
        manager_type=manager.manager_type.value,
        firmware=manager.firmware_version,
        systems_of_manager=[each.path for each in manager.systems],
        manufacturer=system.manufacturer,
        serial_number=system.serial_number,
        uuid=system.uuid,
        power=system.power_state.value,
        resets=sorted(each.value for each in system.get_allowed_reset_system_values()),
    )
    return system


def inventory(system):
    drives = [drive for storage in system.storage.get_members() for drive in storage.drives]
    processors = system.processors.get_members()
    tell(
        "inventory",
        macs=sorted(each.mac_address.lower() for each in system.ethernet_interfaces.get_members()),
        linked_up=sorted(mac.lower() for mac in system.ethernet_interfaces.summary),
        disks=[drive.capacity_bytes for drive in drives],
        memory_gib=system.memory_summary.size_gib,
        processors=[each.model for each in processors],
        threads=sum(each.total_threads for each in processors),
    )


def power_is(system):
    system.refresh(force=True)
    return system.power_state


def power(system, step, reset, wanted, seconds):
    system.reset_system(reset)
    tell(step, power=reached(lambda: power_is(system), wanted, seconds).value)


def boot_once(system, step, source):
    system.set_system_boot_source(source, enabled=sushy.BootSourceOverrideEnabled.ONCE, mode=sushy.BootSourceOverrideMode.UEFI)
    system.refresh(force=True)
    boot = system.boot
    tell(step, target=boot.target.value, enabled=boot.enabled.value, mode=boot.mode.value)


def boot_is(system):
    system.refresh(force=True)
    return system.boot.enabled


def virtual_media(job, system):
    # As Ironic looks for it: at the system, else at its manager.
    try:
        slots, under = system.virtual_media.get_members(), "system"
    except exceptions.MissingAttributeError:
        slots, under = system.managers[0].virtual_media.get_members(), "manager"
    slot = next(each for each in slots if sushy.VirtualMediaType.CD in each.media_types)
    tell("media-empty", under=under, slots=len(slots), inserted=slot.inserted, image=slot.image)
    for step, image in (("media-one", job["images"][0]), ("media-two", job["images"][1])):
        slot.insert_media(image)
        slot.refresh(force=True)
        tell(step, inserted=slot.inserted, image=slot.image, write_protected=slot.write_protected)
        slot.eject_media()
        # Dell's slot goes on saying inserted for a while.
        tell(step + "-ejected", inserted=reached(lambda: media_is(slot), False, job["seconds"]))
    try:
        slot.insert_media(job["images"][0] + "-missing")
        tell("media-missing", refused=None)
    except exceptions.HTTPError as error:
        tell("media-missing", refused=type(error).__name__, status=error.status_code)


def media_is(slot):
    slot.refresh(force=True)
    return slot.inserted


def main():
    job = json.load(sys.stdin)
    seconds = job["seconds"]
    wrong_password(job)
    root = connect(job)
    tell("login", session=root._auth.get_session_key() is not None)
    system = listing(root)
    inventory(system)
    boot_once(system, "boot-cd", sushy.BootSource.CD)
    boot_once(system, "boot-pxe", sushy.BootSource.PXE)
    boot_once(system, "boot-hdd", sushy.BootSource.HDD)
    power(system, "power-on", sushy.ResetType.ON, sushy.PowerState.ON, seconds)
    tell("boot-used", enabled=reached(lambda: boot_is(system), sushy.BootSourceOverrideEnabled.DISABLED, seconds).value)
    power(system, "restart", sushy.ResetType.FORCE_RESTART, sushy.PowerState.ON, seconds)
    power(system, "power-off", sushy.ResetType.FORCE_OFF, sushy.PowerState.OFF, seconds)
    power(system, "power-on-again", sushy.ResetType.ON, sushy.PowerState.ON, seconds)
    power(system, "shut-down", sushy.ResetType.GRACEFUL_SHUTDOWN, sushy.PowerState.OFF, seconds)
    virtual_media(job, system)
    root._auth.close()
    tell("logout")


main()
