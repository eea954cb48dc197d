"""A seccomp filter: the system calls that a program has no use for fail. Built as classic BPF; see the kernel's seccomp_filter.rst."""
import ctypes
import errno
import struct

import kernel

# name: (x86_64, arm64); None where the architecture has no such call.
DENIED = {
    # other programs
    "execve": (59, 221), "execveat": (322, 281),
    # networks: none at all
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201), "accept": (43, 202), "accept4": (288, 242),
    "sendto": (44, 206), "sendmsg": (46, 211), "sendmmsg": (307, 269), "recvmsg": (47, 212), "recvmmsg": (299, 243),
    # other processes
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "process_madvise": (440, 440), "process_mrelease": (448, 448),
    "kcmp": (312, 272), "setpriority": (141, 140), "ioprio_set": (251, 30), "migrate_pages": (256, 238), "move_pages": (279, 239), "pidfd_getfd": (438, 438), "pidfd_send_signal": (424, 424), "setsid": (112, 157), "setpgid": (109, 154),
    # namespaces and file systems
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "mount_setattr": (442, 442), "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "quotactl": (179, 60), "quotactl_fd": (443, 443),
    "fanotify_init": (300, 262), "fanotify_mark": (301, 263), "statmount": (457, 457), "listmount": (458, 458), "mknod": (133, None), "mknodat": (259, 33),
    # large interfaces to the kernel
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427), "io_setup": (206, 0), "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218), "seccomp": (317, 277),
    "vmsplice": (278, 75), "personality": (135, 92), "modify_ldt": (154, None),
    # memory that outlives the process, or that no limit counts
    "shmget": (29, 194), "semget": (64, 190), "msgget": (68, 186), "mq_open": (240, 180), "memfd_create": (319, 279), "memfd_secret": (447, 447),
    # the machine
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106),
    "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225), "acct": (163, 89), "settimeofday": (164, 170), "clock_settime": (227, 112),
    "adjtimex": (159, 171), "clock_adjtime": (305, 266), "sethostname": (170, 161), "setdomainname": (171, 162), "syslog": (103, 116),
    "iopl": (172, None), "ioperm": (173, None), "vhangup": (153, 58), "lookup_dcookie": (212, 18),
}
CLONE = {"x86_64": 56, "arm64": 220}
IOCTL = {"x86_64": 16, "arm64": 29}
# kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo
SIGNALS = {"x86_64": (62, 200, 234, 129, 297), "arm64": (129, 130, 131, 138, 240)}
# prlimit64, sched_setaffinity, sched_setscheduler, sched_setparam, sched_setattr: for the calling process only, which is 0
OWN_ONLY = {"x86_64": (302, 203, 144, 142, 314), "arm64": (261, 122, 119, 118, 274)}
CLONE3 = 435
# No call above this number is known here (mseal, Linux 6.10); x86's x32 numbers lie there too.
LAST_KNOWN = 462
ARCHITECTURE = {"x86_64": 0xC000003E, "arm64": 0xC00000B7}
NAMESPACES = 0x7E020000
TERMINAL_INJECTION = (0x5412, 0x541C)

LOAD, EQUAL, GREATER, ANY_BIT, RETURN = 0x20, 0x15, 0x25, 0x45, 0x06
NUMBER, ARCH, ARGUMENT_0, ARGUMENT_1 = 0, 4, 16, 24
ALLOW, KILL, FAIL = 0x7FFF0000, 0x80000000, 0x00050000
SET_SECCOMP, MODE_FILTER = 22, 2


class Filter:
    """Assembles a filter: instructions with named places to jump to."""

    def __init__(self):
        self.instructions = []
        self.places = {}

    def add(self, code, value, then=None, otherwise=None):
        """One instruction; without a place to jump to it goes on to the next."""
        self.instructions.append((code, value, then, otherwise))

    def place(self, name):
        """Names the next instruction."""
        self.places[name] = len(self.instructions)

    def assemble(self):
        """The bytes of the kernel's struct sock_filter array; jumps count from the next instruction."""
        def distance(index, name):
            return 0 if name is None else self.places[name] - index - 1

        return b"".join(struct.pack("<HBBI", code, distance(index, then), distance(index, otherwise), value)
                        for index, (code, value, then, otherwise) in enumerate(self.instructions))


def build(machine, own_process=None):
    """The filter's bytes. With own_process, signals may go to that process and its group only: for where nothing else confines them."""
    made = Filter()
    made.add(LOAD, ARCH)
    made.add(EQUAL, ARCHITECTURE[machine], None, "kill")
    made.add(LOAD, NUMBER)
    made.add(GREATER, LAST_KNOWN, "unknown")
    made.add(EQUAL, CLONE3, "unknown")  # the C library falls back to clone, whose flags can be looked at
    for number in sorted({numbers[machine == "arm64"] for numbers in DENIED.values()} - {None}):
        made.add(EQUAL, number, "deny")
    made.add(EQUAL, CLONE[machine], "clone")
    made.add(EQUAL, IOCTL[machine], "ioctl")
    for number in OWN_ONLY[machine]:
        made.add(EQUAL, number, "own")
    for number in SIGNALS[machine] if own_process else ():
        made.add(EQUAL, number, "signal")
    made.add(RETURN, ALLOW)
    made.place("clone")
    made.add(LOAD, ARGUMENT_0)
    made.add(ANY_BIT, NAMESPACES, "deny", "allow")
    made.place("ioctl")
    made.add(LOAD, ARGUMENT_1)
    for request in TERMINAL_INJECTION:
        made.add(EQUAL, request, "deny")
    made.add(RETURN, ALLOW)
    made.place("own")
    made.add(LOAD, ARGUMENT_0)
    made.add(EQUAL, 0, "allow", "deny")
    made.place("signal")
    made.add(LOAD, ARGUMENT_0)
    for target in (own_process, 0, -own_process & 0xFFFFFFFF) if own_process else ():
        made.add(EQUAL, target, "allow")
    for name, value in (("deny", FAIL | errno.EPERM), ("unknown", FAIL | errno.ENOSYS), ("kill", KILL), ("allow", ALLOW)):
        made.place(name)
        made.add(RETURN, value)
    return made.assemble()


def install(own_process=None):
    """Installs the filter for this process and all that it starts; no_new_privs must be set."""
    code = build(kernel.MACHINE, own_process)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(code) // 8, ctypes.addressof(buffer)))
    kernel.prctl(SET_SECCOMP, MODE_FILTER, ctypes.byref(header))
