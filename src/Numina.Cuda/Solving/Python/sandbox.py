"""The layers that shut a program in. Each is tried once at the start, in a process of its own; one that held then and fails later stops the program."""
import json
import os
import resource
import signal
import traceback

import kernel
import landlock
import namespaces
import processes
import seccomp

# What programs may be besides root; slots take one number each, so that the limit of processes is each one's own.
FIRST_USER = 61184
OPEN_FILES = 256
# A program may write as many files of the largest size.
SCRATCH_FILES = 4


class Sandbox:
    """What is applied when the launcher, the nursery, a slot and a program start, from the outermost layer in."""

    def __init__(self, options):
        self.options = options
        self.off = options["sandbox"] == "None"
        self.root = os.geteuid() == 0
        self.granted = []
        self.missing = {}
        self.own_processes = None
        self.process_files = None
        self.user = None
        self.folder = options["folder"]
        self.base_size = self.base_memory = 0

    def layer(self, name, action):
        """Applies a layer; says whether it holds. The first attempt decides whether the machine grants it."""
        if self.off or name in self.missing:
            return False
        if name in self.granted:
            action()
            return True
        try:
            action()
        except (OSError, KeyError) as error:
            self.missing[name] = str(error)
            return False
        self.granted.append(name)
        return True

    def holds(self, name):
        """Whether a layer has been applied."""
        return name in self.granted

    # The launcher.

    def fork_nursery(self):
        """Forks the nursery, as the first process of its own process namespace where that is granted."""
        if not self.root:
            self.layer("user namespace", namespaces.enter_user_namespace)
        self.layer("process namespace", lambda: kernel.unshare(kernel.CLONE_NEWPID, "process"))
        return os.fork()

    def visible_parent(self, parent):
        """The number under which a child sees its parent: none, in another namespace."""
        return 0 if self.holds("process namespace") else parent

    # The nursery.

    def isolate_nursery(self):
        """Everything that all slots share: the network, the root folder. Then tries the rest in a slot that is thrown away."""
        self.base_size, self.base_memory = processes.own_memory()
        if self.holds("process namespace"):
            self.own_processes = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        self.layer("network namespace", lambda: kernel.unshare(kernel.CLONE_NEWNET, "network"))
        self.layer("host name namespace", lambda: kernel.unshare(kernel.CLONE_NEWUTS, "host name"))
        if self.root:
            os.chmod(self.folder, 0o711)
        self.layer("own root folder", lambda: namespaces.build_root(self.folder))
        self.layer("not dumpable", lambda: kernel.prctl(kernel.PR_SET_DUMPABLE, 0))
        self.probe()

    def probe(self):
        """Goes through a slot's and a program's layers once and takes over what was granted."""
        reading, writing = os.pipe()
        process = self.fork_slot()
        if process == 0:
            try:
                self.isolate_slot(0)
                if os.fork() == 0:
                    self.enter()
                    os.write(writing, json.dumps([self.granted, self.missing]).encode())
                else:
                    os.wait()
            except Exception:
                traceback.print_exc()
            finally:
                os._exit(0)
        os.close(writing)
        with open(reading, "rb") as stream:
            text = stream.read()
        os.waitpid(process, 0)
        if not text:
            raise RuntimeError("a trial run in the sandbox failed")
        self.granted, self.missing = json.loads(text)

    def report(self):
        """The layers that hold and those that do not, with the reason."""
        return {"granted": self.granted, "missing": self.missing, "root": self.root}

    # A slot.

    def fork_slot(self):
        """Forks a slot, as the first process of its own process namespace where that is granted."""
        if self.own_processes is None:
            return os.fork()
        kernel.unshare(kernel.CLONE_NEWPID, "process")
        process = os.fork()
        if process:
            kernel.setns(self.own_processes, kernel.CLONE_NEWPID)
        return process

    def isolate_slot(self, number):
        """All that programs need not do themselves: done once here, it costs them nothing. Returns the folder for their files."""
        os.setsid()
        if not self.layer("own scratch file system", self.mount_scratch):
            self.folder = os.path.join(self.folder, "slot%d-%d" % (number, os.getpid()))
            os.mkdir(self.folder, 0o711)
        self.layer("own process list", self.open_processes)
        self.layer("no process list for programs", self.hide_processes)
        self.layer("message queue namespace", lambda: kernel.unshare(kernel.CLONE_NEWIPC, "message queue"))
        if not self.root:
            # The kernel lets a process write its own maps only while it is dumpable.
            kernel.prctl(kernel.PR_SET_DUMPABLE, 1)
            self.layer("slot user namespace", lambda: namespaces.enter_user_namespace(self.process_files))
        self.layer("not dumpable", lambda: kernel.prctl(kernel.PR_SET_DUMPABLE, 0))
        self.layer("unprivileged user", lambda: self.choose_user(FIRST_USER + number))
        self.set_limits()
        self.layer("no new privileges", lambda: kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1))
        self.layer("Landlock", self.apply_landlock)
        if self.holds("process namespace"):
            self.layer("seccomp", seccomp.install)
        else:
            kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
        return self.folder

    def mount_scratch(self):
        """A file system of the slot's own, of limited size, that ends with the slot."""
        if not self.holds("own root folder"):
            raise OSError("needs an own root folder")
        kernel.unshare(kernel.CLONE_NEWNS, "mount")
        self.folder = namespaces.mount_scratch(SCRATCH_FILES * self.options["file_bytes"])

    def open_processes(self):
        """The slot's view of its programs' processes; programs have none."""
        if not (self.holds("own scratch file system") and self.holds("process namespace")):
            raise OSError("needs an own scratch file system and a process namespace")
        self.process_files = namespaces.open_processes()

    def hide_processes(self):
        """Also where the slot has no view of its own."""
        if not self.holds("own scratch file system"):
            raise OSError("needs an own scratch file system")
        namespaces.hide_processes()

    def choose_user(self, user):
        """Where we are root, programs become a user that owns nothing; else the slot gives up what its namespace granted."""
        if self.root:
            os.setgroups([])
            os.setresgid(user, user, user)
            self.user = user
        else:
            kernel.drop_capabilities()

    def set_limits(self):
        """The limits of each process; how many there may be counts for all of them together."""
        options = self.options
        for limit, value in (
            (resource.RLIMIT_AS, self.base_size + options["memory_bytes"]),
            (resource.RLIMIT_NPROC, options["processes"] + self.other_processes()),
            (resource.RLIMIT_FSIZE, options["file_bytes"]),
            (resource.RLIMIT_NOFILE, OPEN_FILES),
            (resource.RLIMIT_CORE, 0),
        ):
            hard = resource.getrlimit(limit)[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(limit, (value, value))

    def other_processes(self):
        """The kernel counts a user's processes, not a program's: those outside must fit beside them where the user is not the slot's own."""
        if self.user is not None:
            return 0
        return 1 if self.holds("slot user namespace") else processes.count_of_user()

    def apply_landlock(self):
        """Binds the slot too, which needs no more than its programs do."""
        writable = [self.folder, "/dev/shm"] if self.holds("own scratch file system") else [self.folder]
        rules = landlock.create_rules(namespaces.readable(), writable, namespaces.DEVICES, self.process_files)
        landlock.restrict(rules)
        os.close(rules)

    def kill_all(self, child):
        """Ends a program with everything that it has started, and gives its exit code or negated signal."""
        return processes.kill_namespace(child) if self.holds("process namespace") else processes.kill_descendants(child)

    def memory_exceeded(self):
        """Whether all processes of the running program together hold more than one may. Each alone is held to it by its own limit."""
        return self.process_files is not None and processes.memory_of_all(self.process_files, self.base_memory) > self.options["memory_bytes"]

    # A program.

    def own(self, path):
        """Gives a file of the slot's making to the program."""
        if self.user is not None:
            os.chown(path, self.user, self.user)

    def enter(self):
        """Shuts this process in. Nothing below this call can be undone by the program."""
        cpu = self.options["cpu_seconds"]
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
        if self.user is not None:
            self.layer("no capabilities", lambda: os.setresuid(self.user, self.user, self.user))
        if not self.holds("process namespace"):
            os.setpgid(0, 0)
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
            # Nothing else holds its signals back from the slot.
            self.layer("seccomp", lambda: seccomp.install(os.getpid()))
