"""How checks of random programs end, what they are given, and how two results are compared."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from codegen.check import BOUND_IN_ROUNDOFFS, TOLERANCE_IN_ROUNDOFFS
from symbolic.program import Program

PASSED, SKIPPED, WRONG, CRASHED = "passed", "skipped", "WRONG", "CRASHED"
VERDICTS = (PASSED, SKIPPED, WRONG, CRASHED)
ROUNDOFF = float(np.finfo(float).eps) / 2


@dataclass(frozen=True)
class Result:
    """One check of one program; `detail` says why it was skipped, or what is wrong."""

    check: str
    verdict: str
    detail: str = ""

    @property
    def is_fault(self) -> bool:
        return self.verdict in (WRONG, CRASHED)


class Wrong(Exception):
    """A check that does not hold."""


class Skipped(Exception):
    """A check that cannot be made, and why."""


class Checks:
    """The checks of one program. `index`, its place in the stream, decides on all that is random."""

    def __init__(self, index: int) -> None:
        self.index = index
        self.found: list[Result] = []

    @contextmanager
    def check(self, name: str) -> Iterator[None]:
        """Note how a check ends."""
        try:
            yield
            self.found.append(Result(name, PASSED))
        except Skipped as reason:
            self.found.append(Result(name, SKIPPED, str(reason)))
        except Wrong as fault:
            self.found.append(Result(name, WRONG, str(fault)))
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{place.filename.rpartition('/')[2]}:{place.lineno}"
            message = getattr(error, "message", str(error)).splitlines() or [""]
            self.found.append(Result(name, CRASHED, f"{type(error).__name__} in {where}: {message[0]}"))

    def chosen(self, order: int, program: Program) -> tuple[str, ...]:
        """Some of the inputs."""
        names = [given.name for given in program.inputs]
        random = Random(f"{self.index} wrt {order}")
        return tuple(random.sample(names, random.randint(1, len(names))))


def protected(matrix: Any, order: str) -> Any:
    """A copy, by rows (C) or by columns (F), that cannot be written."""
    copy = matrix.copy(order=order)
    copy.flags.writeable = False
    return copy


def compare(what: str, found: Any, expected: Any, bound: float, roundoff: float = ROUNDOFF) -> None:
    """Relative to the largest entry, or to what rounding can do where terms cancel, as `codegen.check` does."""
    if found.shape != expected.shape:
        raise Wrong(f"{what} has the shape {found.shape}, not {expected.shape}")
    if not np.isfinite(found).all() or not np.isfinite(expected).all():
        raise Wrong(f"{what} is not finite")
    scale = float(np.abs(expected).max(initial=0.0))
    error = float(np.abs(found - expected).max(initial=0.0))
    allowed = roundoff * max(TOLERANCE_IN_ROUNDOFFS * scale, BOUND_IN_ROUNDOFFS * bound)
    if error > allowed:
        raise Wrong(f"{what} is off by {error:.1e}, where {allowed:.1e} is allowed (largest entry {scale:.1e})")
