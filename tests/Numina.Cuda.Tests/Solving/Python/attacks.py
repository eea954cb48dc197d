# Programs that try to get out. Each prints ESCAPED when it has reached its goal. A section begins with
#     #: name [needs LAYER] [uncontrolled] [linux-x86_64]
# needs: the goal can only be stopped where that layer holds. uncontrolled: not tried without a sandbox, because it would do harm, or would fail anyway.
# Names in capitals between percent signs are filled in: files, sockets and processes of the machine that runs the tests.

#: read_a_file_outside
print("ESCAPED", open("%SECRET%").read())

#: read_the_password_file
print("ESCAPED", open("/etc/passwd").read())

#: list_the_root_folder
import os
names = os.listdir("/")
print("ESCAPED", names)

#: list_a_folder_outside
import os
print("ESCAPED", os.listdir("%FOLDER%"))

#: write_a_file_outside
open("%FOLDER%/written", "w").write("x")
print("ESCAPED")

#: rename_over_a_file_outside
import os
open("mine", "w").write("x")
os.rename("mine", "%SECRET%")
print("ESCAPED")

#: remove_a_file_outside uncontrolled
import os
os.unlink("%SECRET%")
print("ESCAPED")

#: change_a_library
print("ESCAPED", open(sp.__file__, "r+"))

#: leave_a_module_in_the_system uncontrolled
open("/usr/lib/python3/dist-packages/numina_left.py", "w")
print("ESCAPED")

#: symlink_to_a_secret
import os
os.symlink("%SECRET%", "link")
print("ESCAPED", open("link").read())

#: hard_link_to_a_secret
import os
os.link("%SECRET%", "link")
print("ESCAPED", open("link").read())

#: climb_out_with_dots
print("ESCAPED", open("../" * 40 + "%SECRET%").read())

#: root_by_way_of_proc
print("ESCAPED", open("/proc/self/root%SECRET%").read())

#: working_folder_of_the_parent
import os
print("ESCAPED", os.listdir("/proc/%d/cwd" % os.getppid()))

#: inherited_descriptors uncontrolled
import os
for number in range(4, 4096):
    try:
        os.fstat(number)
        print("ESCAPED", number)
    except OSError:
        pass

#: reopen_descriptors_of_the_parent
import os
for name in os.listdir("/proc/%d/fd" % os.getppid()):
    print("ESCAPED", os.open("/proc/%d/fd/%s" % (os.getppid(), name), os.O_RDWR | os.O_NONBLOCK))

#: memory_of_the_parent
import os
print("ESCAPED", open("/proc/%d/mem" % os.getppid(), "rb"))

#: memory_of_the_parent_by_call uncontrolled
import ctypes, os
libc = ctypes.CDLL(None)
buffer = ctypes.create_string_buffer(16)
class Range(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
here, there = Range(ctypes.addressof(buffer), 16), Range(id(os), 16)
if libc.process_vm_readv(os.getppid(), ctypes.byref(here), 1, ctypes.byref(there), 1, 0) > 0:
    print("ESCAPED")

#: environment uncontrolled
import os
if "%WORD%" in repr(os.environ):
    print("ESCAPED")

#: environment_of_others
import glob
for name in glob.glob("/proc/[0-9]*/environ"):
    try:
        if b"%WORD%" in open(name, "rb").read():
            print("ESCAPED", name)
    except OSError:
        pass

#: command_lines_of_others
import glob
for name in glob.glob("/proc/[0-9]*/cmdline"):
    if open(name, "rb").read():
        print("ESCAPED", name)

#: tcp_connect
import socket
socket.create_connection(("127.0.0.1", %PORT%), 2)
print("ESCAPED")

#: tcp_listen
import socket
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    s.listen()
    print("ESCAPED")

#: udp
import socket
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", %PORT%))
print("ESCAPED")

#: ipv6
import socket
socket.socket(socket.AF_INET6)
print("ESCAPED")

#: unix_socket
import socket
s = socket.socket(socket.AF_UNIX)
s.connect("%FOLDER%/socket")
print("ESCAPED")

#: abstract_unix_socket
import socket
s = socket.socket(socket.AF_UNIX)
s.bind("\0numina-%WORD%")
print("ESCAPED")

#: socket_pair
import socket
print("ESCAPED", socket.socketpair())

#: netlink
import socket
print("ESCAPED", socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0))

#: raw_socket uncontrolled
import socket
print("ESCAPED", socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))

#: packet_socket uncontrolled
import socket
print("ESCAPED", socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0))

#: vsock uncontrolled
import socket
print("ESCAPED", socket.socket(40, socket.SOCK_STREAM))

#: name_resolution
import socket
print("ESCAPED", socket.getaddrinfo("localhost", 80))

#: kill_the_parent uncontrolled
import os, time
os.kill(os.getppid(), 9)
time.sleep(0.2)

#: kill_a_stranger uncontrolled
import os
os.kill(%VICTIM%, 9)
print("ESCAPED")

#: see_a_stranger
import os
os.kill(%VICTIM%, 0)
print("ESCAPED")

#: signal_a_stranger_from_a_thread uncontrolled
import os, threading
def attack():
    os.kill(%VICTIM%, 9)
    print("ESCAPED")
thread = threading.Thread(target=attack)
thread.start()
thread.join()

#: kill_everything uncontrolled
import os
os.kill(-1, 9)

#: stop_everything uncontrolled
import os, signal
os.kill(-1, signal.SIGSTOP)

#: kill_the_own_group uncontrolled
import os
os.kill(0, 9)

#: trace_the_parent uncontrolled
import ctypes, os
if ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0) == 0:
    print("ESCAPED")

#: seize_a_stranger
import ctypes
if ctypes.CDLL(None).ptrace(0x4206, %VICTIM%, 0, 0) == 0:
    print("ESCAPED")

#: take_a_descriptor_of_the_parent
import ctypes, os
libc = ctypes.CDLL(None)
other = libc.syscall(434, os.getppid(), 0)
for number in range(32):
    if libc.syscall(438, other, number, 0) >= 0:
        print("ESCAPED", number)

#: limits_of_the_parent
import os, resource
resource.prlimit(os.getppid(), resource.RLIMIT_CORE, (0, 0))
print("ESCAPED")

#: priority_of_the_parent
import os
os.setpriority(os.PRIO_PROCESS, os.getppid(), 19)
print("ESCAPED")

#: processors_of_the_parent
import os
os.sched_setaffinity(os.getppid(), {0})
print("ESCAPED")

#: raise_own_limits uncontrolled
import resource
for name in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_AS):
    try:
        resource.setrlimit(name, (resource.getrlimit(name)[1] + 4096,) * 2)
        print("ESCAPED")
    except ValueError:
        pass

#: memory_bomb
block = bytearray(%MEMORY% * 2)
print("ESCAPED", len(block))

#: shared_memory_bomb
import mmap
block = mmap.mmap(-1, %MEMORY% * 2)
print("ESCAPED", len(block))

#: numpy_memory_bomb
block = np.ones(%MEMORY% // 4)
print("ESCAPED", len(block))

#: memory_bomb_in_many_processes needs own process list
import os, time
for _ in range(8):
    if os.fork() == 0:
        block = bytearray(%MEMORY% // 4)
        time.sleep(60)
time.sleep(2)
print("ESCAPED")

#: file_of_any_size
with open("big", "wb") as file:
    while file.tell() < %FILE% * 2:
        file.write(bytes(1 << 20))
print("ESCAPED")

#: sparse_file_of_any_size
with open("big", "wb") as file:
    file.truncate(%FILE% * 2)
print("ESCAPED")

#: many_files needs own scratch file system
for number in range(16):
    with open("file%d" % number, "wb") as file:
        file.write(bytes(%FILE% - 1))
print("ESCAPED")

#: many_names needs own scratch file system
import os
for number in range(20000):
    os.close(os.open("name%d" % number, os.O_CREAT | os.O_WRONLY))
print("ESCAPED")

#: many_descriptors uncontrolled
import os
held = [os.open("/dev/null", os.O_RDONLY) for _ in range(1000)]
print("ESCAPED", len(held))

#: many_pipes uncontrolled
import os
held = [os.pipe() for _ in range(500)]
print("ESCAPED", len(held))

#: anonymous_files_in_memory
import os
print("ESCAPED", os.memfd_create("x"))

#: system_v_shared_memory linux-x86_64
import ctypes
if ctypes.CDLL(None).shmget(0, 4096, 0o1600) >= 0:
    print("ESCAPED")

#: system_v_messages linux-x86_64
import ctypes
if ctypes.CDLL(None).msgget(0, 0o1600) >= 0:
    print("ESCAPED")

#: posix_messages linux-x86_64 uncontrolled
import ctypes
if ctypes.CDLL(None).syscall(240, b"numina-left", 0o102, 0o600, None) >= 0:
    print("ESCAPED")

#: io_uring uncontrolled
import ctypes
if ctypes.CDLL(None).syscall(425, 8, ctypes.create_string_buffer(256)) >= 0:
    print("ESCAPED")

#: userfaultfd linux-x86_64
import ctypes
if ctypes.CDLL(None).syscall(323, 1) >= 0:
    print("ESCAPED")

#: bpf linux-x86_64 uncontrolled
import ctypes
attributes = ctypes.create_string_buffer(b"\x02\x00\x00\x00\x04\x00\x00\x00\x04\x00\x00\x00\x01" + bytes(115))
if ctypes.CDLL(None).syscall(321, 0, attributes, 128) >= 0:
    print("ESCAPED")

#: perf_events linux-x86_64 uncontrolled
import ctypes, struct
attributes = ctypes.create_string_buffer(struct.pack("<IIQ", 1, 128, 0) + bytes(112))
if ctypes.CDLL(None).syscall(298, attributes, 0, -1, -1, 0) >= 0:
    print("ESCAPED")

#: keyring linux-x86_64 uncontrolled
import ctypes
if ctypes.CDLL(None).syscall(248, b"user", b"numina-left", b"x", 1, -4) >= 0:
    print("ESCAPED")

#: own_seccomp_listener linux-x86_64
import ctypes
if ctypes.CDLL(None).syscall(317, 2, 0, ctypes.byref(ctypes.c_uint(0x7FC00000))) >= 0:
    print("ESCAPED")

#: mount uncontrolled
import ctypes
if ctypes.CDLL(None).mount(b"x", b".", b"tmpfs", 0, None) == 0:
    print("ESCAPED")

#: new_mount_interface uncontrolled
import ctypes
if ctypes.CDLL(None).syscall(430, b"tmpfs", 0) >= 0:
    print("ESCAPED")

#: unmount uncontrolled
import ctypes
if ctypes.CDLL(None).umount2(b"/tmp", 2) == 0:
    print("ESCAPED")

#: chroot uncontrolled
import os
os.mkdir("inner")
os.chroot("inner")
for _ in range(40):
    os.chdir("..")
os.chroot(".")
print("ESCAPED", open("%SECRET%").read())

#: new_user_namespace uncontrolled
import ctypes
if ctypes.CDLL(None).unshare(0x10000000) == 0:
    print("ESCAPED")

#: new_user_namespace_by_clone linux-x86_64 uncontrolled
import ctypes, os
if ctypes.CDLL(None).syscall(56, 0x10000000 | 17, 0, 0, 0, 0) >= 0:
    print("ESCAPED")

#: new_user_namespace_by_clone3 uncontrolled
import ctypes, struct
arguments = ctypes.create_string_buffer(struct.pack("<8Q", 0x10000000, 0, 0, 0, 17, 0, 0, 0))
if ctypes.CDLL(None).syscall(435, arguments, 64) >= 0:
    print("ESCAPED")

#: join_the_namespaces_of_others uncontrolled
import ctypes, os
for name in ("mnt", "net", "pid", "user"):
    if ctypes.CDLL(None).setns(os.open("/proc/1/ns/" + name, os.O_RDONLY), 0) == 0:
        print("ESCAPED")

#: become_root uncontrolled
import os
for change in (lambda: os.setuid(0), lambda: os.setresuid(0, 0, 0), lambda: os.setgid(0), lambda: os.setgroups([0])):
    try:
        change()
        print("ESCAPED")
    except PermissionError:
        pass

#: gain_capabilities linux-x86_64 uncontrolled
import ctypes
libc = ctypes.CDLL(None)
header, sets = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)(*[0xFFFFFFFF] * 6)
if libc.syscall(126, header, sets) == 0:
    print("ESCAPED")
libc.syscall(125, header, sets)
if any(sets[:2]) or any(sets[3:5]):
    print("ESCAPED", list(sets))

#: load_a_kernel linux-x86_64 uncontrolled
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for call in (246, 320, 175, 313):
    if libc.syscall(call, 0, 0, 0, 0, 0) == 0 or ctypes.get_errno() != 1:
        print("ESCAPED", call, ctypes.get_errno())

#: change_the_clock linux-x86_64 uncontrolled
import ctypes
if ctypes.CDLL(None).syscall(164, None, ctypes.create_string_buffer(8)) == 0:
    print("ESCAPED")

#: host_name uncontrolled
import socket
socket.sethostname("numina")
print("ESCAPED")

#: kernel_log linux-x86_64 uncontrolled
import ctypes
if ctypes.CDLL(None).syscall(103, 10, None, 0) >= 0:
    print("ESCAPED")

#: kernel_settings uncontrolled
print("ESCAPED", open("/proc/sys/kernel/core_pattern", "r+"))

#: magic_keys uncontrolled
print("ESCAPED", open("/proc/sysrq-trigger", "w"))

#: control_groups uncontrolled
import glob
for name in glob.glob("/sys/fs/cgroup/**/cgroup.procs", recursive=True)[:5]:
    print("ESCAPED", open(name, "r+"))

#: device_files uncontrolled
import glob
for name in glob.glob("/dev/*"):
    if name not in ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/shm"):
        try:
            print("ESCAPED", open(name, "rb", buffering=0))
        except OSError:
            pass

#: make_a_device_file uncontrolled
import os, stat
os.mknod("disk", stat.S_IFBLK | 0o600, os.makedev(254, 0))
print("ESCAPED", open("disk", "rb"))

#: files_by_handle linux-x86_64 uncontrolled
import ctypes
handle = ctypes.create_string_buffer(b"\x80\x00\x00\x00" + bytes(200))
if ctypes.CDLL(None).syscall(303, -100, b"%SECRET%", handle, ctypes.byref(ctypes.c_int()), 0) >= 0:
    print("ESCAPED")

#: another_program
import os
os.execv("/bin/sh", ["sh", "-c", "echo ESCAPED"])

#: subprocess
import subprocess
print(subprocess.run(["echo", "ESCAPED"], capture_output=True, text=True).stdout)

#: program_from_scratch
import os, shutil
open("script", "w").write("#!/bin/sh\necho ESCAPED\n")
os.chmod("script", 0o755)
os.execv("./script", ["script"])

#: loader_as_a_trick linux-x86_64
import os
os.execv("/lib64/ld-linux-x86-64.so.2", ["ld", "/bin/echo", "ESCAPED"])

#: thirty_two_bit_calls linux-x86_64 uncontrolled
import ctypes, mmap
page = mmap.mmap(-1, 4096, prot=7)
# socketcall number 102 would be refused anyway; getpid (20) shows whether the other table of calls can be reached at all.
page.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")
call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
if call() > 0:
    print("ESCAPED")

#: x32_calls linux-x86_64 uncontrolled
import ctypes
if ctypes.CDLL(None).syscall(0x40000000 + 41, 2, 1, 0) >= 0:
    print("ESCAPED")

#: calls_of_the_future uncontrolled
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for number in range(463, 600):
    if libc.syscall(number, 0, 0, 0, 0, 0) != -1 or ctypes.get_errno() != 38:
        print("ESCAPED", number)

#: type_into_the_terminal uncontrolled
import fcntl
fcntl.ioctl(0, 0x5412, b"x")
print("ESCAPED")
