"""Says once in a while, as a switch does, who it is: LLDP frames (IEEE 802.1AB) on the interface named by the first argument."""

import socket
import struct
import sys
import time


def tlv(kind, value):
    return struct.pack('!H', kind << 9 | len(value)) + value


FRAME = (
    bytes.fromhex('0180c200000e' + '021122334455' + '88cc')
    + tlv(1, b'\x04' + bytes.fromhex('021122334455'))
    + tlv(2, b'\x05Ethernet7')
    + tlv(3, struct.pack('!H', 120))
    + tlv(5, b'leaf-r1-1')
    + tlv(0, b'')
)

with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
    wire.bind((sys.argv[1], 0))
    while True:
        wire.send(FRAME)
        time.sleep(0.2)
