"""How many threads a C kernel may use: the processors of this process, or as OMP_NUM_THREADS says."""

from __future__ import annotations

import ctypes
import os


def _allowed() -> int:
    asked = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    if asked.isdecimal() and int(asked):
        return int(asked)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


THREADS = ctypes.c_int(_allowed())
"""Where it stands, for C to read too."""


def _only_one() -> None:
    """The threads of OpenMP do not live on in a process that is forked, and waiting for them would never end."""
    THREADS.value = 1


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_only_one)
