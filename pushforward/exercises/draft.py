"""What a level draws: the text of a program and what is asked of it, and the letters that programs are written in."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

Chosen = TypeVar("Chosen")

DIFFERENTIAL, GRADIENT, ROWS, VEC, VEC_ROW_MAJOR, NUMERATOR, WRONG_STEP = KINDS = (
    "differential", "gradient", "rows", "vec", "vec-row-major", "numerator", "wrong step",
)  # fmt: skip
"""What a question may ask for."""

_FAMILIES = ("ABCDFGH", "XYZVWUR", "PQRSUVW", "UVWZXYR", "KLMPQRS", "FGHABCD", "RSAMBZC")
_SIZES = ("nmkp", "mnpq", "pqnr", "hkmn", "nkqp", "rpkn")
_COLUMNS = ("abcu", "uvwb", "xyzc", "cabz", "wzvt")
KNOWN = ("sin", "cos", "exp", "tanh", "sigmoid", "atan", "softplus")
UNKNOWN = ("f", "g", "phi")


@dataclass(frozen=True)
class Draft:
    """`text`: a program, with its shapes declared; for `rows` written for one row. `wrt`: the inputs that move."""

    kind: str
    text: str
    wrt: tuple[str, ...]


class Letters:
    """One choice of letters and numbers, the same for the same state of `random`.

    `matrices`, `columns`, `sizes`: names that differ from each other.
    """

    def __init__(self, random_: random.Random) -> None:
        self.random = random_
        self.matrices = tuple(random_.choice(_FAMILIES))
        self.columns = tuple(random_.choice(_COLUMNS))
        self.sizes = self._sizes()

    def _sizes(self) -> tuple[str, ...]:
        """Sizes that are no columns: n is both in some textbooks, and never here."""
        fitting = [sizes for sizes in _SIZES if not set(sizes) & set(self.columns)]
        return tuple(self.random.choice(fitting))

    def one(self, among: Sequence[Chosen]) -> Chosen:
        return self.random.choice(among)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def some(self, names: Sequence[str]) -> tuple[str, ...]:
        """All of the names, or one of them."""
        return tuple(names) if self.chance(0.4) else (self.one(names),)

    def number(self) -> int:
        return self.one((2, 3, 4, 5))

    def multiple(self, term: str) -> str:
        """A term, or a multiple of it."""
        return f"{self.number()}*{term}" if self.chance(0.5) else term

    def functions(self) -> tuple[str, str]:
        """Two functions: both unknown, or both known, or one of each, or twice the same."""
        pool = self.one((UNKNOWN, KNOWN, (*UNKNOWN, *KNOWN)))
        return self.one(pool), self.one(pool)


def program(shapes: dict[str, str], *statements: str) -> str:
    """A : n x m; b : n; …: declarations and statements, as the language reads them."""
    return "; ".join([*(f"{name} : {shape}" for name, shape in shapes.items()), *statements])
