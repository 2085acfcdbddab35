"""What the names of a text stand for, as far as its tokens show before anything is parsed.

This tells A (B + C), a product, from f(X), a call, and x[n - 1], an entry, from A[B + C], a product, in notations
that write them alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile, zip_longest

from symbolic.facts import FACTS
from symbolic.language.tokens import Kind, Token, touches
from symbolic.language.words import FILLED, RESERVED, RESHAPING, is_known, known_name

CALLING = ("(", ".(", "{")
_PLACE_OPERATORS = ("+", "-", "*")


@dataclass(frozen=True)
class Names:
    """`matrices` are no functions, `sizes` are declared and no matrices.

    `places`: where the square brackets stand that hold indices, by their position.
    """

    matrices: frozenset[str]
    sizes: frozenset[str]
    places: frozenset[int]


def statements(tokens: list[Token]) -> Iterator[list[Token]]:
    """The tokens of each statement, its lines joined."""
    statement: list[Token] = []
    for token in tokens:
        if token.kind is not Kind.NEWLINE:
            statement.append(token)
        elif statement:
            yield statement
            statement = []
    if statement:
        yield statement


def is_definition(statement: list[Token]) -> bool:
    """f(x) = … or f.(x) = …: a name, a name in brackets, an equals sign."""
    kinds = tuple(token.kind for token in statement[:5])
    return kinds == (Kind.NAME, Kind.OPEN, Kind.NAME, Kind.CLOSE, Kind.OPERATOR) and statement[4].text == "="


def bound_names(statement: list[Token]) -> list[Token]:
    """The names left of `=`: X = …, or Q, R = …; none where the statement is no assignment."""
    names = []
    for name, follower in zip(statement[::2], statement[1::2], strict=False):
        if name.kind is not Kind.NAME or follower.kind is not Kind.OPERATOR or follower.text not in (",", "="):
            return []
        names.append(name)
        if follower.text == "=":
            return names
    return []


def names_of(statements: Iterable[list[Token]]) -> Names:
    """The names that stand somewhere for a matrix: bound, or in an expression anywhere but before a bracket.

    The functions and operations known by name are matrices only where the text binds one of that name, and π never
    is a function.
    """
    bound: set[str] = set()
    sizes: set[str] = set()
    used = {"pi"}
    brackets: list[_Touching] = []
    for statement in statements:
        if _is_declaration(statement):
            bound.add(statement[0].text)
            sizes.update(_declared_sizes(statement[2:]))
            continue
        bound |= _parameters(statement) | {token.text for token in bound_names(statement)}
        if not any(token.kind is Kind.OPEN for token in statement):
            used |= {token.text for token in statement if token.kind is Kind.NAME} - RESERVED
            continue
        inside = _Brackets(statement)
        brackets += inside.touching
        used.update(_uncalled(statement, inside.left_out))
    sizes -= bound
    matrices = bound | (used - sizes)
    places: set[int] = set()
    products: set[str] = set()
    for bracket in brackets:
        if bracket.certain or _are_places(bracket.content, matrices, sizes):
            places.add(bracket.position)
        else:
            products.update(token.text for token in bracket.content if token.kind is Kind.NAME)
    unknown = {name for name in used | products if not is_known(name)}
    return Names(frozenset(bound | unknown), frozenset(sizes), frozenset(places))


def _is_declaration(statement: list[Token]) -> bool:
    return len(statement) > 1 and statement[1].kind is Kind.OPERATOR and statement[1].text in (":", "in")


def _parameters(statement: list[Token]) -> set[str]:
    """The arguments of a Julia function, where the statement begins with its header."""
    if statement[0].text != "function":
        return set()
    header = takewhile(lambda token: token.kind is not Kind.CLOSE, statement[3:])
    return {token.text for token in header if token.kind is Kind.NAME}


def _declared_sizes(shape: list[Token]) -> Iterator[str]:
    """The names in `n x 2*m`, `(n, m)`, `h` and \\mathbb{R}^{n \\times m}; `x` is one in brackets only."""
    depth = 0
    for token, follower in zip_longest(shape, shape[1:]):
        depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
        field_of_reals = token.text == "R" and follower is not None and follower.text == "^"
        word = token.text in ("x", "scalar", *FACTS) if depth == 0 else token.text == "min"
        if token.kind is Kind.NAME and not (word or field_of_reals):
            yield token.text


@dataclass(frozen=True, eq=False)
class _Touching:
    """A square bracket that touches the operand before it. `certain`: it has a colon or a comma, and holds indices."""

    position: int
    certain: bool
    content: list[Token]


@dataclass
class _Open:
    """A bracket that is still open. `simple`: only what may stand in a place so far."""

    index: int
    separators: dict[str, int] = field(default_factory=dict)
    simple: bool = True


class _Brackets:
    """The brackets of a statement. `left_out`: from the end to the start of the parts that are indices or sizes."""

    def __init__(self, statement: list[Token]) -> None:
        self.statement = statement
        self.touching: list[_Touching] = []
        self.left_out: dict[int, int] = {}
        self.open = [_Open(-1)]
        for index, token in enumerate(statement):
            if token.kind is Kind.OPEN:
                self.open.append(_Open(index))
            elif token.kind is Kind.CLOSE and len(self.open) > 1:
                self._close(self.open.pop(), index)
            else:
                self._add(self.open[-1], index, token)

    def _add(self, bracket: _Open, index: int, token: Token) -> None:
        if token.kind is Kind.OPERATOR and token.text not in _PLACE_OPERATORS:
            bracket.separators.setdefault(token.text, index)
        bracket.simple &= token.kind in (Kind.NUMBER, Kind.NAME) or token.text in _PLACE_OPERATORS

    def _close(self, bracket: _Open, closing: int) -> None:
        opening = bracket.index
        before = self.statement[opening - 1] if opening else None
        self.open[-1].simple &= bracket.simple and self.statement[opening].text == "("
        if before is None:
            return
        if before.text in FILLED:
            self.left_out[closing] = opening
        elif known_name(before.text) in RESHAPING and "," in bracket.separators:
            self.left_out[closing] = bracket.separators[","]
        elif self.statement[opening].text == "[" and touches(before, self.statement[opening]):
            self._touch(bracket, closing)

    def _touch(self, bracket: _Open, closing: int) -> None:
        certain = bool(bracket.separators.keys() & {":", ","}) and ";" not in bracket.separators
        if certain or bracket.simple:
            content = [] if certain else self.statement[bracket.index + 1 : closing]
            self.touching.append(_Touching(self.statement[bracket.index].span.start, certain, content))
            self.left_out[closing] = bracket.index


def _are_places(content: list[Token], matrices: set[str], sizes: set[str]) -> bool:
    """Whether A[…] with one expression inside is an entry: it has numbers and sizes only, or one unknown name."""
    names = {token.text for token in content if token.kind is Kind.NAME}
    if names & matrices:
        return False
    return bool(content) and (not names or len(content) == 1 or bool(names & (sizes | {"end"})))


def _uncalled(statement: list[Token], left_out: dict[int, int]) -> Iterator[str]:
    """The names that no bracket follows, primes aside."""
    index, called = len(statement) - 1, False
    while index >= 0:
        index = left_out.get(index, index)
        token = statement[index]
        if token.kind is Kind.NAME and not called and token.text not in RESERVED:
            yield token.text
        if token.kind is not Kind.PRIME:
            called = token.kind is Kind.OPEN and token.text in CALLING
        index -= 1
