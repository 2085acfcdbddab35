"""What can be declared of an input: one fact each, checked against its shape, kept by its sampler."""

from __future__ import annotations

from dataclasses import dataclass

from symbolic.errors import NameError_, ShapeError
from symbolic.nodes import Shape


@dataclass(frozen=True)
class Fact:
    """`square`: only a square matrix has it. `perturbation`: what perturbations of such a matrix have, if anything.

    `implies`: the facts that follow from it.
    """

    name: str
    square: bool
    perturbation: tuple[str, ...] = ()
    implies: frozenset[str] = frozenset()


FACTS = {
    fact.name: fact
    for fact in (
        Fact("symmetric", square=True, perturbation=("symmetric",)),
        Fact("spd", square=True, perturbation=("symmetric",), implies=frozenset({"symmetric"})),
        Fact("orthogonal", square=True),
        Fact("diagonal", True, ("diagonal",), frozenset({"symmetric", "lower", "upper"})),
        Fact("lower", square=True, perturbation=("lower",)),
        Fact("upper", square=True, perturbation=("upper",)),
        Fact("positive", square=False),
    )
}


def perturbation(facts: tuple[str, ...]) -> tuple[str, ...]:
    """The facts of the perturbation of a matrix with these facts."""
    return tuple(moved for fact in facts for moved in FACTS[fact].perturbation)


def check_facts(name: str, shape: Shape, facts: tuple[str, ...]) -> None:
    """Raise NameError_ for an unknown or a second fact, ShapeError where a square matrix is needed."""
    if len(facts) > 1:
        raise NameError_(f"{name} has the facts {' and '.join(facts)}; one is declared of an input")
    for fact in facts:
        if fact not in FACTS:
            raise NameError_(f"{fact!r} is not a fact; there are {', '.join(FACTS)}")
        if FACTS[fact].square and shape[0] != shape[1]:
            raise ShapeError(f"{name} is {shape[0]}×{shape[1]}; only a square matrix is {fact}")
