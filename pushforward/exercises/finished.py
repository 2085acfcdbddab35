"""Whether what was written last is an answer: what is asked for to its left, and nothing left to be done in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sympy import MatrixSymbol

from pushforward.exercises.wanted import Wanted
from pushforward.grading.derivatives import is_derivative
from pushforward.grading.grade import Handed, read
from symbolic import nodes
from symbolic.differential import differentiate
from symbolic.language.derivation import DIFFERENTIALS, Side, parse_side
from symbolic.language.names import split_mark
from symbolic.language.syntax import Call
from symbolic.language.walk import parts
from symbolic.nodes import Node, is_number
from symbolic.program import Program
from symbolic.statements import Input, Let
from symbolic.walks import rewrite, subexpressions


@dataclass(frozen=True)
class Last:
    """The last chain of an answer as it was read, and the place and the text of its last side."""

    handed: Handed
    sides: tuple[Side, ...]
    start: int
    text: str

    @property
    def stands_alone(self) -> bool:
        return len(self.sides) == 1

    def node(self, position: int) -> Node:
        """The matrix that a side stands for. Raises ShapeError where it stands for none."""
        value = self.handed.scope.node(parse_side(self.sides[position], self.handed.derivation))
        return nodes.constant(value) if is_number(value) else value

    def is_open(self) -> bool:
        """Whether there is a d(…) in it that is not worked out."""
        syntax = parse_side(self.sides[-1], self.handed.derivation)
        return any(type(part) is Call and part.function in DIFFERENTIALS for part in parts(syntax))


def last_chain(answer: str, wanted: Wanted) -> Last:
    """Raises ProgramError where the answer cannot be read."""
    handed = read(wanted.program, answer, wanted.wrt, "<answer>")
    sides = handed.derivation.chains[-1].sides
    span = sides[-1].span
    return Last(handed, sides, span.start, answer[span.start : span.end])


def is_finished(last: Last, wanted: Wanted) -> bool:
    """Whether the answer is the one asked for: of the right kind, and in terms of nothing but what is given."""
    if last.is_open() or not (last.stands_alone or _is_asked_for(last, wanted)):
        return False
    node = last.node(-1)
    names = {part.name for part in _symbols(node)}
    marks = {name for name in names if split_mark(name)[0]}
    asked = {subject.name for subject in wanted.subjects if type(subject) is MatrixSymbol}
    if any(map(is_derivative, names)) or marks - wanted.seeds or names & asked:
        return False
    return not marks or _is_linear(node, wanted.program, marks)


def _is_asked_for(last: Last, wanted: Wanted) -> bool:
    """Also ∂y/∂X, where the layout is looked at on its own."""
    first = last.node(0)
    if first in wanted.subjects:
        return True
    asked = [each.name for each in last.handed.derivatives if each.of == wanted.of and each.by in wanted.wrt]
    return bool(wanted.strict) and type(first) is MatrixSymbol and first.name in asked


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
