"""What each level asks: a didactic ladder, one file a level, each a tuple of draws that a seed goes through in turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pushforward.exercises.draft import Draft, Letters
from pushforward.exercises.levels import five, four, one, three, two


@dataclass(frozen=True)
class Level:
    """`longest`: how many characters the answer may have."""

    number: int
    topic: str
    draws: tuple[Callable[[Letters], Draft], ...]
    longest: int


LEVELS = (
    Level(1, "sums, multiples, transposes and one product", one.DRAWS, 70),
    Level(2, "several products, Hadamard products, functions of each entry", two.DRAWS, 90),
    Level(3, "two layers, bias, traces and norms, gradients", three.DRAWS, 90),
    Level(4, "inverses, systems, determinants, softmax, quadratic forms, one row", four.DRAWS, 110),
    Level(5, "attention, normalisation, functions of matrices, Cholesky, layouts, long derivations", five.DRAWS, 130),
)
