"""Whether what was written last is an answer: what is asked for to its left, and nothing left to be done in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sympy import MatrixSymbol

from pushforward.exercises.model import Marking
from pushforward.grading.gradients import find_gradients, is_gradient
from pushforward.grading.scope import Scope
from symbolic import nodes
from symbolic.differential import differentiate
from symbolic.language.derivation import DIFFERENTIALS, Chain, Derivation, parse_side, read_derivation
from symbolic.language.names import split_mark
from symbolic.language.syntax import Call
from symbolic.language.walk import parts
from symbolic.nodes import Node, is_number, rewrite, subexpressions
from symbolic.program import Program
from symbolic.statements import Input, Let


@dataclass(frozen=True)
class Last:
    """The last chain of a derivation. `first`: what stands to its left, None of an expression alone."""

    first: Node | None
    node: Node
    start: int
    text: str
    unevaluated: bool


def last_side(text: str, marking: Marking) -> Last:
    """Raises ProgramError where the text cannot be read."""
    found = find_gradients(text, marking.program)
    given = {gradient.name: marking.program.symbols[gradient.by] for gradient in found.gradients}
    known = frozenset(marking.program.symbols.keys() | given.keys())
    derivation = read_derivation(found.text, known)
    named = {name: nodes.symbol(name, *symbol.shape) for name, symbol in given.items()}
    scope = Scope(marking.program, derivation, named)
    return _last(derivation, derivation.chains[-1], scope, text)


def _last(derivation: Derivation, chain: Chain, scope: Scope, text: str) -> Last:
    sides = [parse_side(side, derivation) for side in (chain.sides[0], chain.sides[-1])]
    first, last = (scope.node(side) for side in sides)
    node = nodes.constant(last) if is_number(last) else last
    span = chain.sides[-1].span
    calls = (part.function for part in parts(sides[1]) if type(part) is Call)
    alone = len(chain.sides) == 1
    return Last(
        None if alone else first,
        node,
        span.start,
        text[span.start : span.end],
        any(function in DIFFERENTIALS for function in calls),
    )


def is_finished(last: Last, marking: Marking) -> bool:
    """Whether the answer is the one asked for: of the right kind, and in terms of nothing but what is given."""
    if last.unevaluated or not _is_asked_for(last.first, marking):
        return False
    names = {part.name for part in _symbols(last.node)}
    marks = {name for name in names if split_mark(name)[0]}
    asked = {subject.name for subject in marking.subjects if type(subject) is MatrixSymbol}
    if any(map(is_gradient, names)) or marks - marking.seeds or names & asked:
        return False
    return not marks or _is_linear(last.node, marking.program, marks)


def _is_asked_for(first: Node | None, marking: Marking) -> bool:
    if first is None:
        return True
    if marking.strict:
        return type(first) is MatrixSymbol and is_gradient(first.name)
    return first in marking.subjects


def _is_linear(node: Node, program: Program, marks: set[str]) -> bool:
    """Whether no term is of second order, as in (A + δA) (B + δB): whether the derivative by the δ's has no δ."""
    symbols = list(_symbols(node))
    plain = {part: nodes.symbol(f"Moved{k}", *part.shape) for k, part in enumerate(symbols)}
    moved = [plain[part].name for part in symbols if part.name in marks]
    inputs = tuple(Input(symbol.name, symbol.shape) for symbol in plain.values())
    written = rewrite(node, lambda part: part, plain)
    linear = Program("", inputs, (Let("Answer", written),), ("Answer",), program.functions)
    derived = differentiate(linear, moved).tangents[-1].expr
    return not {part.name for part in _symbols(derived)} & set(moved)


def _symbols(node: Node) -> Iterator[Node]:
    yield from dict.fromkeys(part for part in subexpressions(node) if type(part) is MatrixSymbol)
