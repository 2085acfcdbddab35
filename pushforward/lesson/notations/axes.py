"""Where the points of a remainder stand between logarithmic axes, as fractions of the width and of the height."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pushforward.lesson.model import Ladder

Point = tuple[float, float]


@dataclass(frozen=True)
class Axes:
    """The exponents of ten at the ends of both axes."""

    left: int
    right: int
    bottom: int
    top: int

    @classmethod
    def of(cls, ladder: Ladder) -> Axes:
        """From one power of ten below the rounding floor up to the largest remainder."""
        lowest = math.floor(math.log10(ladder.floor)) - 1
        highest = math.ceil(math.log10(max(*ladder.errors, ladder.floor)))
        return cls(round(math.log10(min(ladder.steps))), round(math.log10(max(ladder.steps))), lowest, highest)

    def across(self, step: float) -> float:
        return (math.log10(step) - self.left) / (self.right - self.left)

    def up(self, error: float) -> float:
        """0 at the bottom, for all that is smaller too."""
        exponent = max(math.log10(error), self.bottom) if error > 0 else self.bottom
        return (exponent - self.bottom) / (self.top - self.bottom)

    def place(self, step: float, error: float) -> Point:
        return self.across(step), self.up(error)

    def points(self, ladder: Ladder) -> list[Point]:
        return [self.place(step, error) for step, error in zip(ladder.steps, ladder.errors, strict=True)]

    def line_of_slope_2(self, ladder: Ladder) -> tuple[Point, Point]:
        """Through the first point, down to an axis."""
        step, error = ladder.steps[0], ladder.errors[0]
        falls = (math.log10(error) - self.bottom) / 2
        end = max(step / 10**falls, min(ladder.steps))
        return self.place(step, error), self.place(end, error * (end / step) ** 2)
