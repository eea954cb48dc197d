"""The fork server. Started by the engine as `python3 worker.py`; speaks length-prefixed frames over stdin and stdout.

Three generations of processes, so that each has one duty:

    launcher   stays outside every namespace; waits for the nursery and removes the working folder when all is over
    nursery    imports math, numpy and sympy once; forks the slots; passes frames between them and the engine (nursery.py)
    slot       runs one program at a time: fork, watch, kill what is left, clean up, report (slot.py)

A program runs in a fork of its slot (program.py). It owns the writing ends of its output pipes and nothing else, so it can say what it likes and decide
nothing: how it ended is told by its slot, which it can neither reach nor imitate.
"""
import sys

import nursery

# Only a forked program comes back from here, with what it is to run: so the model's code has a single frame of ours below it.
program = nursery.main()
program.run(sys.modules["__main__"])
