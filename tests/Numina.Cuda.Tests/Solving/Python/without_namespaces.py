"""Stands in for python3 in a container that grants no namespaces: unshare, setns and mount fail. `without_namespaces.py PROGRAM ARGUMENTS`"""
import ctypes
import os
import platform
import struct
import sys

DENIED = {"x86_64": (272, 308, 165), "aarch64": (97, 268, 40)}[platform.machine()]
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06


def instruction(code, value, then=0):
    return struct.pack("<HBBI", code, then, 0, value)


code = instruction(LOAD, 0) + b"".join(instruction(EQUAL, number, len(DENIED) - index) for index, number in enumerate(DENIED))
code += instruction(RETURN, 0x7FFF0000) + instruction(RETURN, 0x00050001)
buffer = ctypes.create_string_buffer(code, len(code))
header = ctypes.create_string_buffer(struct.pack("@HP", len(code) // 8, ctypes.addressof(buffer)))
libc = ctypes.CDLL(None)
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, ctypes.byref(header), 0, 0) == 0
os.execv(sys.argv[1], sys.argv[1:])
