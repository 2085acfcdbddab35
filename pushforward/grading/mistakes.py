"""What is wrong with a side: the smallest change of its text that makes it equal to what it should be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from sympy import MatAdd, MatrixSymbol

from pushforward.grading.coefficients import coefficient_edits
from pushforward.grading.derivatives import find_derivatives, says_by_columns
from pushforward.grading.edits import edits
from pushforward.grading.judge import Judge
from pushforward.grading.marks import Mistake, Status
from pushforward.grading.missing import missing_factors, missing_terms
from pushforward.grading.pairs import MOST as MOST_PAIRS
from pushforward.grading.pairs import pairs
from pushforward.grading.scope import Scope
from pushforward.grading.spelling import Edit, Written, spelling_of, tidy
from pushforward.grading.wording import EXPLANATIONS, HINTS, kind_of
from symbolic import nodes
from symbolic.errors import ProgramError, ShapeError, Span
from symbolic.language.derivation import Derivation, Side, parse_side, read_side
from symbolic.language.names import differential_of, split_mark
from symbolic.language.syntax import Sum, Syntax
from symbolic.nodes import Node, is_number
from symbolic.program import Program
from symbolic.walks import subexpressions

MAX_TRIED = 1500
MAX_LENGTH = 1200
TWO = "two mistakes"


class Search:
    """Looks for the mistake in one side of a derivation."""

    def __init__(self, program: Program, derivation: Derivation, scope: Scope, judge: Judge) -> None:
        self.program = program
        self.derivation = derivation
        self.scope = scope
        self.judge = judge
        self.spelling = spelling_of(derivation)
        self.written = Written(derivation.source.text, self.spelling)
        self.known = self._spellings()
        self.by_columns = says_by_columns(derivation.source.text)

    def repair(self, sides: Sequence[tuple[Side, Node | None, Node]], subject: Side | None = None) -> Mistake | None:
        """The first single change after which one of some sides equals what is wanted of it, or None.

        `sides`: each with its matrix, if it has one, and the wanted one; the likelier culprit first. What is there is
        changed before anything is added. `subject`: the one that says what the line is about, and still does after it.
        """
        short = [side for side in sides if side[0].span.end - side[0].span.start <= MAX_LENGTH]
        for candidates in (self._changes, self._additions):
            for side, node, wanted in short:
                syntax = parse_side(side, self.derivation)
                for edit in islice(candidates(side, syntax, node, wanted), MAX_TRIED):
                    repaired = self._apply(side, edit)
                    if self._equals(repaired, wanted, side is subject):
                        return self._mistake(side, syntax, edit, repaired)
        return None

    def two(self, side: Side, wanted: Node) -> Mistake | None:
        """Two changes of a side after which it equals what is wanted, or None where none are found in time."""
        text = self.written.of(side.span)
        if len(text) > MAX_LENGTH:
            return None
        for repaired, *found in islice(pairs(text, self._edits_of), MOST_PAIRS):
            if self._equals(repaired, wanted, False):
                kinds = [edit.kind for edit in found]
                again = ", in two places" if kinds[0] == kinds[1] else f", and {EXPLANATIONS[kinds[1]]}"
                explanation = f"two things: {EXPLANATIONS[kinds[0]]}{again}"
                return Mistake(TWO, HINTS[TWO], side.span, side.span, repaired.strip(), tidy(repaired), explanation)
        return None

    def _edits_of(self, text: str) -> list[Edit]:
        """The single changes of a text on its own; none where it makes no sense."""
        try:
            syntax = read_side(self._named(text), self.derivation)
        except ProgramError:
            return []
        found = edits(syntax, Written(text, self.spelling), self._names(), self._functions(), self.spell)
        return [*found, *([] if type(syntax) is Sum else [Edit("sign", Span(0, 0), "-")])]

    def unexplained(self, side: Side, error: ShapeError | None) -> Mistake:
        """Where no single change helps, the place is the side, or where shapes do not fit."""
        kind = "shapes that do not fit" if error is not None else "not recognised"
        span = error.span if error is not None and error.span is not None else side.span
        explanation = error.message if error is not None else EXPLANATIONS[kind]
        return Mistake(kind, HINTS[kind], span, span, "", "", explanation)

    def _changes(self, side: Side, syntax: Syntax, node: Node | None, wanted: Node) -> Iterator[Edit]:
        if node is not None:
            yield from coefficient_edits(
                syntax, self.written, lambda edit: self._node(self._apply(side, edit)), wanted, self.judge
            )
        yield from edits(syntax, self.written, self._names(), self._functions(), self.spell)

    def _names(self) -> list[str]:
        """What could stand in place of a name."""
        moving = {differential_of(name) for name in self.program.symbols}
        return [name for name in self.scope.nodes if name in self.known.keys() | self.program.symbols.keys() | moving]

    def _functions(self) -> dict[str, str]:
        return {name: self.spelling.name(name) for name in self.program.unknown_functions}

    def _additions(self, side: Side, syntax: Syntax, node: Node | None, wanted: Node) -> Iterator[Edit]:
        yield from missing_terms(self.program, self.judge.wrt, syntax, side, node, wanted, self)
        yield from missing_factors(self.program, self.judge.wrt, syntax, self.written, self)

    def spell(self, name: str) -> str:
        """A name as the writer spells it, or else as it is printed."""
        return self.known.get(name) or self.spelling.name(name)

    def _spellings(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for chain in self.derivation.chains:
            for side in chain.sides:
                for token in side.tokens:
                    if token.text in self.scope.nodes:
                        found.setdefault(token.text, self.written.of(token.span).strip())
        return found

    def _apply(self, side: Side, edit: Edit) -> str:
        text = self.derivation.source.text
        return text[side.span.start : edit.span.start] + edit.text + text[edit.span.end : side.span.end]

    def _node(self, text: str) -> Node | None:
        """The matrix that an edited side stands for; None where it makes no sense."""
        try:
            value = self.scope.node(read_side(self._named(text), self.derivation))
        except ProgramError:
            return None
        return nodes.constant(value) if is_number(value) else value

    def _named(self, text: str) -> str:
        """A text with a name for every derivative in it, character for character."""
        return find_derivatives(text, self.program, self.derivation.dialect, self.by_columns).text

    def _equals(self, text: str, wanted: Node, is_subject: bool) -> bool:
        node = self._node(text)
        if node is None or node.shape != wanted.shape or not self.judge.agree_somewhere(node, wanted):
            return False
        if _says_nothing(node, wanted) or (is_subject and not self.scope.is_subject(node)):
            return False
        return self.judge.judge(node, wanted).status is not Status.WRONG

    def rewritten(self, side: Side, wrong: Side, repaired: str) -> Node | None:
        """What a side stands for when what it repeats of a wrong side is repaired; None if it repeats nothing."""
        text, part = (" ".join(self.written.of(place.span).split()) for place in (side, wrong))
        return self._node(text.replace(part, repaired)) if part in text else None

    def agrees(self, node: Node, wanted: Node) -> bool:
        return self.judge.agree_somewhere(node, wanted)

    def _mistake(self, side: Side, syntax: Syntax, edit: Edit, repaired: str) -> Mistake:
        term = _term(syntax, edit.span, self.written, side)
        kind = kind_of(edit.kind, self.written.of(edit.span), edit.text)
        return Mistake(kind, HINTS[kind], term, edit.span, edit.text.strip(), tidy(repaired), EXPLANATIONS[kind])


def _says_nothing(node: Node, wanted: Node) -> bool:
    """δX = δX, or δX = 0 + δX: a side that repeats what it should explain."""
    if node == wanted:
        return True
    marks = {part for part in subexpressions(wanted) if type(part) is MatrixSymbol and split_mark(part.name)[0]}
    return type(node) is MatAdd and bool(marks & set(node.args)) and len(marks) == 1


def _term(syntax: Syntax, span: Span, written: Written, side: Side) -> Span:
    """The term of a side in which a place is, or the side."""
    spans: Iterable[Span] = (written.widened(term) for _, term in syntax.terms) if type(syntax) is Sum else ()
    return next((term for term in spans if term.start <= span.start and span.end <= term.end), side.span)
