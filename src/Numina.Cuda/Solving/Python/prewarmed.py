"""One program in an interpreter that is started before there is a program: `python3 prewarmed.py FOLDER REPORT`, where there is no fork server.
One byte on standard output says that the libraries are loaded; one frame on standard input then brings the program, whose error goes to the file REPORT."""
import os
import struct
import sys
import time

import frames
import program

# The profile, seconds of processor time, bytes of a written file; the source follows.
JOB = struct.Struct("<cIQ")
STDIN, STDOUT = 0, 1
READY = b"R"
KEPT = ("PATH", "LANG", "SYSTEMROOT", "PYTHONUTF8")
OWN_FOLDER = ("TEMP", "TMP", "USERPROFILE") if os.name == "nt" else ("HOME", "TMPDIR")


def prepare():
    """Loads the libraries, then waits for the program; returns it ready to run."""
    folder, report = map(os.path.abspath, sys.argv[1:])
    if hasattr(os, "setsid"):
        os.setsid()  # a group of its own, which the engine ends as a whole
    program.preload()
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    os.environ.clear()
    os.environ.update(kept, **dict.fromkeys(OWN_FOLDER, folder))
    errors = os.open(report, os.O_WRONLY)
    os.chdir(folder)
    os.write(STDOUT, READY)
    frame = frames.read(STDIN)
    if frame is None:
        os._exit(0)  # the engine has gone
    profile, cpu_seconds, file_bytes = JOB.unpack_from(frame)
    source = frame[JOB.size:]
    if profile == program.NOTEBOOK:
        with open(program.FILE_NAME, "wb") as file:
            file.write(source)
    limit(cpu_seconds, file_bytes)
    return program.Program(profile, source, folder, errors)


def limit(cpu_seconds, file_bytes):
    """The limits of one process that every Unix keeps; Windows has none of them."""
    if os.name == "nt":
        return
    import resource

    cpu = cpu_seconds + int(time.process_time()) + 1  # the imports are not the program's
    for kind, soft, hard in ((resource.RLIMIT_CPU, cpu, cpu + 1), (resource.RLIMIT_FSIZE, file_bytes, file_bytes), (resource.RLIMIT_CORE, 0, 0)):
        most = resource.getrlimit(kind)[1]
        soft, hard = ((soft, hard) if most == resource.RLIM_INFINITY else (min(soft, most), min(hard, most)))
        resource.setrlimit(kind, (soft, hard))


prepare().run(sys.modules["__main__"])
