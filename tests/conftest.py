"""Every test can import `oracles`; the packages come first on the path, for these folders bear their names."""

import sys
from pathlib import Path

TESTS = Path(__file__).parent
sys.path[:0] = [str(TESTS.parent), str(TESTS)]
