"""A slot runs one program at a time and leaves nothing of it behind."""
import os
import select
import shutil
import struct
import time

import frames
import kernel
import processes
import program
import sandbox

# What the nursery sends: the profile, the wall clock and the output limit, then the source.
JOB = struct.Struct("<cdI")
# What goes back: how it ended, exit code or negated signal, seconds; lengths of output, errors, report and folder, which follow.
RESULT = struct.Struct("<cidIIII")
ENDED, TIMED_OUT, KILLED, FLOODED, OUT_OF_MEMORY = b"E", b"T", b"K", b"O", b"M"
KILL = b"K"
CHUNK = 1 << 16
# The descriptor on which a program of the default profile tells its error.
REPORT = 3
# Stays for all programs of a slot: /dev/shm is bound to it.
SHARED = "shm"
# How often the memory of a program with several processes is looked at.
MEMORY_INTERVAL = 0.1


class Slot:
    """The loop of one slot process. commands and results are its pipes to the nursery; shield is applied to every program."""

    def __init__(self, commands, results, folder, shield):
        self.commands = commands
        self.results = results
        self.folder = folder
        self.run_folder = os.path.join(folder, "run")
        self.shield = shield

    def serve(self):
        """Runs jobs until the nursery goes. In a forked program, returns that program."""
        os.environ.clear()
        os.environ.update(PATH="/usr/bin:/bin", LANG="C.UTF-8", HOME=self.run_folder, TMPDIR=self.run_folder)
        while True:
            frame = frames.read(self.commands)
            if frame is None:
                os._exit(0)
            if frame == KILL:  # for a program that ended before the order came
                continue
            forked = self.execute(frame)
            if forked is not None:
                return forked

    def execute(self, frame):
        """Runs one program and reports; returns it in the forked process."""
        profile, wall_clock, output_limit = JOB.unpack_from(frame)
        source = frame[JOB.size:]
        self.prepare(profile, source)
        pipes = [os.pipe() for _ in range(3)]
        started = time.monotonic()
        child = processes.fork_quietly()
        if child == 0:
            return self.enter(profile, source, pipes)
        for _, writing in pipes:
            os.close(writing)
        watch = Watch(child, [reading for reading, _ in pipes], profile, started + wall_clock, output_limit, self.shield.memory_exceeded)
        how = watch.until_end(self.commands)
        status = self.shield.kill_all(child)
        watch.drain()
        seconds = time.monotonic() - started
        for reading, _ in pipes:
            os.close(reading)
        clean = self.clean()
        texts = [b"".join(chunks) for chunks in watch.texts] + [self.run_folder.encode()]
        frames.write(self.results, RESULT.pack(how, status, seconds, *map(len, texts)) + b"".join(texts))
        if not clean:
            os._exit(1)  # another slot takes over, with a folder of its own
        return None

    def prepare(self, profile, source):
        """Makes the program's private folder, with the file that the notebook profile runs."""
        os.mkdir(self.run_folder, 0o700)
        os.chdir(self.run_folder)
        if profile == program.NOTEBOOK:
            with open(program.FILE_NAME, "wb") as file:
                file.write(source)
        self.shield.own(self.run_folder)

    def enter(self, profile, source, pipes):
        """The forked side: its pipes become the standard streams, everything else is closed, and the sandbox shuts behind it. Short, because every page
        that a program touches first is copied for it."""
        for target, (_, descriptor) in zip((1, 2, REPORT), pipes):
            os.dup2(descriptor, target, target != REPORT)
        os.closerange(REPORT + 1, sandbox.OPEN_FILES)
        self.shield.enter()
        return program.Program(profile, source, self.run_folder, REPORT)

    def clean(self):
        """Removes whatever the program left; false when it has spoilt the folder. All its processes are gone, so nothing moves meanwhile."""
        try:
            os.chdir("/")
            for entry in os.scandir(self.folder):
                if entry.name == SHARED and entry.is_dir(follow_symlinks=False):
                    for left in os.scandir(entry.path):
                        remove(left)
                else:
                    remove(entry)
            return True
        except OSError:
            return False


def remove(entry):
    """Removes a file or a whole folder, also one that its owner has locked."""
    if not entry.is_dir(follow_symlinks=False):
        os.unlink(entry.path)
        return

    def unlock(function, path, _):
        os.chmod(os.path.dirname(path), 0o700)
        if os.path.isdir(path) and not os.path.islink(path):
            os.chmod(path, 0o700)
            shutil.rmtree(path)
        else:
            function(path)

    shutil.rmtree(entry.path, onerror=unlock)


class Watch:
    """Follows one program: gathers its three streams, and says when and how it ended."""

    def __init__(self, child, streams, profile, deadline, output_limit, memory_exceeded):
        self.child = child
        self.open = list(streams)
        self.streams = list(streams)
        self.texts = [[] for _ in streams]
        self.lengths = [0] * len(streams)
        self.profile = profile
        self.deadline = deadline
        self.output_limit = output_limit
        self.memory_exceeded = memory_exceeded
        self.exited = False

    def until_end(self, commands):
        """Waits for the end: the default profile's is the program's own, the notebook's that of everything that holds its streams."""
        poller = select.poll()
        exit_of_child = kernel.open_process(self.child)
        for descriptor in [commands, exit_of_child, *self.streams]:
            poller.register(descriptor, select.POLLIN)
        looks_at = time.monotonic() + MEMORY_INTERVAL
        try:
            while True:
                now = time.monotonic()
                if now >= self.deadline:
                    return TIMED_OUT
                if now >= looks_at:
                    if self.memory_exceeded():
                        return OUT_OF_MEMORY
                    looks_at = now + MEMORY_INTERVAL
                for descriptor, _ in poller.poll((min(self.deadline, looks_at) - now) * 1000 + 1):
                    if descriptor == commands:
                        frames.read(commands)
                        return KILLED
                    if descriptor == exit_of_child:
                        self.exited = True
                        poller.unregister(descriptor)
                    elif not self.gather(descriptor):
                        poller.unregister(descriptor)
                if max(self.lengths) > self.output_limit and self.profile == program.DEFAULT:
                    return FLOODED
                if self.exited and not (self.profile == program.NOTEBOOK and self.open):
                    return ENDED
        finally:
            os.close(exit_of_child)

    def gather(self, stream):
        """Reads what a stream has; keeps no more than the limit and a little. False at its end."""
        data = os.read(stream, CHUNK)
        if not data:
            self.open.remove(stream)
            return False
        index = self.streams.index(stream)
        room = self.output_limit - self.lengths[index]
        if room > 0:
            self.texts[index].append(data[:room])
        self.lengths[index] += len(data)
        return True

    def drain(self):
        """Takes what is still in the pipes; all writers are gone."""
        for stream in list(self.open):
            while self.gather(stream):
                pass
