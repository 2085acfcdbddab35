"""A derivation as it is written, to chains of sides: A = B = C, over several lines, each side with its place."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace

from symbolic.errors import LimitError, ReadError, Source, Span
from symbolic.language import latex_lexer, text_lexer
from symbolic.language.binding import names_of
from symbolic.language.cursor import join_lines
from symbolic.language.dialects import dialect_of
from symbolic.language.expressions import Expressions
from symbolic.language.handwriting import Remainder, prepare
from symbolic.language.names import split_mark
from symbolic.language.syntax import Call, Syntax
from symbolic.language.tokens import Kind, Token, resolve_marks
from symbolic.language.words import is_known

MAX_SIDES = 500
DIFFERENTIALS = ("d", "delta")
"""What d(A B) and δ(A B) begin with."""


@dataclass(frozen=True)
class Side:
    """One side of an equality: its tokens, and its place in the text."""

    tokens: tuple[Token, ...]
    span: Span

    @property
    def name(self) -> str:
        """The name that is all of it, or nothing."""
        alone = len(self.tokens) == 1 and self.tokens[0].kind is Kind.NAME
        return self.tokens[0].text if alone else ""


@dataclass(frozen=True)
class Chain:
    """Sides that are said to be equal one after the other; of one side alone, an answer."""

    sides: tuple[Side, ...]


@dataclass(frozen=True)
class Derivation:
    """What was written, in which dialect, and its chains in order. `names`: of the program and of abbreviations."""

    source: Source
    dialect: str
    chains: tuple[Chain, ...]
    remainders: tuple[Remainder, ...]
    names: frozenset[str]

    def remainder_order(self, side: Side) -> int | None:
        """The lowest order that the remainders of a side have."""
        inside = [r.order for r in self.remainders if side.span.start <= r.span.start < side.span.end]
        return min(inside, default=None)


def read_derivation(
    text: str, known: frozenset[str], name: str = "<derivation>", dialect: str | None = None
) -> Derivation:
    """`known`: the names of the program's matrices. Raises ReadError or LimitError, with the place."""
    source = Source(text.removeprefix("\ufeff"), name)
    dialect = dialect or dialect_of(source.text)
    prepared = prepare(source.text, dialect, known)
    chains = tuple(_chains(join_lines(_tokens(prepared.text, source, dialect))))
    if not chains:
        raise ReadError("there is no equation here", Span(0, 1), source, "a derivation is lines such as δX1 = δX0 W1")
    if sum(len(chain.sides) for chain in chains) > MAX_SIDES:
        raise LimitError(f"more than {MAX_SIDES} sides of equations", chains[-1].sides[-1].span, source)
    names = known | {chain.sides[0].name for chain in chains if len(chain.sides) > 1 and chain.sides[0].name}
    resolved = tuple(
        Chain(tuple(_with_remainders(_resolved(side, names), prepared.remainders) for side in chain.sides))
        for chain in chains
    )
    return Derivation(source, dialect, resolved, prepared.remainders, names)


def read_side(text: str, derivation: Derivation) -> Syntax:
    """An expression in the notation of a derivation, as a side of it would be read."""
    source = Source(text, derivation.source.name)
    prepared = prepare(text, derivation.dialect, derivation.names)
    tokens = join_lines(_tokens(prepared.text, source, derivation.dialect))[:-1]
    return parse_side(_resolved(Side(tuple(tokens), Span(0, len(text))), derivation.names), derivation, source)


def parse_side(side: Side, derivation: Derivation, source: Source | None = None) -> Syntax:
    """The syntax of one side. Raises ReadError, with the place."""
    parser = SideParser(side, source or derivation.source, derivation)
    value = parser.expression()
    parser.expect_end_of_statement()
    return value


class SideParser(Expressions):
    """Reads expressions in which d(A B) and d tr(A) are differentials, and the names of matrices are known."""

    def __init__(self, side: Side, source: Source, derivation: Derivation) -> None:
        end = Token(Kind.END, "", Span(side.span.end, side.span.end))
        super().__init__([*side.tokens, end], source, bare=derivation.dialect == "latex")
        plain = {token.text for token in side.tokens if split_mark(token.text)[1] in derivation.names}
        self.names = replace(names_of([list(side.tokens)]), matrices=derivation.names | plain)

    def name_or_call(self) -> Syntax:
        token, following = self.here, self.peek()
        called = following.kind is Kind.NAME and is_known(following.text) and following.text not in self.names.matrices
        if token.text in DIFFERENTIALS and token.text not in self.names.matrices and called:
            self.advance()
            with self.nested(token.span):
                argument = self.postfix()
            return Call(token.text, 0, (argument,), self.since(token))
        return super().name_or_call()


def _tokens(prepared: str, source: Source, dialect: str) -> list[Token]:
    """The tokens of a prepared text; an error shows what was written."""
    try:
        written = Source(prepared, source.name)
        return latex_lexer.tokens(written) if dialect == "latex" else text_lexer.tokens(written)
    except (ReadError, LimitError) as error:
        error.source = source
        raise


def _chains(tokens: list[Token]) -> Iterator[Chain]:
    """Statements split at their equals signs; one that begins with = goes on from the one before."""
    sides: list[Side] = []
    for statement in _statements(tokens):
        parts = _split(statement)
        goes_on = not parts[0] and len(parts) > 1
        if goes_on and sides:
            parts = parts[1:]
        elif sides:
            yield Chain(tuple(sides))
            sides = []
        sides += [_side(part, statement) for part in parts]
    if sides:
        yield Chain(tuple(sides))


def _statements(tokens: list[Token]) -> Iterator[list[Token]]:
    """The tokens between line ends, and between commas outside of brackets."""
    statement: list[Token] = []
    depth = 0
    for token in tokens:
        depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
        ends = token.kind in (Kind.NEWLINE, Kind.END) or (token.text == "," and depth == 0)
        if not ends:
            statement.append(token)
        elif statement:
            yield statement
            statement = []


def _split(statement: list[Token]) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in statement:
        depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
        if token.kind is Kind.OPERATOR and token.text == "=" and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _side(part: list[Token], statement: list[Token]) -> Side:
    span = part[0].span.to(part[-1].span) if part else Span(statement[-1].span.end, statement[-1].span.end)
    return Side(tuple(part), span)


def _with_remainders(side: Side, remainders: Iterable[Remainder]) -> Side:
    """A side up to the end of its last O(δX²)."""
    ends = [r.span.end for r in remainders if side.span.start <= r.span.start < side.span.end]
    return replace(side, span=Span(side.span.start, max([side.span.end, *ends])))


def _resolved(side: Side, names: Container[str]) -> Side:
    """dX is δX where X is a name, and so is d X, in two words."""
    tokens: list[Token] = []
    for token in side.tokens:
        before = tokens[-1] if tokens else None
        joins = before is not None and before.kind is token.kind is Kind.NAME and before.text in DIFFERENTIALS
        if joins and before is not None and token.text in names and before.text not in names:
            tokens[-1] = token._replace(text="d" + token.text, span=before.span.to(token.span))
        else:
            tokens.append(token)
    return replace(side, tokens=tuple(resolve_marks(tokens, names)))
