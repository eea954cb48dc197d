"""Stands in for python3: gives the worker's folder to an ordinary user and goes on as that user. `as_user.py PYTHON -B FOLDER/worker.py`"""
import os
import sys

NOBODY = 65534
folder = os.path.dirname(sys.argv[-1])
for name in ["", *os.listdir(folder)]:
    os.chown(os.path.join(folder, name), NOBODY, NOBODY)
os.setgroups([])
os.setgid(NOBODY)
os.setuid(NOBODY)
os.execv(sys.argv[1], sys.argv[1:])
