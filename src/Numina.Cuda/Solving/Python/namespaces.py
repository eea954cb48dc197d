"""Namespaces, and the root folder that programs see: the Python installation read-only, five devices, and a scratch file system."""
import os
import sys

import kernel

DEVICES = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"]
SYSTEM = ["/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime"]


def readable():
    """The folders that Python and its libraries are read from, outermost only."""
    worker = os.path.dirname(os.path.abspath(__file__))
    wanted = [*SYSTEM, sys.prefix, sys.base_prefix, *(path for path in sys.path if path and path != worker)]
    kept = []
    for path in sorted({os.path.abspath(path) for path in wanted if os.path.exists(path)}):
        if path != "/" and not any(path == outer or path.startswith(outer + "/") for outer in kept):
            kept.append(path)
    return kept


def enter_user_namespace(process_files=None):
    """A new user namespace in which this process has every capability over what it makes there, under its own numbers. process_files is /proc."""
    user, group = os.geteuid(), os.getegid()
    files = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY) if process_files is None else process_files
    kernel.unshare(kernel.CLONE_NEWUSER, "user")
    for name, text in (("setgroups", "deny"), ("gid_map", "%d %d 1" % (group, group)), ("uid_map", "%d %d 1" % (user, user))):
        file = os.open("self/" + name, os.O_WRONLY, dir_fd=files)
        os.write(file, text.encode())
        os.close(file)
    if process_files is None:
        os.close(files)


def build_root(folder):
    """Makes a root of its own below folder and moves into it. The old root can't be reached from there."""
    kernel.unshare(kernel.CLONE_NEWNS, "mount")
    kernel.mount("", "/", "", kernel.MS_PRIVATE_RECURSIVE)
    root = os.path.join(folder, "root")
    os.mkdir(root, 0o755)
    kernel.mount("tmpfs", root, "tmpfs", kernel.MS_NOSUID_NODEV, "size=1m,mode=755")
    for name in ("tmp", "proc", "dev", "dev/shm"):
        os.mkdir(os.path.join(root, name), 0o755)
    for path in readable():
        bind(path, root + path)
    for path in DEVICES:
        bind(path, root + path)
    # A slot may mount its own view of processes only where one can be seen; it hides both.
    kernel.mount("/proc", root + "/proc", "", kernel.MS_BIND_RECURSIVE)
    kernel.make_read_only(root)
    kernel.pivot_to(root)


def bind(path, target):
    """Shows a file or folder at another place; links are made again instead."""
    os.makedirs(os.path.dirname(target), 0o755, exist_ok=True)
    if os.path.islink(path):
        os.symlink(os.readlink(path), target)
        return
    if os.path.isdir(path):
        os.mkdir(target, 0o755)
    else:
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))
    kernel.mount(path, target, "", kernel.MS_BIND_RECURSIVE)


def open_processes():
    """A descriptor of /proc for this process namespace."""
    kernel.mount("proc", "/proc", "proc", kernel.MS_NOSUID_NODEV)
    return os.open("/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)


def hide_processes():
    """Covers /proc by an empty folder."""
    kernel.mount("tmpfs", "/proc", "tmpfs", kernel.MS_NOSUID_NODEV, "size=4k,mode=555")


def mount_scratch(size):
    """A file system of its own for what programs write: /tmp, and /dev/shm for shared semaphores. Returns the folder for programs."""
    kernel.mount("tmpfs", "/tmp", "tmpfs", kernel.MS_NOSUID_NODEV, "size=%d,nr_inodes=4096,mode=711" % size)
    os.mkdir("/tmp/shm", 0o700)
    os.chmod("/tmp/shm", 0o1777)
    kernel.mount("/tmp/shm", "/dev/shm", "", kernel.MS_BIND_RECURSIVE)
    return "/tmp"
