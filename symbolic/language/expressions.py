"""Tokens to expressions: recursive descent, one method a level of precedence.

sum      := [-] product (+|- product)*
product  := joined ((* | .* | / | ./) joined)*      left to right, equal precedence, as in Julia
joined   := signed signed*                          juxtaposition binds tighter: A ⊙ B C = A ⊙ (B C)
postfix  := atom (' | ᵀ | ^exponent | .^exponent)*
"""

from __future__ import annotations

from symbolic.errors import LimitError, NotSupported, ReadError, Source
from symbolic.functions import CATALOGUE, canonical_function
from symbolic.language.cursor import MAX_NESTING, Cursor
from symbolic.language.syntax import Call, Filled, Name, Number, Power, Product, Sum, Syntax, Transposed
from symbolic.language.tokens import Kind, Token

FILLED = {"ones": 2, "zeros": 2, "eye": 1}
RESERVED = frozenset(("function", "end", "return"))
PLANNED = frozenset(
    """inv pinv solve tr trace det logdet norm sum mean var max min vec reshape diag diagonal kron expm logm sqrtm
    sinm cosm chol cholesky qr lu eig eigh svd softmax logsumexp hcat vcat hstack vstack tril triu sylvester lyapunov
    dot""".split()  # noqa: SIM905
)
"""Matrix operations that must not be taken for unknown elementwise functions."""

_CLOSING = {"(": ")", ".(": ")", "[": "]", "{": "}"}


class Expressions(Cursor):
    """Reads expressions. `values`: the names that stand for matrices and not for functions."""

    def __init__(self, tokens: list[Token], source: Source) -> None:
        super().__init__(tokens, source)
        self.values = _value_names(self.tokens)

    def expression(self) -> Syntax:
        start = self.here
        terms = [self.term()]
        while self.at("+", "-"):
            sign = -1 if self.advance().text == "-" else 1
            value = self.product()
            terms.append((sign, value))
        if len(terms) == 1 and terms[0][0] == 1:
            return terms[0][1]
        return Sum(tuple(terms), start.span.to(terms[-1][1].span))

    def term(self) -> tuple[int, Syntax]:
        """The first term: -A B is -(A B)."""
        sign = 1
        if self.at("+", "-"):
            sign = -1 if self.advance().text == "-" else 1
        return sign, self.product()

    def product(self) -> Syntax:
        first = self.joined()
        rest: list[tuple[str, Syntax]] = []
        while self.at("*", ".*", "/", "./", "\\", "⊗", "x"):
            operator = self.advance()
            if operator.text in ("\\", "⊗", "x"):
                raise self.not_product(operator)
            rest.append((operator.text, self.joined()))
        return Product(first, tuple(rest), first.span.to(rest[-1][1].span)) if rest else first

    def not_product(self, operator: Token) -> ReadError | NotSupported:
        if operator.text == "x":
            return ReadError(
                "× stands between sizes only",
                operator.span,
                self.source,
                "the matrix product is *, the elementwise one .*",
            )
        what = "the linear solve A \\ B" if operator.text == "\\" else "the Kronecker product"
        return NotSupported(f"{what} is not supported yet", operator.span, self.source)

    def joined(self) -> Syntax:
        first = self.signed()
        rest: list[tuple[str, Syntax]] = []
        while self.here.kind in (Kind.NAME, Kind.NUMBER, Kind.OPEN) and not self.at_word("return"):
            if self.here.kind is Kind.NUMBER:
                raise self.unexpected("an operator before the number", "write 2*X for a multiple of X")
            if self.here.text == ".(":
                raise ReadError("only a function can be applied with '.('", self.here.span, self.source)
            rest.append(("*", self.postfix()))
        return Product(first, tuple(rest), first.span.to(rest[-1][1].span)) if rest else first

    def signed(self) -> Syntax:
        """A * -B"""
        if not self.at("-", "+"):
            return self.postfix()
        operator = self.advance()
        with self.nested(operator.span):
            value = self.signed()
        sign = -1 if operator.text == "-" else 1
        return Sum(((sign, value),), operator.span.to(value.span)) if sign < 0 else value

    def postfix(self) -> Syntax:
        value = self.atom()
        levels = 0
        powers = 0
        while True:
            token = self.here
            if token.kind in (Kind.PRIME, Kind.TRANSPOSE):
                self.advance()
                value = Transposed(value, value.span.to(token.span))
            elif self.at("^", ".^"):
                powers += 1
                if powers > 1:
                    raise ReadError(
                        "a power of a power is ambiguous", token.span, self.source, "write (A^b)^c or A^(b*c)"
                    )
                self.advance()
                exponent = self.exponent()
                value = Power(value, exponent, token.text == ".^", value.span.to(exponent.span))
            else:
                return value
            levels += 1
            if levels + self.nesting > MAX_NESTING:
                raise LimitError(f"nested more than {MAX_NESTING} deep", token.span, self.source)

    def exponent(self) -> Syntax:
        if self.at("-", "+"):
            operator = self.advance()
            value = self.exponent_atom()
            sign = -1 if operator.text == "-" else 1
            return Sum(((sign, value),), operator.span.to(value.span)) if sign < 0 else value
        return self.exponent_atom()

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
        if token.text in FILLED and self.here.kind is Kind.OPEN:
            return self.filled(token)
        if token.text == "frac" and self.here.text == "{":
            return self.fraction(token)
        primes = self.count_primes()
        opening = self.peek(primes)
        if opening.kind is Kind.OPEN and opening.text in ("(", ".(", "{", "[") and token.text not in self.values:
            return self.call(token, primes)
        if opening.kind is Kind.OPEN and opening.text == ".(":
            raise ReadError(f"{token.text} is a matrix here, not a function", token.span, self.source)
        if canonical_function(token.text) in CATALOGUE and token.text not in self.values:
            raise self.unexpected(f"'(' after the function {token.text}")
        return Name(token.text, token.span)

    def count_primes(self) -> int:
        primes = 0
        while self.peek(primes).kind is Kind.PRIME:
            primes += 1
        return primes

    def call(self, name: Token, primes: int) -> Call:
        function = canonical_function(name.text)
        if name.text in PLANNED:
            raise NotSupported(
                f"{name.text!r} names a matrix operation that is not supported yet", name.span, self.source
            )
        for _ in range(primes):
            self.advance()
        if primes > 9:
            raise LimitError("more than nine primes", name.span, self.source)
        argument = self.bracketed()
        closing = self.tokens[self.index - 1]
        return Call(function, primes, argument, name.span.to(closing.span))

    def fraction(self, token: Token) -> Product:
        r"""\frac{A}{B}"""
        above = self.bracketed()
        if self.here.text != "{":
            raise self.unexpected("'{', the denominator")
        below = self.bracketed()
        return Product(above, (("/", below),), token.span.to(self.tokens[self.index - 1].span))

    def filled(self, token: Token) -> Filled:
        self.advance()
        sizes = [self.size()]
        while self.at(","):
            self.advance()
            sizes.append(self.size())
        closing = self.expect(Kind.CLOSE, "')' or ','")
        if len(sizes) != FILLED[token.text]:
            wanted = "rows and columns: " + token.text + "(n, m)" if FILLED[token.text] == 2 else "one size: eye(n)"
            raise ReadError(f"{token.text} takes {wanted}", token.span.to(closing.span), self.source)
        return Filled(token.text, tuple(sizes), token.span.to(closing.span))

    def bracketed(self) -> Syntax:
        opening = self.advance()
        with self.nested(opening.span):
            value = self.expression()
        wanted = _CLOSING[opening.text]
        if self.here.kind is Kind.CLOSE and self.here.text == wanted:
            self.advance()
            return value
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
        if token.kind is not Kind.NAME or token.text in RESERVED:
            raise self.unexpected("a size, a number or a name", hint)
        return self.advance().text

    def positive(self, value: int, token: Token) -> int:
        if not 1 <= value <= 10**12:
            raise ReadError("a size is a whole number from 1 to 10^12", token.span, self.source)
        return value


def _value_names(tokens: list[Token]) -> frozenset[str]:
    """The names that stand somewhere for a matrix: anywhere but before a bracket, primes aside.

    This tells A (B + C), a product, from f(X), a call, in notations that write both alike.
    """
    values = set()
    following: Token | None = None
    for token in reversed(tokens):
        if token.kind is Kind.NAME and (following is None or following.kind is not Kind.OPEN):
            values.add(token.text)
        if token.kind is not Kind.PRIME:
            following = token
    return frozenset(values)
