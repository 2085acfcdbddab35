"""What stands in brackets: groups, blocks [A, B; C, D], indices X[1:2, :], norms."""

from __future__ import annotations

from abc import abstractmethod
from fractions import Fraction

from symbolic.errors import NotSupported, ReadError, Source
from symbolic.language.binding import names_of, statements
from symbolic.language.extents import Extents
from symbolic.language.syntax import Block, Call, Index, Number, Syntax
from symbolic.language.tokens import ENDS, STARTS, Kind, Token, touches

_FROBENIUS, _LENGTH = ("norm", 0), ("norm", 2)
_NORMS = {
    "": _FROBENIUS, "F": _FROBENIUS, "1": ("norm", 1), "2": _LENGTH, "*": ("nucnorm", 0), "op": ("opnorm", 0),
}  # fmt: skip
_SQUARED = {_FROBENIUS: ("sqnorm", 0), _LENGTH: ("sqnorm", 2)}
"""‖X‖, ‖X‖_F, …: each norm by its subscript, as the operation and its last argument, and its square."""

MAX_LOOKAHEAD = 100


class Brackets(Extents):
    """Reads what brackets enclose."""

    def __init__(self, tokens: list[Token], source: Source) -> None:
        super().__init__(tokens, source)
        self.names = names_of(statements(tokens))

    @abstractmethod
    def expression(self) -> Syntax:
        """One expression."""

    # Groups and blocks

    def bracketed(self) -> Syntax:
        position, opening = self.index, self.advance()
        rows: tuple[tuple[Syntax, ...], ...] = ()
        with self.nested(opening.span):
            value = self.expression()
            if opening.text in ("[", "⟦") and self.at(",", ";"):
                rows = self.rows(value, position)
        self.close(opening)
        if opening.text == "‖":
            return self.norm(value, opening)
        return Block(rows, self.since(opening)) if rows else value

    def rows(self, first: Syntax, opening: int) -> tuple[tuple[Syntax, ...], ...]:
        """A, B; C, D of a block, from its second matrix on."""
        rows: list[list[Syntax]] = [[first]]
        while self.at(",", ";"):
            if self.advance().text == ";":
                if self.here.kind is Kind.CLOSE:
                    break
                rows.append([])
            rows[-1].append(self.expression())
            self.check_length()
        if len(rows) > 1 and self.tokens[opening].text == "[":
            self.refuse_spaces(opening)
        return tuple(map(tuple, rows))

    def refuse_spaces(self, opening: int) -> None:
        """[A B; C D] and [A -B; C D] are two columns in Julia, a product and a difference here: neither is guessed."""
        depth = 0
        inside = self.tokens[opening + 1 : self.index + 1]
        for left, right, last in zip(inside, inside[1:], inside[2:], strict=False):
            depth += (left.kind is Kind.OPEN) - (left.kind is Kind.CLOSE)
            if depth or left.kind not in ENDS or touches(left, right):
                continue
            signed = right.text in ("+", "-") and right.span.end == last.span.start
            if signed or right.kind in STARTS:
                what = "one block or two" if signed else "a product or two blocks side by side"
                hint = f"write [A, B; C, D] for blocks, {'A - B for a difference' if signed else 'A*B for a product'}"
                raise ReadError(f"is this {what}?", right.span, self.source, hint)

    # Norms

    def norm(self, value: Syntax, opening: Token) -> Call:
        r"""\|X\|, \|X\|_F, \|x\|_2^2, from behind its second bar on."""
        subscript = self.advance() if self.here.kind is Kind.SUBSCRIPT else None
        chosen = _NORMS.get(subscript.text if subscript else "")
        if chosen is None:
            assert subscript is not None
            hint = "read are the subscripts F, 1, 2, * and op"
            raise NotSupported("this norm is not supported", subscript.span, self.source, hint)
        square = self.square()
        if square and chosen in _SQUARED:
            chosen = _SQUARED[chosen]
            for _ in range(square):
                self.advance()
        function, axis = chosen
        span = self.since(opening)
        return Call(function, 0, (value, Number(Fraction(axis), span)) if axis else (value,), span)

    def square(self) -> int:
        """How many tokens the square takes that follows here: ^2, ^{2}; none where there is none."""
        following = [self.peek(offset).text for offset in range(4)]
        return 2 if following[:2] == ["^", "2"] else 4 if following == ["^", "{", "2", "}"] else 0

    # Sizes and indices

    def at_sizes(self) -> bool:
        """(n, m): several sizes in brackets, and nothing else."""
        depth, several = 0, False
        for offset in range(MAX_LOOKAHEAD):
            token = self.peek(offset)
            depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
            several |= token.text == ","
            if depth == 0:
                return several
            is_size = token.kind is Kind.NUMBER or token.text in self.names.sizes
            if not is_size and token.text not in ("(", ")", ",", "+", "-", "*", "^", "{", "}", "min"):
                return False
        return False

    def at_index(self) -> bool:
        """X[1:2, :] and x[i]: a square bracket that holds places."""
        return self.here.text == "[" and self.here.span.start in self.names.places

    def index_of(self, base: Syntax, start: Token) -> Index:
        opening = self.advance()
        extents = self.extents()
        self.close(opening)
        if len(extents) > 2:
            raise ReadError("a matrix has two indices", extents[2].span.to(extents[-1].span), self.source)
        return Index(base, tuple(extents), self.since(start))
