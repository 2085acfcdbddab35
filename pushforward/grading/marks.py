"""What is said of one equality: right, wrong or undecided, and if wrong, what and where the mistake is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from symbolic.errors import Span


class Status(Enum):
    RIGHT = "right"
    WRONG = "wrong"
    FOLLOWS = "follows from an earlier mistake"
    UNDECIDED = "undecided"
    DEFINITION = "definition"


@dataclass(frozen=True)
class Witness:
    """A point at which two sides differ: the inputs, and one entry of each side.

    `part`: "value", or "perturbation" where the entries are coefficients of the δ's. `functions`: what the unknown
    functions are at this point.
    """

    inputs: tuple[tuple[str, tuple[tuple[float, ...], ...]], ...]
    functions: tuple[tuple[str, str], ...]
    part: str
    entry: tuple[int, int]
    left: float
    right: float


@dataclass(frozen=True)
class Mistake:
    """`term`: the term with the mistake in it; `span`: what a repair changes; `repaired`: the side after it."""

    kind: str
    hint: str
    term: Span
    span: Span
    replacement: str
    repaired: str
    explanation: str


@dataclass(frozen=True)
class Equality:
    """Two sides and what is to be said of them. `chance`: a bound on the probability that this `right` is wrong.

    `stands_on_mistake`: right in itself, but what stands to its left is not what it was said to be.
    """

    left: Span
    right: Span
    status: Status
    chance: float = 0.0
    reason: str = ""
    witness: Witness | None = None
    mistake: Mistake | None = None
    stands_on_mistake: bool = False
