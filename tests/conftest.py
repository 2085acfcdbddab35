"""Every test can import `oracles`; the packages come first on the path, for these folders bear their names.

Kernels in C are compiled once and kept, beside what pytest keeps; the user's own cache is left alone.
"""

import gc
import os
import sys
from pathlib import Path

TESTS = Path(__file__).parent
sys.path[:0] = [str(TESTS.parent), str(TESTS)]
os.environ.setdefault("PUSHFORWARD_CACHE", str(TESTS.parent / ".pytest_cache" / "kernels"))


def pytest_collection_finish():
    """What was made so far, modules and some ten thousand tests, stays: the collector need not walk over it again."""
    gc.freeze()
