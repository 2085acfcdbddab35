"""What can be declared of an input: one fact each, checked against its shape, kept by its sampler."""

from __future__ import annotations

from dataclasses import dataclass

from symbolic.errors import NameError_, ShapeError
from symbolic.nodes import Shape


@dataclass(frozen=True)
class Fact:
    """`square`: only a square matrix has it. `linear`: perturbations of such a matrix have it too."""

    name: str
    square: bool
    linear: bool


FACTS = {
    fact.name: fact
    for fact in (
        Fact("symmetric", square=True, linear=True),
        Fact("spd", square=True, linear=False),
        Fact("orthogonal", square=True, linear=False),
        Fact("diagonal", square=True, linear=True),
        Fact("lower", square=True, linear=True),
        Fact("upper", square=True, linear=True),
        Fact("positive", square=False, linear=False),
    )
}


def check_facts(name: str, shape: Shape, facts: tuple[str, ...]) -> None:
    """Raise NameError_ for an unknown or a second fact, ShapeError where a square matrix is needed."""
    if len(facts) > 1:
        raise NameError_(f"{name} has the facts {' and '.join(facts)}; one is declared of an input")
    for fact in facts:
        if fact not in FACTS:
            raise NameError_(f"{fact!r} is not a fact; there are {', '.join(FACTS)}")
        if FACTS[fact].square and shape[0] != shape[1]:
            raise ShapeError(f"{name} is {shape[0]}×{shape[1]}; only a square matrix is {fact}")
