#!/bin/sh
# A ramdisk's only program: says what it was started with, and does over TLS what an agent does first, with nothing but its kernel line
# and its boot medium.
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
say() { echo "ramdisk: $*"; }
for module in $(cat /modules/order); do insmod "/modules/$module.ko" || say "$module is not loaded"; done
say "kernel line: $(cat /proc/cmdline)"
if [ -d /sys/firmware/efi ]; then say 'firmware: UEFI'; else say 'firmware: BIOS'; fi

for try in 1 2 3 4 5 6 7 8 9 10; do [ -b /dev/sr0 ] && break; sleep 1; done
mkdir /cd
mount -t iso9660 -o ro /dev/sr0 /cd && say "medium: $(dd if=/dev/sr0 bs=1 skip=32808 count=32 2>/dev/null)"
say "configuration: $(cat /cd/etc/ironic-python-agent.d/ironic-tls.conf | tr '\n' ' ')"

argument() { for word in $(cat /proc/cmdline); do case $word in "$1"=*) echo "${word#*=}" ;; esac; done; }
ip link set lo up
ip link set eth0 up
ip addr add 10.0.2.15/24 dev eth0
mac=$(cat /sys/class/net/eth0/address)
api=$(argument ipa-api-url)
ca=/cd/etc/ironic-python-agent/ironic.crt

# ask METHOD URL BODY: the answer's status and body.
ask() {
  rest=${2#https://}
  at=${rest%%/*}
  printf '%s /%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %s\r\n\r\n%s' \
    "$1" "${rest#*/}" "$at" "${#3}" "$3" |
    openssl s_client -quiet -verify_return_error -verify_ip "${at%:*}" -CAfile "$ca" -connect "$at" 2>/errors | tr -d '\r' >/answer
  say "$1 $(echo "$2" | cut -d/ -f1-5): $(head -n 1 /answer) $(grep -m 1 'verify error' /errors)"
}

inspection=$(argument ipa-inspection-callback-url)
[ -n "$inspection" ] && ask POST "$inspection" "{\"inventory\":{\"interfaces\":[{\"name\":\"eth0\",\"mac_address\":\"$mac\",\"ipv4_address\":\"10.0.2.15\"}]}}"
ask GET "$api/v1/lookup?addresses=$mac" ''
uuid=$(tail -n 1 /answer | sed 's/.*"uuid":"\([^"]*\)".*/\1/')
ask POST "$api/v1/heartbeat/$uuid" "{\"callback_url\":\"https://10.0.2.15:9999\",\"agent_token\":\"$(argument ipa-agent-token)\",\"agent_version\":\"ramdisk\"}"
say 'done'
poweroff -f
