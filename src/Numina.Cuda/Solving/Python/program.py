"""What happens in a program's own process, forked or fresh: the program is run as the profile asks, and the process ends."""
import ast
import atexit
import builtins
import ctypes
import errno
import linecache
import math
import os
import signal
import sys
import threading
import traceback
import types

NOTEBOOK = b"N"
DEFAULT = b"D"
CODE = "<code>"
FILE_NAME = "tmp.py"
# The frames below the program's own module: worker.py, run() and run_notebook() or run_default(). They are not to cost it depth.
FRAMES_BELOW = 3


class Program:
    """One program, ready to run in this process, which it never leaves alive."""

    def __init__(self, profile, source, folder, report):
        self.profile = profile
        self.source = source
        self.folder = folder
        self.report = report
        self.process = os.getpid()

    def run(self, worker_module):
        """Runs the program as __main__ and ends the process. worker_module is kept alive: its globals are those of the frame that calls us."""
        sys.setrecursionlimit(sys.getrecursionlimit() + FRAMES_BELOW)
        main = types.ModuleType("__main__")
        main.__dict__["__builtins__"] = builtins
        sys.modules["__main__"] = main
        execute = run_notebook if self.profile == NOTEBOOK else run_default
        try:
            execute(self, main.__dict__)
            status = 0
        except BaseException as error:  # the interpreter's top level: everything ends here
            # Tracebacks begin with the program's own module, behind run() and the function it called.
            status = self.end_by(error.with_traceback(error.__traceback__.tb_next.tb_next))
        leave(status, main.__dict__)

    def end_by(self, error):
        """Reports what ended the program and gives the exit code, as the interpreter does."""
        if isinstance(error, SystemExit) and (error.code is None or isinstance(error.code, int)):
            status = 0 if error.code is None else error.code & 0xFF
            if status and self.profile == DEFAULT:
                self.tell(error, "SystemExit: %s" % error.code)
            return status
        if self.profile == DEFAULT:
            self.tell(error, describe(error))
        elif isinstance(error, SystemExit):
            flush(sys.stdout)
            print(error.code, file=sys.stderr)
        else:
            flush(sys.stdout)
            sys.excepthook(type(error), error, error.__traceback__)
        return -signal.SIGINT if isinstance(error, KeyboardInterrupt) else 1

    def tell(self, error, text):
        """Sends the error's text to the slot, after one letter that names the limit it comes from. Processes that the program forked only print theirs."""
        if os.getpid() != self.process:
            print(text, file=sys.stderr)
            return
        data = limit_of(error) + text.encode("utf-8", "replace")
        while data:
            data = data[os.write(self.report, data):]


class Preloaded:
    """What programs need and a fork has already."""

    modules = {}
    line_buffered = None
    open_file = None
    run_file = None


def preload():
    """Imports what programs use. Without after-fork code generators are not reseeded: programs of the default profile always see the same numbers."""
    import random

    import numpy
    import sympy

    Preloaded.modules = {"math": math, "np": numpy, "sp": sympy}
    random.seed(0)
    numpy.random.seed(0)
    Preloaded.line_buffered = open(1, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
    # The C library that the interpreter itself uses: a FILE means nothing to another.
    Preloaded.open_file = ctypes.CDLL("ucrtbase" if os.name == "nt" else None).fopen
    Preloaded.open_file.restype = ctypes.c_void_p
    Preloaded.run_file = ctypes.pythonapi.PyRun_FileExFlags
    Preloaded.run_file.restype = ctypes.py_object
    Preloaded.run_file.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.py_object, ctypes.py_object, ctypes.c_int, ctypes.c_void_p]


def run_notebook(program, names):
    """As `python3 PATH`: the interpreter's own way of reading and running a file, so that every message is its own."""
    path = os.path.join(program.folder, FILE_NAME)
    names.update(__file__=path, __cached__=None, __annotations__={})
    sys.argv[:] = [path]
    sys.path[0] = program.folder
    sys.modules["random"].seed()
    Preloaded.modules["np"].random.seed()
    file_input = 257
    stream = Preloaded.open_file(path.encode(), b"rb")
    Preloaded.run_file(stream, path.encode(), file_input, names, names, 1, None)


def run_default(program, names):
    """The model's own lines, with math, np and sp at hand; a final expression's value is shown unless it is None."""
    names.update(Preloaded.modules)
    sys.argv[:] = [CODE]
    sys.path[0] = program.folder
    # What was printed before a limit strikes is kept.
    sys.stdout = sys.__stdout__ = Preloaded.line_buffered
    source = program.source.decode("utf-8", "replace")
    linecache.cache[CODE] = (len(source), None, source.splitlines(True), CODE)
    tree = compile(source, CODE, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    code = compile(tree, CODE, "exec", dont_inherit=True)
    shown = last and compile(ast.Expression(last.value), CODE, "eval", code.co_flags & FUTURE_FLAGS, dont_inherit=True)
    exec(code, names)
    value = eval(shown, names) if shown else None
    if value is not None:
        print(repr(value))


def future_flags():
    """The compiler flags of every `from __future__` feature."""
    import __future__

    flags = 0
    for name in __future__.all_feature_names:
        flags |= getattr(__future__, name).compiler_flag
    return flags


FUTURE_FLAGS = future_flags()


def describe(error):
    """The last exception whole, with the frames of the model's own code."""
    try:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == CODE]
        lines = []
        repeats = 0
        for index, frame in enumerate(frames):
            repeats = repeats + 1 if index and frame == frames[index - 1] else 0
            if repeats < 3:
                lines.append('  File "%s", line %d, in %s\n    %s\n' % (CODE, frame.lineno, frame.name, frame.line))
        if len(lines) > 20:
            lines[10:-10] = ["  ... %d more frames ...\n" % (len(lines) - 20)]
        head = ["Traceback (most recent call last):\n"] if lines else []
        if isinstance(error, SystemExit):
            return "SystemExit: %s" % (error.code,)
        return "".join(head + lines + traceback.format_exception_only(type(error), error))
    except BaseException as failure:  # the program may have broken traceback, or its own __str__
        return "%s: (no text: %s)" % (type(error).__name__, type(failure).__name__)


def limit_of(error):
    """The letter of the limit that an exception tells of: memory, file size, processes, or none."""
    if isinstance(error, MemoryError):
        return b"M"
    number = getattr(error, "errno", None)
    if number in (errno.EFBIG, errno.ENOSPC, errno.EDQUOT):
        return b"F"
    if number == errno.ENOMEM:
        return b"M"
    if number == errno.EAGAIN and isinstance(error, BlockingIOError) or isinstance(error, RuntimeError) and "start new thread" in str(error):
        return b"P"
    return b"-"


def flush(stream):
    """Flushes a standard stream that the program may have closed or replaced."""
    try:
        stream.flush()
        return True
    except BaseException:
        return False


def leave(status, names):
    """Ends the process in the interpreter's order: threads, exit handlers, the module's own objects, streams. Nothing else is torn down."""
    try:
        threading._shutdown()
        atexit._run_exitfuncs()
        names.clear()
    except BaseException:
        pass
    if not flush(sys.stdout) and status == 0 and sys.stdout is not None:
        status = 120
    flush(sys.stderr)
    if status < 0:
        signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    os._exit(status)
