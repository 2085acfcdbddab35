"""How much memory a call needs at its peak beyond what was there before, where Linux tells."""

from __future__ import annotations

import ctypes
import gc
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def peak(run: Callable[[], Any]) -> int | None:
    """Bytes; the high-water mark of the process is set back before the call. None where it cannot be."""
    gc.collect()
    _give_back()
    try:
        _RESET.write_text("5")
        before = _of("VmRSS")
        found = run()
        after = _of("VmHWM")
    except OSError:
        return None
    del found
    return max(0, after - before)


def _give_back() -> None:
    """What was let go of before goes back to the system, where the C library can do that; it would serve the call."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _of(field: str) -> int:
    match = re.search(rf"{field}:\s+(\d+) kB", _STATUS.read_text())
    if match is None:
        raise OSError(field)
    return 1024 * int(match[1])


def bytes_of(results: Any) -> int:
    results = results if isinstance(results, tuple) else (results,)
    return sum(np.asarray(each).nbytes for each in results)
