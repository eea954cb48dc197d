"""Watching, ending and reaping processes."""
import os
import signal
import time

import kernel

# How many milliseconds the members of a killed group have to vanish before others are looked for.
SWEEP_AFTER = 20
PAGE = os.sysconf("SC_PAGE_SIZE")


def die_with_parent(parent):
    """Asks to be killed when the parent ends, and ends at once if that has happened already."""
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def fork_quietly():
    """Forks without the after-fork code of Python's libraries. It repairs locks and reseeds generators for programs with threads, of which slots have none,
    and touches two hundred pages, which then are copied: a large part of what a short program costs."""
    result = kernel.HOLDING_THE_LOCK.fork()
    if result < 0:
        raise OSError("fork failed")
    return result


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
    attempts = 0
    while True:
        try:
            os.killpg(child, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        if attempts > SWEEP_AFTER:
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
        attempts += 1
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


def own_memory():
    """Address space and resident memory of this process, in bytes."""
    with open("/proc/self/statm", "rb") as file:
        return [int(word) * PAGE for word in file.read().split()[:2]]


def memory_of_all(process_files, base):
    """Resident memory of all processes in a namespace but its first, less what each has in common with that one."""
    total = 0
    for name in os.listdir(process_files):
        if name.isdigit() and name != "1":
            try:
                file = os.open(name + "/statm", os.O_RDONLY, dir_fd=process_files)
                total += max(0, int(os.read(file, 256).split()[1]) * PAGE - base)
                os.close(file)
            except (OSError, IndexError):
                continue  # it ended meanwhile
    return total


def count_of_user():
    """Processes and threads that this user has now."""
    count = 0
    for name in os.listdir("/proc"):
        try:
            if name.isdigit() and os.stat("/proc/" + name).st_uid == os.geteuid():
                count += len(os.listdir("/proc/%s/task" % name))
        except OSError:
            continue  # it ended meanwhile
    return count
