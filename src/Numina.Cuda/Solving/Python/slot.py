"""A slot runs one program at a time and leaves nothing of it behind."""
import os
import select
import shutil
import struct
import time

import frames
import processes
import program

# What the nursery sends: the profile, the wall clock and the output limit, then the source.
JOB = struct.Struct("<cdI")
# What goes back: how it ended, exit code or negated signal, seconds; lengths of output, errors, report and folder, which follow.
RESULT = struct.Struct("<cidIIII")
ENDED, TIMED_OUT, KILLED, FLOODED = b"E", b"T", b"K", b"O"
KILL = b"K"
CHUNK = 1 << 16
# A program still running after this many seconds yields to those that have just begun.
PATIENCE = 1.0


class Slot:
    """The loop of one slot process. commands and results are its pipes to the nursery; sandbox is applied to every program."""

    def __init__(self, commands, results, folder, sandbox):
        self.commands = commands
        self.results = results
        self.folder = folder
        self.sandbox = sandbox

    def serve(self):
        """Runs jobs until the nursery goes. In a forked program, returns that program."""
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
        folder = self.prepare(profile, source)
        pipes = [os.pipe() for _ in range(3)]
        started = time.monotonic()
        child = os.fork()
        if child == 0:
            return self.enter(profile, source, folder, pipes)
        for _, writing in pipes:
            os.close(writing)
        watch = Watch(child, [reading for reading, _ in pipes], profile, started + wall_clock, output_limit)
        how = watch.until_end(self.commands)
        status = self.sandbox.kill_all(child)
        watch.drain()
        seconds = time.monotonic() - started
        for reading, _ in pipes:
            os.close(reading)
        self.clean()
        texts = [b"".join(chunks) for chunks in watch.texts] + [folder.encode()]
        frames.write(self.results, RESULT.pack(how, status, seconds, *map(len, texts)) + b"".join(texts))
        return None

    def prepare(self, profile, source):
        """Makes the program's private folder, with the file that the notebook profile runs."""
        folder = os.path.join(self.folder, "run")
        os.mkdir(folder, 0o700)
        if profile == program.NOTEBOOK:
            with open(os.path.join(folder, "tmp.py"), "wb") as file:
                file.write(source)
        return folder

    def enter(self, profile, source, folder, pipes):
        """The forked side: its pipes become the standard streams, everything else is closed, and the sandbox shuts behind it."""
        (_, output), (_, errors), (_, report) = pipes
        empty = os.open(os.devnull, os.O_RDONLY)
        for target, descriptor in enumerate((empty, output, errors, report)):
            os.dup2(descriptor, target, inheritable=target < 3)
        os.closerange(4, max(self.commands, self.results, empty, *[max(pair) for pair in pipes]) + 1)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(PATH="/usr/bin:/bin", LANG="C.UTF-8", HOME=folder, TMPDIR=folder)
        self.sandbox.enter(folder)
        return program.Program(profile, source, folder, 3)

    def clean(self):
        """Removes whatever the program left in its folder."""
        for entry in os.scandir(self.folder):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path, ignore_errors=True)
            else:
                os.unlink(entry.path)


class Watch:
    """Follows one program: gathers its three streams, and says when and how it ended."""

    def __init__(self, child, streams, profile, deadline, output_limit):
        self.child = child
        self.open = list(streams)
        self.streams = list(streams)
        self.texts = [[] for _ in streams]
        self.lengths = [0] * len(streams)
        self.profile = profile
        self.deadline = deadline
        self.output_limit = output_limit
        self.exited = False

    def until_end(self, commands):
        """Waits for the end: the default profile's is the program's own, the notebook's that of everything that holds its streams."""
        poller = select.poll()
        exit_of_child = processes.open_exit(self.child)
        for descriptor in [commands, exit_of_child, *self.streams]:
            poller.register(descriptor, select.POLLIN)
        yields_at = time.monotonic() + PATIENCE
        try:
            while True:
                now = time.monotonic()
                if now >= self.deadline:
                    return TIMED_OUT
                if now >= yields_at:
                    processes.lower_priority(self.child)
                    yields_at = self.deadline
                for descriptor, _ in poller.poll((min(self.deadline, yields_at) - now) * 1000 + 1):
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
