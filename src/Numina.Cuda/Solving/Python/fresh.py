"""One program of the default profile in an interpreter of its own: `python3 fresh.py FOLDER`, with the source in FOLDER/code. Its error goes to
FOLDER/error; one byte on standard output says that the imports are done and the clock may start."""
import os
import sys

import program

program.preload()
folder = os.path.abspath(sys.argv[1])
with open(os.path.join(folder, "code"), "rb") as file:
    source = file.read()
report = os.open(os.path.join(folder, "error"), os.O_WRONLY | os.O_CREAT, 0o600)
os.chdir(folder)
os.write(1, b"\n")
program.Program(program.DEFAULT, source, folder, report).run(sys.modules["__main__"])
