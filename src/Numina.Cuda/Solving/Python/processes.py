"""Watching, ending and reaping processes."""
import ctypes
import os
import signal
import time

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_CHILD_SUBREAPER = 36
# The same number on every architecture that has it.
SYS_PIDFD_OPEN = 434


def prctl(option, value=0):
    """Calls prctl; raises OSError when it fails."""
    unsigned = ctypes.c_ulong
    if LIBC.prctl(option, unsigned(value), unsigned(0), unsigned(0), unsigned(0)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def die_with_parent(parent):
    """Asks to be killed when the parent ends, and ends at once if that has happened already."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def open_exit(child):
    """A descriptor that becomes readable when the child ends (Linux 5.3)."""
    descriptor = LIBC.syscall(SYS_PIDFD_OPEN, child, 0)
    if descriptor < 0:
        number = ctypes.get_errno()
        raise OSError(number, "pidfd_open: " + os.strerror(number))
    os.set_inheritable(descriptor, False)
    return descriptor


def lower_priority(child):
    """A process that has had its chance yields to younger ones."""
    try:
        os.setpriority(os.PRIO_PGRP, child, 10)
    except OSError:
        pass  # it has ended meanwhile, or left its group


def exit_status(status):
    """The exit code, or the negated number of the signal that ended the process."""
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def reap_all(child):
    """Waits for every child, adopted ones too, and gives the wait status of the one that is asked for; None when it was not among them."""
    found = None
    while True:
        try:
            process, status = os.waitpid(-1, 0)
        except ChildProcessError:
            return found
        if process == child:
            found = status


def kill_namespace(child):
    """For the first process of a process namespace: kills all others in it at one stroke, and reaps them."""
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        pass
    return exit_status(reap_all(child))


def kill_descendants(child):
    """Without a namespace: kills the child's group, then, as their subreaper, all that escaped from it, until none is left."""
    status = None
    while True:
        try:
            os.killpg(child, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        for process in descendants(os.getpid()):
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass
        try:
            found = True
            while found:
                found, ended = os.waitpid(-1, os.WNOHANG)
                if found == child:
                    status = ended
        except ChildProcessError:
            return exit_status(status)
        time.sleep(0.001)


def descendants(ancestor):
    """All processes below one, by the parents that /proc names; empty without /proc, where the group has to do."""
    children = {}
    try:
        names = [name for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return []
    for name in names:
        try:
            with open("/proc/%s/stat" % name, "rb") as file:
                parent = int(file.read().rpartition(b")")[2].split()[1])
        except (OSError, IndexError, ValueError):
            continue  # it ended meanwhile
        children.setdefault(parent, []).append(int(name))
    found = []
    waiting = [ancestor]
    while waiting:
        for process in children.get(waiting.pop(), ()):
            found.append(process)
            waiting.append(process)
    return found
