"""Tokens to syntax: recursive descent, one method a level of precedence.

    sum      := [-] product (+|- product)*
    product  := joined ((* | .* | / | ./) joined)*      left to right, equal precedence, as in Julia
    joined   := signed signed*                          juxtaposition binds tighter: A ⊙ B C = A ⊙ (B C)
    postfix  := atom (' | ᵀ | ^exponent | .^exponent)*
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from symbolic.errors import LimitError, NameError_, NotSupported, ReadError, Source, Span
from symbolic.functions import CATALOGUE, canonical_function
from symbolic.language.syntax import (
    Assignment, Call, Declaration, Definition, Filled, Name, Number, Power, Product, Return, Script, Statement,
    Sum, Syntax, Transposed,
)  # fmt: skip
from symbolic.language.tokens import Kind, Token

MAX_NESTING = 80
MAX_STATEMENTS = 20_000
MAX_STATEMENT = 80_000

FACTS = ("symmetric", "spd", "orthogonal", "diagonal", "lower", "upper", "positive")
FILLED = {"ones": 2, "zeros": 2, "eye": 1}
PLANNED = frozenset(
    "inv pinv solve tr trace det logdet norm sum mean var max min vec reshape diag diagonal kron expm logm sqrtm sinm cosm "
    "chol cholesky qr lu eig eigh svd softmax logsumexp hcat vcat hstack vstack tril triu sylvester lyapunov dot".split()
)
RESERVED = frozenset(("function", "end", "return"))

_CLOSING = {"(": ")", ".(": ")", "[": "]", "{": "}"}


def parse(tokens: list[Token], source: Source) -> Script:
    """A whole text. Raises ReadError, NameError_, NotSupported or LimitError, with the place."""
    return _Parser(tokens, source).script()


def parse_expression(tokens: list[Token], source: Source) -> Syntax:
    """A single expression."""
    parser = _Parser(tokens, source)
    value = parser.expression()
    parser.expect_end_of_statement()
    return value


class _Parser:
    def __init__(self, tokens: list[Token], source: Source) -> None:
        self.source = source
        self.tokens = _join_lines(tokens)
        self.values = _value_names(self.tokens)
        self.index = 0
        self.nesting = 0

    # Looking at tokens

    @property
    def here(self) -> Token:
        return self.tokens[self.index]

    def peek(self, offset: int = 1) -> Token:
        return self.tokens[min(self.index + offset, len(self.tokens) - 1)]

    def advance(self) -> Token:
        token = self.here
        self.index = min(self.index + 1, len(self.tokens) - 1)
        return token

    def at(self, *operators: str) -> bool:
        return self.here.kind is Kind.OPERATOR and self.here.text in operators

    def at_word(self, word: str) -> bool:
        return self.here.kind is Kind.NAME and self.here.text == word

    def expect(self, kind: Kind, wanted: str) -> Token:
        if self.here.kind is not kind:
            raise self.unexpected(wanted)
        return self.advance()

    def expect_operator(self, operator: str) -> Token:
        if not self.at(operator):
            raise self.unexpected(repr(operator))
        return self.advance()

    def unexpected(self, wanted: str, hint: str = "") -> ReadError:
        return ReadError(f"expected {wanted}, found {self.here}", self.here.span, self.source, hint)

    def expect_end_of_statement(self) -> None:
        if self.here.kind is Kind.CLOSE:
            raise ReadError(f"this {self.here.text!r} closes nothing", self.here.span, self.source)
        if self.here.kind not in (Kind.NEWLINE, Kind.END):
            raise self.unexpected("an operator or the end of the line")

    @contextmanager
    def nested(self, span: Span) -> Iterator[None]:
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise LimitError(
                f"nested more than {MAX_NESTING} deep", span, self.source, "give the inner expression a name of its own"
            )
        yield
        self.nesting -= 1

    # Statements

    def script(self) -> Script:
        statements: list[Statement] = []
        name, parameters, inside = "", (), None
        self.skip_newlines()
        if self.at_word("function"):
            inside = self.here
            name, parameters = self.header()
        self.skip_newlines()
        while self.here.kind is not Kind.END:
            if inside and self.at_word("end"):
                inside = None
                self.advance()
                self.skip_newlines()
                if self.here.kind is not Kind.END:
                    raise self.unexpected("the end of the text", "one function a text is read")
                break
            statements.append(self.statement())
            self.check_length(statements[-1].span)
            if len(statements) > MAX_STATEMENTS:
                raise LimitError(f"more than {MAX_STATEMENTS:,} statements", self.here.span, self.source)
            self.expect_end_of_statement()
            self.skip_newlines()
        if inside:
            raise ReadError("this function has no 'end'", inside.span, self.source)
        return Script(name, parameters, tuple(statements))

    def check_length(self, span: Span) -> None:
        if span.end - span.start > MAX_STATEMENT:
            raise LimitError(
                f"the statement is longer than {MAX_STATEMENT:,} characters",
                Span(span.start, span.start + 1),
                self.source,
                "name a part of it",
            )

    def skip_newlines(self) -> None:
        while self.here.kind is Kind.NEWLINE:
            self.advance()

    def header(self) -> tuple[str, tuple[Name, ...]]:
        """function foo(X₀, W₁::Matrix)"""
        self.advance()
        name = self.expect(Kind.NAME, "the name of the function").text
        self.expect(Kind.OPEN, "'('")
        parameters: list[Name] = []
        while self.here.kind is not Kind.CLOSE:
            token = self.expect(Kind.NAME, "the name of an argument")
            parameters.append(Name(token.text, token.span))
            if self.at("::"):
                self.skip_type()
            if not self.at(","):
                break
            self.advance()
        self.expect(Kind.CLOSE, "')' or ','")
        return name, tuple(parameters)

    def skip_type(self) -> None:
        """::Matrix — a type says nothing that the program does not."""
        self.advance()
        self.expect(Kind.NAME, "a type")

    def statement(self) -> Statement:
        start = self.here
        if start.kind is Kind.NAME and start.text == "return":
            return self.returned()
        follower = self.peek()
        if start.kind is Kind.NAME and follower.kind is Kind.OPERATOR:
            if follower.text in (":", "in"):
                return self.declaration()
            if follower.text == "=":
                return self.assignment()
        if self.is_definition():
            return self.definition()
        value = self.expression()
        if self.at("="):
            raise ReadError("only a name can stand left of '='", value.span, self.source)
        return Return((value,), value.span)

    def returned(self) -> Return:
        start = self.advance()
        values = [self.expression()]
        while self.at(","):
            self.advance()
            values.append(self.expression())
        return Return(tuple(values), start.span.to(values[-1].span))

    def bound_name(self) -> Token:
        token = self.expect(Kind.NAME, "a name")
        if token.text in RESERVED or token.text in FILLED or token.text == "pi":
            raise NameError_(f"{token.text!r} is a word of the language and cannot be a name", token.span, self.source)
        return token

    def assignment(self) -> Assignment:
        name = self.bound_name()
        self.advance()
        value = self.expression()
        if self.at("="):
            raise ReadError(
                "a second '=' in one statement", self.here.span, self.source, "one name a statement: X = …, then Y = X"
            )
        return Assignment(name.text, value, name.span.to(value.span), name.span)

    def is_definition(self) -> bool:
        """f(x) = … or f.(x) = …: a name, a name in brackets, an equals sign."""
        kinds = tuple(self.peek(offset).kind for offset in range(4))
        return kinds == (Kind.NAME, Kind.OPEN, Kind.NAME, Kind.CLOSE) and (
            self.peek(4).kind is Kind.OPERATOR and self.peek(4).text == "="
        )

    def definition(self) -> Definition:
        function = self.bound_name()
        if canonical_function(function.text) in CATALOGUE or function.text in PLANNED:
            raise NameError_(
                f"{function.text!r} is a known function and cannot be defined again", function.span, self.source
            )
        self.advance()
        parameter = self.bound_name()
        self.advance()
        self.advance()
        body = self.expression()
        return Definition(function.text, parameter.text, body, function.span.to(body.span))

    # Shapes

    def declaration(self) -> Declaration:
        name = self.bound_name()
        if self.advance().text == "in":
            rows, cols = self.real_space()
        else:
            rows, cols = self.shape()
        end = self.tokens[self.index - 1].span
        facts = []
        while self.here.kind is Kind.NAME:
            if self.here.text not in FACTS:
                raise self.unexpected(f"a fact ({', '.join(FACTS)}) or the end of the line")
            end = self.here.span
            facts.append(self.advance().text)
        return Declaration(name.text, rows, cols, tuple(facts), name.span.to(end))

    def shape(self) -> tuple[int | str, int | str]:
        """`n x 2`, `n × 2`, `(n, 2)`, `h` for a column, `scalar`."""
        if self.at_word("scalar"):
            self.advance()
            return 1, 1
        if self.here.kind is Kind.OPEN:
            self.advance()
            rows = self.size()
            self.expect_operator(",")
            cols = self.size()
            self.expect(Kind.CLOSE, "')'")
            return rows, cols
        rows = self.size()
        if self.at("x") or self.at_word("x"):
            self.advance()
            return rows, self.size()
        glued = self.here
        if glued.kind is Kind.NAME and glued.text[0] == "x" and glued.text[1:].isdigit():
            self.advance()
            return rows, self.positive(int(glued.text[1:]), glued)
        return rows, 1

    def real_space(self) -> tuple[int | str, int | str]:
        r"""X \in \mathbb{R}^{n \times m}"""
        if not self.at_word("R"):
            raise self.unexpected(r"\mathbb{R}")
        self.advance()
        self.expect_operator("^")
        braces = self.here.kind is Kind.OPEN
        if braces:
            self.advance()
        rows = self.size()
        cols: int | str = 1
        if self.at("x"):
            self.advance()
            cols = self.size()
        if braces:
            self.expect(Kind.CLOSE, "'}'")
        return rows, cols

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

    # Expressions

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
                "× stands between sizes only", operator.span, self.source, "the matrix product is *, the elementwise one .*"
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
            return self.bracketed(self.expression)
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
        argument = self.bracketed(self.expression)
        closing = self.tokens[self.index - 1]
        return Call(function, primes, argument, name.span.to(closing.span))

    def fraction(self, token: Token) -> Product:
        r"""\frac{A}{B}"""
        above = self.bracketed(self.expression)
        if self.here.text != "{":
            raise self.unexpected("'{', the denominator")
        below = self.bracketed(self.expression)
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

    def bracketed(self, inner: Callable[[], Syntax]) -> Syntax:
        opening = self.advance()
        with self.nested(opening.span):
            value = inner()
        wanted = _CLOSING[opening.text]
        if self.here.kind is Kind.CLOSE and self.here.text == wanted:
            self.advance()
            return value
        if self.at(","):
            raise ReadError("one argument is expected here", self.here.span, self.source)
        if self.here.kind is Kind.CLOSE:
            raise self.unexpected(f"{wanted!r}", f"the bracket opened in column {self.column(opening)} is {opening.text!r}")
        if self.here.kind is Kind.END or self.is_next_line(opening):
            raise ReadError(f"this {opening.text!r} is never closed", opening.span, self.source)
        raise self.unexpected(f"an operator or {wanted!r}")

    def is_next_line(self, opening: Token) -> bool:
        return "\n" in self.source.text[opening.span.start : self.here.span.start] or self.here.kind is Kind.NEWLINE

    def column(self, token: Token) -> int:
        return token.span.start - self.source.text.rfind("\n", 0, token.span.start)


def _join_lines(tokens: list[Token]) -> list[Token]:
    """Without the line ends inside brackets and after an operator: those lines go on."""
    depth, joined = 0, []
    for token in tokens:
        if token.kind is Kind.OPEN:
            depth += 1
        elif token.kind is Kind.CLOSE:
            depth = max(0, depth - 1)
        continues = depth or (joined and joined[-1].kind is Kind.OPERATOR)
        if token.kind is Kind.NEWLINE and token.text != ";" and continues:
            continue
        joined.append(token)
    return joined


def _value_names(tokens: list[Token]) -> frozenset[str]:
    """The names that stand somewhere for a matrix: anywhere but before a bracket, primes aside.

    This tells A (B + C), a product, from f(X), a call, in notations that write both alike.
    """
    values = set()
    following: Token | None = None
    for token in reversed(tokens):
        if token.kind is Kind.NAME:
            if following is None or following.kind is not Kind.OPEN:
                values.add(token.text)
        if token.kind is not Kind.PRIME:
            following = token
    return frozenset(values)
