"""The launcher and the nursery: preloads what programs import, forks slots, and passes frames between them and the engine."""
import gc
import json
import os
import select
import shutil
import struct

import frames
import processes
import program
import sandbox
import slot

# From the engine: J(ob) or K(ill), then the job's token, then a slot.JOB. To the engine: H(ello), R(esult) or F(ailure).
TOKEN = struct.Struct("<cQ")
JOB, KILL, HELLO, RESULT, FAILURE = b"J", b"K", b"H", b"R", b"F"
ENGINE_IN, ENGINE_OUT = 0, 1


def main():
    """Starts the nursery below a launcher. Comes back only in a forked program, with that program."""
    options = json.loads(frames.read(ENGINE_IN))
    os.setsid()
    shield = sandbox.Sandbox(options)
    launcher = os.getpid()
    child = shield.fork_nursery()
    if child:
        # The engine must see the end of the stream when the nursery dies.
        os.close(ENGINE_IN)
        os.close(ENGINE_OUT)
        _, status = os.waitpid(child, 0)
        shutil.rmtree(options["folder"], ignore_errors=True)
        os._exit(0 if status == 0 else 1)
    processes.die_with_parent(shield.visible_parent(launcher))
    return Nursery(options, shield).serve()


class Idle:
    """What the nursery knows of one slot process."""

    def __init__(self, process, commands, results):
        self.process = process
        self.commands = commands
        self.results = results
        self.token = None


class Nursery:
    """Gives each job to an idle slot, forking one when there is none; the engine never sends more jobs than there may be slots."""

    def __init__(self, options, shield):
        self.options = options
        self.shield = shield
        self.slots = {}
        self.poller = select.poll()

    def serve(self):
        """Passes frames until the engine goes. In a forked program, returns that program."""
        program.preload()
        self.shield.isolate_nursery()
        gc.collect()
        gc.freeze()
        frames.write(ENGINE_OUT, HELLO + json.dumps(self.shield.report()).encode())
        self.poller.register(ENGINE_IN, select.POLLIN)
        while True:
            for descriptor, _ in self.poller.poll():
                forked = self.from_engine() if descriptor == ENGINE_IN else self.from_slot(self.slots[descriptor])
                if forked is not None:
                    return forked

    def from_engine(self):
        """Takes one order. In a forked program, returns that program."""
        frame = frames.read(ENGINE_IN)
        if frame is None:
            os._exit(0)  # the slots die with their parent
        kind, token = TOKEN.unpack_from(frame)
        if kind == KILL:
            for one in self.slots.values():
                if one.token == token:
                    frames.write(one.commands, slot.KILL)
            return None
        chosen = next((one for one in self.slots.values() if one.token is None), None)
        if chosen is None:
            chosen = self.fork_slot()
            if isinstance(chosen, program.Program):
                return chosen
        chosen.token = token
        frames.write(chosen.commands, frame[TOKEN.size:])
        return None

    def from_slot(self, one):
        """Passes a result on, or reports that the slot has died."""
        frame = frames.read(one.results)
        token, one.token = one.token, None
        if frame is not None:
            frames.write(ENGINE_OUT, TOKEN.pack(RESULT, token) + frame)
            return
        self.poller.unregister(one.results)
        del self.slots[one.results]
        os.close(one.commands)
        os.close(one.results)
        _, status = os.waitpid(one.process, 0)
        if token is not None:
            text = "the slot process ended with status %d" % processes.exit_status(status)
            frames.write(ENGINE_OUT, TOKEN.pack(FAILURE, token) + text.encode())

    def fork_slot(self):
        """A new slot. In a program that it forks later, returns that program."""
        number = len(self.slots)
        commands_read, commands_write = os.pipe()
        results_read, results_write = os.pipe()
        nursery = os.getpid()
        process = self.shield.fork_slot()
        if process == 0:
            nothing = os.open(os.devnull, os.O_RDWR)
            for descriptor in [ENGINE_IN, ENGINE_OUT]:
                os.dup2(nothing, descriptor)
            for descriptor in [nothing, commands_write, results_read]:
                os.close(descriptor)
            for other in self.slots.values():
                os.close(other.commands)
                os.close(other.results)
            processes.die_with_parent(self.shield.visible_parent(nursery))
            folder = self.shield.isolate_slot(number)
            return slot.Slot(commands_read, results_write, folder, self.shield).serve()
        os.close(commands_read)
        os.close(results_write)
        one = Idle(process, commands_write, results_read)
        self.slots[results_read] = one
        self.poller.register(results_read, select.POLLIN)
        return one
