"""A derivation on its way to a verdict: read, every equality judged, the first mistake named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sympy import MatrixSymbol

from pushforward.grading.answer import AnswerSought
from pushforward.grading.carried import Claims
from pushforward.grading.derivatives import (
    Found,
    find_derivatives,
    implied_gradient,
    other_layout,
    refuse_second_order,
    says_by_columns,
)
from pushforward.grading.judge import Judge, Judgement
from pushforward.grading.marks import Equality, Mistake, Status
from pushforward.grading.mistakes import Search
from pushforward.grading.scope import Scope, identities
from pushforward.grading.verdict import Verdict
from symbolic import nodes
from symbolic.collection import without_collecting
from symbolic.derivatives import Derivative
from symbolic.errors import NameError_, ProgramError, ShapeError, Source, Span
from symbolic.language.derivation import Chain, Derivation, Side, parse_side, read_derivation
from symbolic.language.names import canonical, differential_of, resolve_mark
from symbolic.nodes import SCALAR, Node, is_number
from symbolic.program import Program


@without_collecting
def mark(
    program: Program,
    text: str,
    wrt: str | Iterable[str] | None = None,
    name: str = "<derivation>",
    dialect: str | None = None,
) -> Verdict:
    """Mark a derivation of the differential of a program.

    `wrt`: the inputs that move, X to X + δX; by default those whose δ the derivation names, or all of them.
    Raises ProgramError where the derivation cannot be read, with the place.
    """
    handed = read(program, text, wrt, name, dialect)
    try:
        return _Marking(program, handed).verdict()
    except ProgramError as error:
        raise error.at(None, handed.derivation.source) from None


@dataclass(frozen=True)
class Handed:
    """A derivation as it is read: its names resolved, the inputs that move, the derivatives that it writes."""

    derivation: Derivation
    scope: Scope
    wrt: tuple[str, ...]
    derivatives: tuple[Derivative, ...]


def read(
    program: Program,
    text: str,
    wrt: str | Iterable[str] | None = None,
    name: str = "<derivation>",
    dialect: str | None = None,
) -> Handed:
    """What `mark` marks. Raises ProgramError where the derivation cannot be read, with the place."""
    source = Source(text.removeprefix("\ufeff"), name)
    try:
        refuse_second_order(source.text, program)
        found = find_derivatives(source.text, program, dialect, says_by_columns(source.text))
        derivatives = found.derivatives
        units = identities(program)
        known = program.symbols.keys() | units.keys() | {derivative.name for derivative in derivatives}
        derivation = _read(found, read_derivation(found.text, frozenset(known), name, dialect), source)
        chosen = _moving(program, derivation, wrt, [derivative.by for derivative in derivatives])
        if any(len(chain.sides) == 1 for chain in derivation.chains):
            derivatives = tuple(dict.fromkeys((*derivatives, *implied_gradient(program, chosen))))
        scope = Scope(program, derivation, units | {d.name: _symbol(d, program) for d in derivatives})
        return Handed(derivation, scope, chosen, derivatives)
    except ProgramError as error:
        error.source = source
        raise error.at(None, source) from None


def _read(found: Found, derivation: Derivation, source: Source) -> Derivation:
    """A derivation with its own text again, where a derivative is longer than the name it was read by."""
    chains = tuple(
        Chain(tuple(replace(side, span=found.widened(side.span)) for side in chain.sides))
        for chain in derivation.chains
    )
    return replace(derivation, source=source, chains=chains)


def _symbol(derivative: Derivative, program: Program) -> Node:
    of, by = (program.symbols[name].shape for name in (derivative.of, derivative.by))
    return nodes.symbol(derivative.name, *derivative.shape(of, by))


def _moving(
    program: Program, derivation: Derivation, wrt: str | Iterable[str] | None, differentiated: list[str]
) -> tuple[str, ...]:
    inputs = [given.name for given in program.inputs]
    if wrt is not None:
        chosen = [wrt] if isinstance(wrt, str) else list(wrt)
        names = [resolve_mark(canonical(name), program.symbols) for name in chosen]
        for name in names:
            if name not in inputs:
                raise NameError_(f"{name!r} is not an input; the inputs are {', '.join(inputs)}")
        return tuple(names)
    used = {token.text for chain in derivation.chains for side in chain.sides for token in side.tokens}
    named = [name for name in inputs if differential_of(name) in used or name in differentiated]
    return tuple(named or inputs)


@dataclass(frozen=True)
class _Value:
    """A side with its matrix, or with the reason why it has none."""

    side: Side
    node: Node | None
    error: ShapeError | None = None


class _Marking:
    """One derivation being marked, from its first chain to its last."""

    def __init__(self, program: Program, handed: Handed) -> None:
        self.program = program
        self.derivation = handed.derivation
        self.scope = handed.scope
        self.judge = Judge(program, handed.wrt, handed.derivatives)
        self.sought = AnswerSought(program, handed.wrt, handed.derivatives)
        self.claims = Claims(program)
        self.search = Search(program, self.derivation, self.scope, self.judge)
        self.first: tuple[Side, Mistake] | None = None

    def verdict(self) -> Verdict:
        equalities = [equality for chain in self.derivation.chains for equality in self._chain(chain)]
        return Verdict(self.derivation.source, self.judge.wrt, tuple(equalities), self.sought.said())

    def _chain(self, chain: Chain) -> Iterator[Equality]:
        sides = [self._read(side) for side in chain.sides]
        if len(sides) == 1:
            yield self._answer(sides[0])
            return
        yield from self._links(sides, self.scope.defines(chain))

    def _read(self, side: Side) -> _Value:
        if not side.tokens:
            raise ShapeError("one side of this equality is empty", side.span)
        try:
            return _Value(side, self.scope.node(parse_side(side, self.derivation)))
        except ShapeError as error:
            return _Value(side, None, error)

    def _answer(self, side: _Value) -> Equality:
        """An expression alone is taken for the differential, or the gradient, that is asked for."""
        wanted = self.sought.expression(side.node, self.scope)
        implied = Span(side.side.span.start, side.side.span.start)
        equality = self._equality(_Value(Side((), implied), wanted), side, wanted)
        if equality.status is Status.RIGHT:
            self.sought.note_answer()
        return equality

    def _links(self, sides: list[_Value], defines: bool) -> Iterator[Equality]:
        """Each side against the one before it; where that one was wrong, a return to what was right is no mistake."""
        anchor, tainted = sides[0], False
        for left, right, following in zip(sides, sides[1:], [*sides[2:], None], strict=False):
            if defines and left is sides[0]:
                yield Equality(left.side.span, right.side.span, Status.DEFINITION)
                anchor = right
                continue
            equality = self._equality(left, right, anchor.node, following)
            if tainted and equality.status in (Status.WRONG, Status.FOLLOWS):
                returned = self._judge(anchor, right)
                if returned.status is Status.RIGHT:
                    equality = Equality(left.side.span, right.side.span, Status.RIGHT, returned.chance)
                    tainted = False
            elif tainted and equality.status is Status.RIGHT:
                equality = replace(equality, stands_on_mistake=True)
            if equality.status is Status.RIGHT and not tainted:
                anchor = right
                self.sought.note(sides[0].node, right.node)
            if equality.status in (Status.WRONG, Status.FOLLOWS):
                tainted = True
            yield equality

    def _equality(self, left: _Value, right: _Value, target: Node | None, following: _Value | None = None) -> Equality:
        judgement = self._judge(left, right)
        if judgement.status is Status.WRONG and (self._follows(left, right) or self._repeats(left, right)):
            judgement = Judgement(Status.FOLLOWS)
        mistake = None
        if judgement.status is Status.WRONG:
            confirmed = following is not None and self._judge(right, following).status is Status.RIGHT
            mistake = self._mistake(left, right, target, confirmed)
            self.claims.note(left.node, right.node)
        return Equality(
            left.side.span,
            right.side.span,
            judgement.status,
            judgement.chance,
            judgement.reason,
            judgement.witness,
            mistake,
        )

    def _judge(self, left: _Value, right: _Value) -> Judgement:
        error = left.error or right.error
        if error is not None:
            return Judgement(Status.WRONG, reason=error.message)
        a, b = same_shape(left.node, right.node)
        other = _other_layout(a)
        if other and not self.judge.agree_somewhere(a, b) and self.judge.agree_somewhere(nodes.transpose(a), b):
            return replace(self.judge.judge(nodes.transpose(a), b), reason=other)
        if a.shape != b.shape:
            return Judgement(Status.WRONG, reason=f"the left side is {words(a)}, the right side {words(b)}")
        orders = [self.derivation.remainder_order(read.side) for read in (left, right)]
        return self.judge.judge(a, b, min((order for order in orders if order is not None), default=None))

    def _follows(self, left: _Value, right: _Value) -> bool:
        if not self.claims or left.node is None or right.node is None:
            return False
        a, b = same_shape(left.node, right.node)
        return a.shape == b.shape and self.judge.agree_somewhere(self.claims.assume(a), self.claims.assume(b))

    def _repeats(self, left: _Value, right: _Value) -> bool:
        """Whether a side writes out again what was wrong, and is right once that is repaired."""
        if self.first is None or not self.first[1].repaired or left.node is None:
            return False
        wrong, mistake = self.first
        repaired = self.search.rewritten(right.side, wrong, mistake.repaired)
        return repaired is not None and self.judge.agree_somewhere(left.node, repaired)

    def _mistake(self, left: _Value, right: _Value, target: Node | None, confirmed: bool) -> Mistake | None:
        """What is wrong with one of the sides: the right one, unless what follows confirms it.

        A left side X + δX or δX says what the line is about, and is changed only if nothing else helps.
        """
        if self.first is not None:
            return None
        wanted = target if target is not None else left.node
        sides = [(right.side, right.node, wanted)] if wanted is not None else []
        if left.side.tokens and right.node is not None:
            sides.insert(0 if confirmed else 1, (left.side, left.node, right.node))
        if self.scope.is_subject(left.node):
            of_right, of_left = ([side for side in sides if side[0] is of.side] for of in (right, left))
            mistake = self.search.repair(of_right) or self.search.repair(of_left, left.side)
        else:
            mistake = self.search.repair(sides)
        if mistake is None and wanted is not None:
            mistake = self.search.two(right.side, wanted)
        mistake = mistake or self.search.unexplained(right.side, right.error)
        self.first = (right.side, mistake)
        return mistake


def same_shape(left: Any, right: Any) -> tuple[Node, Node]:
    """Two sides as matrices: a number fills the shape of the other side, as the 0 that a remainder leaves does."""
    shape = next((side.shape for side in (left, right) if not is_number(side)), SCALAR)
    a, b = (nodes.scale(side, nodes.ones(*shape)) if is_number(side) else side for side in (left, right))
    return a, b


def _other_layout(node: Node) -> str:
    """Of ∂y/∂X, for which two layouts are in use; ∇ has the shape of X."""
    return other_layout(node.name) if type(node) is MatrixSymbol and node.shape != SCALAR else ""


def words(node: Node) -> str:
    return "×".join(str(size) for size in node.shape)
