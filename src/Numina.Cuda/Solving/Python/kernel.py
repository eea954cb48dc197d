"""The kernel's interfaces that the os module lacks, through ctypes. Every call raises OSError with the kernel's reason when it fails."""
import ctypes
import os
import platform

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.syscall.restype = ctypes.c_long
# Calls through this one keep the interpreter's lock.
HOLDING_THE_LOCK = ctypes.PyDLL(None)

MACHINE = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}.get(platform.machine().lower())

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_BIND_RECURSIVE = 4096 | 16384
MS_PRIVATE_RECURSIVE = (1 << 18) | 16384
MS_NOSUID_NODEV = 2 | 4
MNT_DETACH = 2
AT_RECURSIVE = 0x8000
MOUNT_ATTR_RDONLY_NOSUID = 1 | 2

# System calls younger than 2019 have one number on every architecture; the two others are given for each.
SYS_PIDFD_OPEN = 434
SYS_MOUNT_SETATTR = 442
SYS_LANDLOCK_CREATE_RULESET = 444
SYS_LANDLOCK_ADD_RULE = 445
SYS_LANDLOCK_RESTRICT_SELF = 446
SYS_PIVOT_ROOT = {"x86_64": 155, "arm64": 41}.get(MACHINE)
SYS_CAPSET = {"x86_64": 126, "arm64": 91}.get(MACHINE)


def check(result, what):
    """The result of a C call, or its error."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, "%s: %s" % (what, os.strerror(number)))
    return result


def syscall(number, what, *arguments):
    """A system call by its number; integers are passed as longs."""
    return check(LIBC.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]), what)


def prctl(option, value=0, pointer=None):
    """Calls prctl with one number and, where it takes one, a pointer."""
    third = ctypes.c_ulong(0) if pointer is None else pointer
    check(LIBC.prctl(option, ctypes.c_ulong(value), third, ctypes.c_ulong(0), ctypes.c_ulong(0)), "prctl(%d)" % option)


def unshare(flags, what):
    """Moves this process (its children, for process namespaces) into new namespaces."""
    check(LIBC.unshare(flags), "unshare(%s)" % what)


def setns(descriptor, kind):
    """Moves this process (its children, for process namespaces) into an existing namespace."""
    check(LIBC.setns(descriptor, kind), "setns")


def mount(source, target, kind, flags, options=""):
    """Mounts a file system."""
    check(LIBC.mount(source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode()), "mount " + target)


def detach(target):
    """Unmounts as soon as nobody uses it; what is open stays so."""
    check(LIBC.umount2(target.encode(), MNT_DETACH), "umount " + target)


def make_read_only(target):
    """Makes a mount and all below it read-only, whatever other flags they have (Linux 5.12)."""
    attributes = (ctypes.c_uint64 * 4)(MOUNT_ATTR_RDONLY_NOSUID, 0, 0, 0)
    at_cwd = -100
    syscall(SYS_MOUNT_SETATTR, "mount_setattr " + target, at_cwd, target.encode(), AT_RECURSIVE, ctypes.byref(attributes), ctypes.sizeof(attributes))


def pivot_to(root):
    """Makes a mount the root folder and lets go of the old one."""
    os.chdir(root)
    syscall(SYS_PIVOT_ROOT, "pivot_root", b".", b".")
    detach(".")
    os.chdir("/")


def drop_capabilities():
    """Gives up every capability of this process."""
    version_3 = 0x20080522
    header = (ctypes.c_uint32 * 2)(version_3, 0)
    syscall(SYS_CAPSET, "capset", ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)()))


def open_process(process):
    """A descriptor that becomes readable when the process ends (Linux 5.3)."""
    return syscall(SYS_PIDFD_OPEN, "pidfd_open", process, 0)
