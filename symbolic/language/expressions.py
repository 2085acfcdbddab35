"""Tokens to expressions: recursive descent, one method a level of precedence.

sum      := [-] product (+|- product)*
product  := joined ((* | .* | / | ./ | \\ | ⊗) joined)*   left to right, equal precedence, as in Julia
joined   := signed signed*                          juxtaposition binds tighter: A ⊙ B C = A ⊙ (B C)
postfix  := atom (' | ᵀ | ^exponent | .^exponent | [extent, extent])*
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise, takewhile

from symbolic.errors import LimitError, NameError_, NotSupported, ReadError, Source, Span
from symbolic.functions import CATALOGUE
from symbolic.language.cursor import MAX_NESTING, Cursor
from symbolic.language.syntax import (
    Block,
    Call,
    Extent,
    Filled,
    Index,
    Name,
    Number,
    Power,
    Product,
    Sum,
    Syntax,
    Transposed,
)  # fmt: skip
from symbolic.language.tokens import Kind, Token
from symbolic.language.words import FILLED, PLANNED, RESERVED, WORDS, is_known, is_operation, known_name, never_a_matrix
from symbolic.operations import CALLS

CALLING = ("(", ".(", "{")
MAX_ORDER = 9
MAX_KNOWN_ORDER = 4

_GLUED = re.compile(r"([A-Za-z]|\d+)x([A-Za-z]|\d+)")
_CLOSING = {"(": ")", ".(": ")", "[": "]", "{": "}"}


class Expressions(Cursor):
    """Reads expressions. `values`: the names that stand for matrices and not for functions."""

    def __init__(self, tokens: list[Token], source: Source) -> None:
        super().__init__(tokens, source)
        self.values = value_names(statements(self.tokens))
        self.primes = 0

    def since(self, start: Token) -> Span:
        """From a token to the last one read."""
        return start.span.to(self.tokens[self.index - 1].span)

    def expression(self) -> Syntax:
        """-A B + C: the first sign belongs to the whole first term."""
        start = self.here
        sign = self.sign()
        terms = [(sign, self.product())]
        while self.at("+", "-"):
            sign = self.sign()
            terms.append((sign, self.product()))
            self.check_length()
        if len(terms) == 1 and sign == 1:
            return terms[0][1]
        return Sum(tuple(terms), self.since(start))

    def sign(self) -> int:
        return -1 if self.at("+", "-") and self.advance().text == "-" else 1

    def product(self) -> Syntax:
        start, first = self.here, self.joined()
        rest: list[tuple[str, Syntax]] = []
        alternations = 0
        while self.at("*", ".*", "/", "./", "\\", "⊗", "x"):
            operator = self.advance()
            if operator.text == "x":
                hint = "the matrix product is *, the elementwise one .*"
                raise ReadError("× stands between sizes only", operator.span, self.source, hint)
            if rest and (operator.text != rest[-1][0] or operator.text not in ("*", ".*")):
                alternations += 1
                if alternations > MAX_NESTING:
                    message = f"one product that changes its operator more than {MAX_NESTING} times"
                    raise LimitError(message, operator.span, self.source, "name a part of it")
            rest.append((operator.text, self.joined()))
            self.check_length()
        return Product(first, tuple(rest), self.since(start)) if rest else first

    def joined(self) -> Syntax:
        start = self.here
        first = self.signed() if self.at("-", "+") else self.postfix()
        rest: list[tuple[str, Syntax]] = []
        while self.here.kind in (Kind.NAME, Kind.NUMBER, Kind.OPEN) and not self.at_word("return"):
            if self.here.kind is Kind.NUMBER:
                raise self.unexpected("an operator before the number", "write 2*X for a multiple of X")
            if self.here.text == ".(":
                raise ReadError("only a function can be applied with '.('", self.here.span, self.source)
            rest.append(("*", self.postfix()))
            self.check_length()
        return Product(first, tuple(rest), self.since(start)) if rest else first

    def signed(self) -> Syntax:
        """A * -B"""
        operator = self.here
        sign = self.sign()
        with self.nested(operator.span):
            value = self.signed() if self.at("-", "+") else self.postfix()
        return Sum(((sign, value),), self.since(operator)) if sign < 0 else value

    def postfix(self) -> Syntax:
        start, value = self.here, self.atom()
        powers = 0
        while True:
            token = self.here
            if token.kind in (Kind.PRIME, Kind.TRANSPOSE):
                self.advance()
                value = Transposed(value, self.since(start))
            elif self.at("^", ".^"):
                powers += 1
                if powers > 1:
                    hint = "write (A^b)^c or A^(b*c)"
                    raise ReadError("a power of a power is ambiguous", token.span, self.source, hint)
                self.advance()
                exponent = self.exponent()
                value = Power(value, exponent, token.text == ".^", self.since(start))
            elif self.at_index():
                self.advance()
                value = self.index_of(value, start)
            else:
                return value
            self.primes += 1
            self.check_depth(self.nesting + self.primes, token)

    def at_index(self) -> bool:
        """X[1:2, :] and X[i]: a square bracket that touches what stands before it; A [B + C] is a product."""
        touches = self.here.span.start == self.tokens[self.index - 1].span.end
        if not (touches and self.here.kind is Kind.OPEN and self.here.text == "["):
            return False
        depth, offset = 0, 0
        while True:
            token = self.peek(offset)
            if token.kind in (Kind.END, Kind.NEWLINE):
                return False
            depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
            if depth == 0:
                alone = self.peek(1)
                return offset == 2 and (alone.kind is Kind.NUMBER or alone.text not in self.values)
            if depth == 1 and token.kind is Kind.OPERATOR and token.text in (":", ","):
                return True
            offset += 1

    def index_of(self, base: Syntax, start: Token) -> Index:
        extents = [self.extent()]
        while self.at(","):
            self.advance()
            extents.append(self.extent())
        if len(extents) > 2:
            raise ReadError("a matrix has two indices", self.here.span, self.source)
        self.expect(Kind.CLOSE, "']' or ','")
        return Index(base, tuple(extents), self.since(start))

    def extent(self) -> Extent:
        """`:`, `i` or `i:j`; `end` is the last place."""
        start = self.here
        if self.at(":"):
            self.advance()
            return Extent(None, None, start.span)
        first = self.place()
        if not self.at(":"):
            return Extent(first, first, first.span)
        self.advance()
        last = self.place()
        if self.at(":"):
            raise NotSupported("places with a step are not supported", self.here.span, self.source)
        return Extent(first, last, self.since(start))

    def place(self) -> Syntax:
        start = self.here
        if not self.at_word("end"):
            return self.expression()
        self.advance()
        end: Syntax = Name("end", start.span)
        if not self.at("-"):
            return end
        self.advance()
        return Sum(((1, end), (-1, self.product())), self.since(start))

    def check_depth(self, depth: int, token: Token) -> None:
        if depth > MAX_NESTING:
            hint = "give the inner expression a name of its own"
            raise LimitError(f"nested more than {MAX_NESTING} deep", token.span, self.source, hint)

    def exponent(self) -> Syntax:
        start = self.here
        sign = self.sign()
        value = self.exponent_atom()
        return Sum(((sign, value),), self.since(start)) if sign < 0 else value

    def exponent_atom(self) -> Syntax:
        if self.here.kind in (Kind.NUMBER, Kind.NAME, Kind.OPEN):
            return self.atom()
        raise self.unexpected("an exponent")

    def atom(self) -> Syntax:
        token = self.here
        if token.kind is Kind.NUMBER and token.number is not None:
            self.advance()
            return Number(token.number, token.span)
        if token.kind is Kind.OPEN:
            return self.bracketed()
        if token.kind is Kind.NAME and token.text not in RESERVED:
            return self.name_or_call()
        raise self.unexpected("a matrix, a number or '('")

    def name_or_call(self) -> Syntax:
        token = self.advance()
        if token.text in FILLED:
            return self.filled(token)
        if token.text == "frac" and self.here.text == "{":
            return self.fraction(token)
        primes = self.count_primes()
        opening = self.peek(primes)
        if opening.kind is Kind.OPEN and opening.text in CALLING and token.text not in self.values:
            return self.call(token, primes)
        if opening.kind is Kind.OPEN and opening.text == ".(":
            raise ReadError(f"{token.text} is a matrix here, not a function", token.span, self.source)
        if is_known(token.text) and token.text not in self.values:
            if self.at("^", ".^"):
                raise self.power_of_function(token)
            hint = "" if never_a_matrix(token.text) else f"for a matrix of this name, declare it: {token.text} : n x m"
            raise self.unexpected(f"'(' after the function {token.text}", hint)
        return Name(token.text, token.span)

    def power_of_function(self, function: Token) -> NotSupported:
        r"""\sin^2(X)"""
        self.advance()
        self.exponent()
        hint = f"the square of each entry is {function.text}(X).^2"
        return NotSupported("powers of functions are not read", self.since(function), self.source, hint)

    def count_primes(self) -> int:
        primes = 0
        while self.peek(primes).kind is Kind.PRIME:
            primes += 1
        return primes

    def call(self, name: Token, primes: int) -> Call:
        function = known_name(name.text)
        if name.text in PLANNED:
            message = f"{name.text!r} names a matrix operation that is not supported"
            raise NotSupported(message, name.span, self.source, "pushforward operations lists those that are")
        self.check_spelling(name, function)
        most = 0 if is_operation(function) else MAX_KNOWN_ORDER if function in CATALOGUE else MAX_ORDER
        if primes > most:
            message = f"{function} with more than {most} primes" if most else f"{function} with a prime"
            raise LimitError(message, name.span, self.source)
        for _ in range(primes):
            self.advance()
        return Call(function, primes, self.arguments(function), self.since(name))

    def arguments(self, function: str) -> tuple[Syntax, ...]:
        """One argument; for an operation, as many as there are."""
        opening = self.advance()
        with self.nested(opening.span):
            values = [self.expression()]
            while is_operation(function) and self.at(","):
                self.advance()
                values.append(self.expression())
        self.close(opening)
        return tuple(values)

    def check_spelling(self, name: Token, function: str) -> None:
        """ReLU and Tanh are hardly unknown functions."""
        if is_known(function):
            return
        plain = function.replace("_", "").lower()
        meant = next((known for known in (*CATALOGUE, *CALLS) if known.replace("_", "") == plain), function)
        if meant != function:
            message = f"there is no function {function!r}"
            raise NameError_(message, name.span, self.source, f"did you mean {meant}?")

    def fraction(self, token: Token) -> Product:
        r"""\frac{A}{B}"""
        above = self.bracketed()
        if self.here.text != "{":
            raise self.unexpected("'{', the denominator")
        below = self.bracketed()
        return Product(above, (("/", below),), self.since(token))

    def filled(self, token: Token) -> Filled:
        if self.here.text != "(":
            message = f"{token.text!r} is a word of the language and cannot be a name"
            raise NameError_(message, token.span, self.source, f"constants are written {token.text}(n, m)")
        self.advance()
        sizes = [self.expression()]
        while self.at(","):
            self.advance()
            sizes.append(self.expression())
        closing = self.expect(Kind.CLOSE, "')' or ','")
        if len(sizes) != FILLED[token.text]:
            wanted = "rows and columns: " + token.text + "(n, m)" if FILLED[token.text] == 2 else "one size: eye(n)"
            raise ReadError(f"{token.text} takes {wanted}", token.span.to(closing.span), self.source)
        return Filled(token.text, tuple(sizes), token.span.to(closing.span))

    def bracketed(self) -> Syntax:
        opening = self.advance()
        with self.nested(opening.span):
            value = self.expression()
            if opening.text == "[" and self.at(",", ";"):
                value = self.block(value, opening)
        self.close(opening)
        return value

    def block(self, first: Syntax, opening: Token) -> Block:
        """[A, B; C, D], from its second matrix on."""
        rows: list[list[Syntax]] = [[first]]
        while self.at(",", ";"):
            if self.advance().text == ";":
                rows.append([])
            rows[-1].append(self.expression())
        if len(rows) > 1:
            self.refuse_spaces(opening)
        return Block(tuple(map(tuple, rows)), self.since(opening))

    def refuse_spaces(self, opening: Token) -> None:
        """[A B; C D] means two matrices side by side in Julia, and a product here: neither is guessed."""
        inside = self.tokens[self.tokens.index(opening) + 1 : self.index]
        depth = 0
        for left, right in pairwise(inside):
            depth += (left.kind is Kind.OPEN) - (left.kind is Kind.CLOSE)
            ends = left.kind in (Kind.NAME, Kind.NUMBER, Kind.CLOSE, Kind.PRIME, Kind.TRANSPOSE)
            called = left.kind is Kind.NAME and right.kind is Kind.OPEN
            touches = right.text == "[" and left.span.end == right.span.start
            if depth == 0 and ends and right.kind in (Kind.NAME, Kind.NUMBER, Kind.OPEN) and not (called or touches):
                hint = "write [A, B; C, D] for blocks, A*B for a product"
                raise ReadError("is this a product or two blocks side by side?", right.span, self.source, hint)

    def close(self, opening: Token) -> None:
        """The bracket that ends what `opening` began. Raises ReadError."""
        wanted = _CLOSING[opening.text]
        if self.here.kind is Kind.CLOSE and self.here.text == wanted:
            self.advance()
            return
        if self.at(","):
            raise ReadError("one argument is expected here", self.here.span, self.source)
        if self.here.kind is Kind.CLOSE:
            raise self.unexpected(
                f"{wanted!r}", f"the bracket opened in column {self.column(opening)} is {opening.text!r}"
            )
        if self.here.kind is Kind.END or self.is_next_line(opening):
            raise ReadError(f"this {opening.text!r} is never closed", opening.span, self.source)
        raise self.unexpected(f"an operator or {wanted!r}")

    def size(self) -> int | str:
        token = self.here
        if token.kind is Kind.NUMBER and token.number is not None:
            self.advance()
            if token.number.denominator != 1:
                raise ReadError("a size is a whole number", token.span, self.source)
            return self.positive(token.number.numerator, token)
        hint = "shapes are written `n x 2`, `h` for a column, or `scalar`"
        if token.kind is not Kind.NAME or token.text in WORDS or token.text == "scalar":
            raise self.unexpected("a size, a number or a name", hint)
        if _GLUED.fullmatch(token.text):
            raise ReadError(f"{token.text!r} is one name", token.span, self.source, "leave spaces: n x 2")
        return self.advance().text

    def positive(self, value: int, token: Token) -> int:
        if not 1 <= value <= 10**12:
            raise ReadError("a size is a whole number from 1 to 10^12", token.span, self.source)
        return value


def statements(tokens: list[Token]) -> Iterator[list[Token]]:
    """The tokens of each statement, its lines joined."""
    for ends, group in groupby(tokens, key=lambda token: token.kind is Kind.NEWLINE):
        if not ends:
            yield list(group)


def is_definition(statement: list[Token]) -> bool:
    """f(x) = … or f.(x) = …: a name, a name in brackets, an equals sign."""
    kinds = tuple(token.kind for token in statement[:5])
    return kinds == (Kind.NAME, Kind.OPEN, Kind.NAME, Kind.CLOSE, Kind.OPERATOR) and statement[4].text == "="


def value_names(statements: Iterable[list[Token]]) -> frozenset[str]:
    """The names that stand somewhere for a matrix: bound, or in an expression anywhere but before a bracket.

    This tells A (B + C), a product, from f(X), a call, in notations that write both alike. The functions and
    operations known by name are matrices only where the text binds one of that name, and π never is a function.
    """
    bound, used = set(), {"pi"}
    for statement in statements:
        follower = statement[1] if len(statement) > 1 else statement[0]
        if statement[0].text == "function":
            header = takewhile(lambda token: token.kind is not Kind.CLOSE, statement[3:])
            bound |= {token.text for token in header if token.kind is Kind.NAME}
        elif follower.kind is Kind.OPERATOR and follower.text in (":", "in"):
            bound.add(statement[0].text)
        else:
            bound.update(token.text for token in bound_names(statement))
        if follower.text not in (":", "in"):
            used.update(_uncalled_names(statement))
    return frozenset(bound | {name for name in used if not is_known(name)})


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


def _uncalled_names(statement: list[Token]) -> Iterator[str]:
    """The names that no bracket follows, primes aside; the sizes in ones(n, m) are left out."""
    position = 0
    while position < len(statement):
        token, position = statement[position], position + 1
        if token.text in FILLED:
            while position < len(statement) and statement[position].kind is not Kind.CLOSE:
                position += 1
        elif token.kind is Kind.NAME:
            following = position
            while following < len(statement) and statement[following].kind is Kind.PRIME:
                following += 1
            if following == len(statement) or statement[following].text not in CALLING:
                yield token.text
