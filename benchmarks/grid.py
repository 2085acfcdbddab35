"""What is timed: cells, each a program, a question, sizes, a function and a precision."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from problems import ATTENTION, LAYERS, LOGDET, REGRESSION, SEED, Problem, Sizes

JVP, DIRECTIONS, ROWS, GRADIENT = "value and tangent", "16 directions", "Jacobian by rows", "value and gradient"
NUMBER = 16
"""Of directions."""
FUNCTIONS = ("sin", "tanh", "relu", "sigmoid", "exp")
DOUBLE, SINGLE = "float64", "float32"

SHAPES: tuple[Sizes, ...] = (
    (10, 10, 10, 10),
    (100, 2, 32, 1),
    (1000, 2, 64, 1),
    (100_000, 2, 64, 1),
    (1_000_000, 2, 32, 1),
    (1000, 256, 256, 256),
    (20_000, 64, 128, 64),
    (2048, 2048, 2048, 2048),
)
SMALL = ((5, 2, 3, 1), (1, 1, 1, 1), (40, 30, 20, 10))


@dataclass(frozen=True)
class Cell:
    """`dense`: whether libraries that know nothing of rows are asked for the whole Jacobian too."""

    problem: Problem
    question: str
    sizes: Sizes
    f: str = ""
    precision: str = DOUBLE
    dense: bool = False

    def __str__(self) -> str:
        sizes = " ".join(map(str, self.sizes))
        return f"{self.question}, {self.problem.name}, {self.f or '-'}, {sizes}, {self.precision}"


def whole() -> tuple[Cell, ...]:
    """The seed program at every shape, with every function, in both precisions; and the others."""
    seeds = [Cell(SEED, JVP, *each) for each in product(SHAPES, FUNCTIONS, (DOUBLE, SINGLE))]
    return (
        *seeds,
        Cell(LAYERS, JVP, (1000, 64, 64, 10)),
        Cell(LAYERS, JVP, (20_000, 64, 128, 10)),
        Cell(REGRESSION, JVP, (20_000, 64, 10)),
        Cell(LOGDET, JVP, (5000, 64)),
        Cell(ATTENTION, JVP, (256, 64, 64)),
        *(Cell(SEED, DIRECTIONS, sizes, f) for sizes in (SHAPES[2], SHAPES[3], SHAPES[5]) for f in ("sin", "tanh")),
        Cell(LAYERS, DIRECTIONS, (1000, 64, 64, 10)),
        *(Cell(SEED, ROWS, SHAPES[2], f, dense=True) for f in ("sin", "tanh")),
        *(Cell(SEED, ROWS, SHAPES[3], f) for f in ("sin", "tanh")),
        Cell(SEED, ROWS, (1_000_000, 2, 64, 1), "sin"),
        *(Cell(SEED, GRADIENT, sizes, "tanh") for sizes in (SHAPES[0], SHAPES[2], SHAPES[3], SHAPES[5], SHAPES[6])),
        Cell(LAYERS, GRADIENT, (1000, 64, 64, 10)),
        Cell(LAYERS, GRADIENT, (20_000, 64, 128, 10)),
        Cell(REGRESSION, GRADIENT, (20_000, 64, 10)),
        Cell(LOGDET, GRADIENT, (5000, 64)),
        Cell(ATTENTION, GRADIENT, (256, 64, 64)),
    )


def quick() -> tuple[Cell, ...]:
    """One cell of each kind, small enough for seconds."""
    return (
        *(Cell(SEED, JVP, sizes, "tanh") for sizes in (SHAPES[0], SHAPES[2])),
        Cell(SEED, DIRECTIONS, SHAPES[2], "tanh"),
        Cell(SEED, ROWS, SHAPES[2], "sin", dense=True),
        Cell(REGRESSION, GRADIENT, (1000, 64, 10)),
    )


def tiny() -> tuple[Cell, ...]:
    """Every program with every question that it can be asked, at sizes of a few."""
    seeds = [Cell(SEED, q, s, f) for q, s, f in product((JVP, DIRECTIONS, ROWS, GRADIENT), SMALL, ("sin", "relu"))]
    others = ((LAYERS, (5, 3, 4, 2)), (REGRESSION, (6, 3, 2)), (LOGDET, (7, 3)), (ATTENTION, (5, 4, 3)))
    return (
        *seeds,
        *(Cell(problem, question, sizes) for problem, sizes in others for question in (JVP, GRADIENT)),
        Cell(LAYERS, DIRECTIONS, (5, 3, 4, 2)),
    )
