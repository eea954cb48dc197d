"""Landlock: a process gives up, for good, all files but those named (the kernel's landlock.rst)."""
import ctypes
import os
import stat
import struct

import kernel

READ_FILE, WRITE_FILE, READ_DIR, REMOVE_DIR, REMOVE_FILE = 1 << 2, 1 << 1, 1 << 3, 1 << 4, 1 << 5
MAKE_DIR, MAKE_REG, MAKE_FIFO, MAKE_SYM, REFER, TRUNCATE = 1 << 7, 1 << 8, 1 << 10, 1 << 12, 1 << 13, 1 << 14
READ = READ_FILE | READ_DIR
FILE_RIGHTS = READ_FILE | WRITE_FILE | TRUNCATE
ALL_WRITES = READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_FIFO | MAKE_SYM | REFER | TRUNCATE
# How many of the rights exist, by version of the interface; later versions add none that concern files here.
RIGHTS_BY_VERSION = {1: 13, 2: 14, 3: 15, 4: 15}
RIGHTS_NOW = 16
TCP = 3
SCOPES = 3  # abstract unix sockets, and from the same version on signals
VERSION_WITH_NETWORK, VERSION_WITH_SCOPES = 4, 6


def version():
    """The version of the interface that this kernel has; raises OSError where there is none."""
    return kernel.syscall(kernel.SYS_LANDLOCK_CREATE_RULESET, "Landlock", None, 0, 1)


def create_rules(readable, writable, devices, process_files=None):
    """A descriptor of rules: folders and files to read, folders to write in, device files to read and write, an open folder to read. Nothing may be
    executed."""
    now = version()
    handled = (1 << RIGHTS_BY_VERSION.get(now, RIGHTS_NOW)) - 1
    attributes = struct.pack("<QQQ", handled, TCP if now >= VERSION_WITH_NETWORK else 0, SCOPES if now >= VERSION_WITH_SCOPES else 0)
    size = 24 if now >= VERSION_WITH_SCOPES else 16 if now >= VERSION_WITH_NETWORK else 8
    rules = kernel.syscall(kernel.SYS_LANDLOCK_CREATE_RULESET, "landlock_create_ruleset", attributes, size, 0)
    for paths, rights in ((readable, READ), (writable, ALL_WRITES), (devices, READ_FILE | WRITE_FILE)):
        for path in paths:
            allow(rules, path, rights & handled)
    if process_files is not None:
        add(rules, process_files, READ)
    return rules


def allow(rules, path, rights):
    """Adds one path, with all that lies below it. What does not exist needs no rule."""
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= FILE_RIGHTS
        add(rules, descriptor, rights)
    finally:
        os.close(descriptor)


def add(rules, descriptor, rights):
    """Adds what a descriptor stands for, with all that lies below it."""
    beneath_path = 1
    kernel.syscall(kernel.SYS_LANDLOCK_ADD_RULE, "landlock_add_rule", rules, beneath_path, struct.pack("<Qi", rights, descriptor), 0)


def restrict(rules):
    """Applies the rules to this process and all that it starts; no_new_privs must be set."""
    kernel.syscall(kernel.SYS_LANDLOCK_RESTRICT_SELF, "landlock_restrict_self", rules, 0)
