"""Every test can import `oracles`; the packages come first on the path, for these folders bear their names.

Kernels in C are compiled once and kept, beside what pytest keeps; the user's own cache is left alone. Products of small
matrices are computed by one thread: threads that wait for each other on busy processors take ten times as long.
"""

import gc
import importlib
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
sys.path[:0] = [str(TESTS.parent), str(TESTS)]
os.environ.setdefault("PUSHFORWARD_CACHE", str(TESTS.parent / ".pytest_cache" / "kernels"))
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def pytest_collection_finish():
    """What was made so far, modules and some ten thousand tests, stays: the collector need not walk over it again."""
    gc.freeze()


def _unoptimised():
    """C kernels without optimisation, compiled in a sixth of the time, where optimisation is not what is tested."""
    library = importlib.import_module("codegen.native.library")
    find = library.find_compiler

    def compiler():
        found = find()
        return replace(found, flags=tuple("-O0" if flag == "-O3" else flag for flag in found.flags))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(library, "find_compiler", compiler)
        yield


lightly_compiled = pytest.fixture(_unoptimised)
all_lightly_compiled = pytest.fixture(_unoptimised, scope="module")
