"""Are two expressions over the names of a program, and over their perturbations, equal to first order?

A point gives every input a random value over the dual numbers of a prime field, X + δX with δX = E ε, ε² = 0; the
program then gives the value and the perturbation of every statement, by arithmetic alone. An expression has X for the
value, δX for the perturbation, and is evaluated in the same numbers: f(X + δX) means what it says, and what is of
second order is zero. Two sides that differ anywhere differ; two that agree at enough points are equal, except with a
probability below `BOUND`.
"""

from __future__ import annotations

import math
import random
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property

from sympy import MatrixSymbol

from symbolic import nodes
from symbolic.degrees import Degrees
from symbolic.derivatives import Derivative, Place, opened
from symbolic.errors import LimitError, NotSupported, ShapeError
from symbolic.exact import Evaluation, is_rational_node, random_matrix
from symbolic.field import Dual, Infinitesimal, Matrix, Singular
from symbolic.language.names import differential_of
from symbolic.nodes import Node
from symbolic.program import Program
from symbolic.shapes import length
from symbolic.transcendental import KnownEvaluation, KnownTables
from symbolic.walks import subexpressions

BOUND = 1e-30
ATTEMPTS = 400
MAX_ENTRIES = 40_000
NOWHERE = "no point was found at which both sides have a value in the field"
_LENGTHS = (2, 3, 4, 5, 6, 7)


class Answer(Enum):
    EQUAL = "equal"
    DIFFERENT = "different"
    UNCONFIRMED = "different in the field, where not everything that is known holds"
    UNKNOWN = "not known"


@dataclass(frozen=True)
class Decision:
    """`chance`: a bound on the probability of calling equal what is not. `reason`: why nothing is known."""

    answer: Answer
    chance: float = 0.0
    reason: str = ""


class Equivalence:
    """Compares expressions over one program whose inputs `wrt` move."""

    def __init__(
        self, program: Program, wrt: Iterable[str], derivatives: tuple[Derivative, ...] = (), seed: int = 0
    ) -> None:
        self.program = program
        self.wrt = frozenset(wrt)
        self.derivatives = derivatives
        self.rational = _rational_names(program)
        self.rational |= {derivative.name for derivative in derivatives if derivative.of in self.rational}
        self.samples = [Samples(program, self.wrt, derivatives, sizes, seed) for sizes in sizes_for(program)]

    def decide(self, left: Node, right: Node, real_only: bool = False) -> Decision:
        """Whether two expressions of one shape are equal; `real_only`: their values, perturbations aside."""
        for samples in self.samples:
            try:
                agree, chance = samples.agree(left, right, real_only)
                break
            except NotSupported as error:
                return Decision(Answer.UNKNOWN, reason=error.message)
            except Singular:
                continue
        else:
            return Decision(Answer.UNKNOWN, reason=NOWHERE)
        if agree:
            return Decision(Answer.EQUAL, chance)
        proved = all(_is_rational(side, self.program, self.rational) for side in (left, right))
        return Decision(Answer.DIFFERENT if proved else Answer.UNCONFIRMED)

    def agree_somewhere(self, left: Node, right: Node) -> bool:
        """Whether two expressions agree at one point: a quick look. False also where nothing can be said."""
        for samples in self.samples:
            try:
                point = samples.point(0)
                return bool(point.expression(left) == point.expression(right))
            except (NotSupported, ShapeError):
                return False
            except Singular:
                continue
        return False


class Samples:
    """Random points of one program at given sizes, drawn when they are needed."""

    def __init__(
        self,
        program: Program,
        wrt: frozenset[str],
        derivatives: tuple[Derivative, ...],
        sizes: Mapping[str, int],
        seed: int,
    ) -> None:
        self.program = program
        self.wrt = wrt
        self.derivatives = derivatives
        self.sizes = sizes
        self.seed = seed
        self.points: list[Evaluation] = []
        self.failed = False

    @cached_property
    def degrees(self) -> Degrees:
        degrees = Degrees(self.sizes)
        for let in self.program.lets:
            degrees.named[let.name] = degrees.degree(let.expr)
            degrees.named[differential_of(let.name)] = 2 * degrees.named[let.name] + 1
        for derivative in self.derivatives:
            degrees.named[derivative.name] = 2 * degrees.named.get(derivative.of, 1) + 1
        return degrees

    def agree(self, left: Node, right: Node, real_only: bool) -> tuple[bool, float]:
        """Whether two expressions agree at as many points as the bound asks for, and the bound that is reached.

        Raises Singular where no points are found, NotSupported for what has no value in the field.
        """
        one = max(self.degrees.chance(left, right), 1e-300)
        if one >= 1e-3:
            raise NotSupported("the expressions are too large for a bound on the probability of a wrong verdict")
        wanted = max(2, math.ceil(math.log(BOUND) / math.log(one)))
        drawn = 0
        for number in range(ATTEMPTS):
            try:
                point = self.point(number)
                values = [point.expression(side) for side in (left, right)]
            except Infinitesimal:
                raise
            except Singular:
                if self.failed:
                    raise
                continue
            if real_only:
                values = [value.real for value in values]
            if values[0] != values[1]:
                return False, 0.0
            drawn += 1
            if drawn == wanted:
                return True, one**wanted
        raise Singular(NOWHERE)

    def point(self, number: int) -> Evaluation:
        """The names of the program and their perturbations at a random point, the same for the same number."""
        while len(self.points) <= number:
            if self.failed:
                raise Singular(NOWHERE)
            self.points.append(self._draw())
        return self.points[number]

    def _draw(self) -> Evaluation:
        for _ in range(ATTEMPTS):
            self.seed += 1
            try:
                return self._evaluate(random.Random(self.seed), KnownTables(self.seed))
            except Singular:
                continue
        self.failed = True
        raise Singular(NOWHERE)

    def _evaluate(self, generator: random.Random, tables: KnownTables) -> Evaluation:
        given = {i.name: random_matrix(i, self.sizes, generator, i.name in self.wrt) for i in self.program.inputs}
        values = KnownEvaluation(self.program, given, tables).values()
        real = {name: value.real for name, value in values.items()}
        evaluation = KnownEvaluation(self.program, {name: real[name] for name in given}, tables)
        perturbations = {differential_of(name): value - real[name] for name, value in values.items()}
        evaluation.named = real | perturbations
        for derivative in self.derivatives:
            evaluation.named[derivative.name] = self._derivative(derivative, evaluation.named, tables)
        return evaluation

    def _derivative(self, derivative: Derivative, named: Mapping[str, Matrix], tables: KnownTables) -> Matrix:
        """One evaluation for each entry of what it is taken by."""
        program = opened(self.program, derivative.by)
        inputs = {given.name: named[given.name] for given in program.inputs}
        at, of = inputs[derivative.by], named[derivative.of].shape

        @cache
        def moved(place: Place) -> Matrix:
            one = Matrix.of(at.rows, at.cols, lambda i, j: Dual(at[i, j].a, int((i, j) == place)))
            return KnownEvaluation(program, inputs | {derivative.by: one}, tables).values()[derivative.of]

        def entry(i: int, j: int) -> Dual:
            change, place = derivative.places((i, j), of, at.shape)
            return Dual(moved(place)[change].b)

        return Matrix.of(*derivative.shape(of, at.shape), entry)


def _rational_names(program: Program) -> set[str]:
    """The names, and their perturbations, whose values the field has without tables of known functions."""
    found: set[str] = set()
    for given in program.inputs:
        found |= {given.name, differential_of(given.name)}
    for let in program.lets:
        if _is_rational(let.expr, program, found):
            found |= {let.name, differential_of(let.name)}
    return found


def _is_rational(node: Node, program: Program, names: Container[str]) -> bool:
    return all(
        part.name in names if type(part) is MatrixSymbol else is_rational_node(part, program)
        for part in subexpressions(node)
    )


def names_with_perturbations(program: Program) -> dict[str, Node]:
    """Every name X of a program, and δX of the same shape."""
    symbols = program.symbols
    moved = {differential_of(name): nodes.symbol(differential_of(name), *node.shape) for name, node in symbols.items()}
    return symbols | moved


def sizes_for(program: Program) -> list[dict[str, int]]:
    """Small lengths for the symbolic sizes, different ones as far as there are few, in several orders.

    Raises LimitError where the matrices are too large, ShapeError where no small sizes make sense.
    """
    names = [str(size) for size in program.sizes]
    tried = [
        {name: _LENGTHS[(shift + order * k) % len(_LENGTHS)] for k, name in enumerate(names)}
        for shift in range(len(_LENGTHS))
        for order in (1, -1)
    ]
    found = [sizes for sizes in tried if all(length(need, sizes) >= 0 for need in program.requirements)]
    if not found:
        raise ShapeError("no small sizes were found for which the program makes sense")
    _check_cost(program, found[0])
    return found if names else found[:1]


def _check_cost(program: Program, sizes: Mapping[str, int]) -> None:
    entries = sum(math.prod(length(size, sizes) for size in binding.symbol.shape) for binding in program.bindings)
    if entries > MAX_ENTRIES:
        raise LimitError(
            f"the matrices have {entries:,} entries; at most {MAX_ENTRIES:,} are evaluated exactly",
            hint="declare the sizes by letters, X : n x m",
        )
