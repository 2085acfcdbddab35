"""Points at which a program can be checked: where every function is defined and smooth, kinks at a distance."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from codegen.reference import Array, Functions, evaluate
from codegen.reference_operations import WATCHED, distance
from symbolic.errors import PushforwardError
from symbolic.functions import CATALOGUE
from symbolic.operations import OPERATIONS
from symbolic.program import Program
from symbolic.shapes import length
from symbolic.statements import Input

ATTEMPTS = 40
MARGIN = 0.02
DISTANCE = 0.003
"""How far, relative to their scale, matrices keep from where an operation has no derivative."""
NOISE = 1e-14
"""What is no larger, relative to the inputs, may be rounding errors alone: a zero, of which no distance can be told."""
LARGEST_STEPS = (0.125, 0.03125, 0.0078125)


class NoPoint(PushforwardError):
    """No point was found at which a program is defined and smooth."""


@dataclass(frozen=True)
class Point:
    """Inputs and a direction for each seed. `largest_step`: how far the program stays smooth along it."""

    inputs: Mapping[str, Array]
    directions: Mapping[str, Array]
    functions: Functions
    largest_step: float
    avoided: tuple[str, ...]

    def moved(self, step: complex) -> dict[str, Array]:
        """The inputs, moved by `step` along the direction."""
        return {
            name: value + step * self.directions[name] if name in self.directions else value
            for name, value in self.inputs.items()
        }


def sample(program: Program, wrt: Iterable[str] | Mapping[str, str], sizes: Mapping[str, int], seed: int) -> Point:
    """A random point, the same for the same seed. Raises PushforwardError if none is found in the domain.

    `wrt`: the inputs that move, or a mapping from each to the name of its seed; a seed that is an input of the program
    itself, as in a second differential along the same direction, is that input's value.
    """
    random = np.random.default_rng(seed)
    functions = sample_functions(program)
    for attempt in range(ATTEMPTS):
        draw = _DRAWS[attempt % len(_DRAWS)]
        inputs = {given.name: sample_input(given, sizes, random, draw) for given in program.inputs}
        directions = {
            given.name: sample_direction(given, sizes, random) for given in program.inputs if given.name in wrt
        }
        if isinstance(wrt, Mapping):
            inputs |= {seed: directions[name] for name, seed in wrt.items() if seed in inputs}
        for step in LARGEST_STEPS:
            point = Point(inputs, directions, functions, step, ())
            avoided = _smooth_around(program, point)
            if avoided is not None:
                return Point(inputs, directions, functions, step, avoided)
    raise NoPoint(
        f"no point was found at which {program.name} is defined and smooth, in {ATTEMPTS} random draws; "
        "declare what the inputs are, such as `X : n x m positive`"
    )


def numbers_for(program: Program, lengths: tuple[int, ...]) -> dict[str, int]:
    """A length for each symbolic size of the program, in turn."""
    return {str(size): lengths[k % len(lengths)] for k, size in enumerate(program.sizes)}


def sample_functions(program: Program) -> Functions:
    """For each unknown function, f(x) = sin(a x + b) and its derivatives, with its own a and b."""

    def derivative(a: float, b: float, order: int) -> Callable[[Array], Array]:
        return lambda x: a**order * np.sin(a * x + b + order * math.pi / 2)

    return {
        (name, order): derivative(0.7 + 0.2 * index, 0.3 + 0.5 * index, order)
        for index, (name, highest) in enumerate(sorted(program.unknown_functions.items()))
        for order in range(highest + 2)
    }


Draw = Callable[[np.random.Generator, tuple[int, int]], Array]

# Different domains need different entries: any, positive, small, between 0 and 1.
_DRAWS: tuple[Draw, ...] = (
    lambda random, shape: random.standard_normal(shape),
    lambda random, shape: random.uniform(0.5, 1.5, shape),
    lambda random, shape: 0.3 * random.standard_normal(shape),
    lambda random, shape: random.uniform(0.05, 0.3, shape),
)


def sample_input(given: Input, sizes: Mapping[str, int], random: np.random.Generator, draw: Draw = _DRAWS[0]) -> Array:
    """Random entries with the declared facts."""
    shape = _shape(given, sizes)
    matrix = draw(random, shape)
    for fact in given.facts:
        matrix = _WITH_FACT[fact](matrix)
    return matrix


def sample_direction(given: Input, sizes: Mapping[str, int], random: np.random.Generator) -> Array:
    """A random direction, of largest entry 1, that stays in the linear space of the facts."""
    direction = kept_by(given.facts, random.standard_normal(_shape(given, sizes)))
    return direction / max(1.0, float(np.abs(direction).max(initial=0.0)))


def kept_by(facts: Iterable[str], direction: Array) -> Array:
    """The projection of a direction on the linear space of facts, the symmetric part, the diagonal, a triangle."""
    for fact in facts:
        direction = _DIRECTION_WITH_FACT[fact](direction) if fact in _DIRECTION_WITH_FACT else direction
    return direction


def _shape(given: Input, sizes: Mapping[str, int]) -> tuple[int, int]:
    rows, cols = (length(size, sizes) for size in given.shape)
    return rows, cols


_DIRECTION_WITH_FACT: dict[str, Callable[[Array], Array]] = {
    "symmetric": lambda D: (D + D.T) / 2,
    "spd": lambda D: (D + D.T) / 2,
    "diagonal": lambda D: np.diag(np.diag(D)),
    "lower": np.tril,
    "upper": np.triu,
}
_WITH_FACT: dict[str, Callable[[Array], Array]] = {
    **_DIRECTION_WITH_FACT,
    "spd": lambda A: A @ A.T / max(1, len(A)) + np.eye(len(A)),
    "orthogonal": lambda A: np.linalg.qr(A)[0],
    "positive": lambda A: np.abs(A) + 0.1,
}


def _smooth_around(program: Program, point: Point) -> tuple[str, ...] | None:
    """Whether all arguments stay on one side of every kink along the direction; the kinks, or None."""
    sides: list[list[Array]] = []
    avoided: dict[str, None] = {}
    for step in (0.0, point.largest_step, -point.largest_step):
        inputs = point.moved(step)
        watch = _Watch(avoided, max((float(np.abs(A).max(initial=0.0)) for A in inputs.values()), default=0.0))
        try:
            with np.errstate(all="ignore"):
                values = evaluate(program, inputs, point.functions, watch)
        except np.linalg.LinAlgError:
            return None
        if not watch.inside or not all(np.isfinite(value).all() for value in values.values()):
            return None
        sides.append(watch.sides)
    same = all((a == b).all() for other in sides[1:] for a, b in zip(sides[0], other, strict=True))
    return tuple(avoided) if same else None


class _Watch:
    """Notes on which side of every domain end and singular point the arguments lie."""

    def __init__(self, avoided: dict[str, None], scale: float) -> None:
        self.inside = True
        self.scale = scale
        self.sides: list[Any] = []
        self.avoided = avoided

    def __call__(self, what: str, *arguments: Any) -> None:
        if what in OPERATIONS:
            self.watch_operation(what, arguments)
        else:
            self.watch_function(what, arguments[0])

    def watch_operation(self, name: str, arguments: tuple[Any, ...]) -> None:
        """Operations keep a distance from where they have no derivative; a maximum stays at one entry.

        That distance is relative, so that a number or a vector could pass through 0: its largest entry keeps its sign.
        """
        self.inside &= distance(name, *arguments) > DISTANCE
        if name in WATCHED and OPERATIONS[name].singular:
            self.avoided[f"{name} where {OPERATIONS[name].singular}"] = None
            self.inside &= not arguments[0].size or np.abs(arguments[0]).max() > NOISE * self.scale
        if min(arguments[0].shape, default=0) == 1:
            first = arguments[0]
            self.sides.append(np.sign(first.flat[np.abs(first).argmax()]))
        if name.startswith("max") and self.inside:
            axis = OPERATIONS[name].axis
            self.sides.append(arguments[0].argmax(axis=None if axis is None else axis - 1))

    def watch_function(self, what: str, argument: Array) -> None:
        domain, singular = _LIMITS.get(what) or (CATALOGUE[what].domain, CATALOGUE[what].singular)
        low, high = domain
        self.inside &= bool(((argument > low + MARGIN) & (argument < high - MARGIN)).all())
        for place in singular:
            self.inside &= bool((np.abs(argument - place) > MARGIN).all())
            self.sides.append(argument > place)
            self.avoided[f"{what} at {place:g}"] = None


_LIMITS: dict[str, tuple[tuple[float, float], tuple[float, ...]]] = {
    "quotient": ((-math.inf, math.inf), (0.0,)),
    "root": ((0.0, math.inf), ()),
}
