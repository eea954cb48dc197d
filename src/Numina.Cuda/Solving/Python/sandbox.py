"""The layers that shut a program in, and the report of which of them hold here."""
import os

import processes


class Sandbox:
    """What is applied when the nursery, a slot and a program start."""

    def __init__(self, options):
        self.options = options

    def fork_nursery(self):
        return os.fork()

    def fork_slot(self):
        return os.fork()

    def visible_parent(self, parent):
        """The number under which a child sees its parent."""
        return parent

    def isolate_nursery(self):
        pass

    def isolate_slot(self, number):
        processes.prctl(processes.PR_SET_CHILD_SUBREAPER, 1)
        folder = os.path.join(self.options["folder"], "slot%d-%d" % (number, os.getpid()))
        os.mkdir(folder, 0o700)
        return folder

    def enter(self, folder):
        os.setpgid(0, 0)

    def kill_all(self, child):
        return processes.kill_descendants(child)

    def report(self):
        return {}
