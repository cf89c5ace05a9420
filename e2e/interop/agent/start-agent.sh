#!/bin/sh
# Runs ironic-python-agent as its ramdisk would: with its own kernel line, /etc and /run. Called in a fresh mount, PID and network
# namespace of its own. WORK: folder with cmdline, etc/ and tmp/. DISK: the loop device. AGENT_PYTHON: a Python that has the agent.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mount --make-rprivate /
# Whatever goes wrong, no other disk of this machine can be opened from here, and nothing can switch it off.
for block in /sys/class/block/*; do
  device=/dev/${block##*/}
  case $device in "$DISK" | "${DISK}p"*) continue ;; esac
  if [ -b "$device" ]; then mount --bind /dev/null "$device"; fi
done
for switch in /proc/sysrq-trigger /proc/sys/vm/drop_caches; do
  if [ -e "$switch" ]; then mount --bind /dev/null "$switch"; fi
done
mount --bind "$WORK/cmdline" /proc/cmdline
mkdir -p "$WORK/scratch"
mount -t tmpfs tmpfs "$WORK/scratch"
mkdir "$WORK/scratch/upper" "$WORK/scratch/work" "$WORK/scratch/bin"
for command in poweroff reboot; do ln -s /bin/false "$WORK/scratch/bin/$command"; done
cp -r "$WORK/etc/." "$WORK/scratch/upper/"
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$WORK/scratch/upper,workdir=$WORK/scratch/work" /etc
mount -t tmpfs tmpfs /run
export PATH="$WORK/scratch/bin:$here/commands:$PATH" PYTHONPATH="$here/plugin" PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
export HOME="$WORK/tmp" TMPDIR="$WORK/tmp"
# --config-dir as in the unit of ironic-python-agent-builder.
exec "$(dirname "$AGENT_PYTHON")/ironic-python-agent" --config-dir /etc/ironic-python-agent.d
