"""Tokens to a script: declarations, definitions, assignments, and what is returned."""

from __future__ import annotations

from dataclasses import replace

from symbolic.errors import LimitError, NameError_, ReadError, Source
from symbolic.facts import FACTS
from symbolic.language.expressions import Expressions, bound_names, is_definition
from symbolic.language.syntax import (
    Assignment,
    Call,
    Declaration,
    Definition,
    Name,
    Return,
    Script,
    Statement,
    Syntax,
)  # fmt: skip
from symbolic.language.tokens import Kind, Token
from symbolic.language.words import PLANNED, WORDS, is_known, never_a_matrix
from symbolic.operations import RESULTS

MAX_STATEMENTS = 20_000
MAX_UNPACKED = 8


def parse(tokens: list[Token], source: Source) -> Script:
    """A whole text. Raises ReadError, NameError_, NotSupported or LimitError, with the place."""
    return Statements(tokens, source).script()


def parse_expression(tokens: list[Token], source: Source) -> Syntax:
    """A single expression."""
    parser = Statements(tokens, source)
    value = parser.expression()
    parser.expect_end_of_statement()
    return value


class Statements(Expressions):
    """Reads a whole text."""

    def script(self) -> Script:
        statements: list[Statement] = []
        name = ""
        parameters: tuple[Name, ...] = ()
        inside: Token | None = None
        self.skip_newlines()
        if self.at_word("function"):
            inside = self.here
            name, parameters = self.header()
        self.skip_newlines()
        while not self.at_end():
            if inside and self.at_word("end"):
                inside = None
                self.advance()
                self.skip_newlines()
                if not self.at_end():
                    raise self.unexpected("the end of the text", "one function a text is read")
                break
            self.primes, self.start = 0, self.index
            statements += self.unpacking() if self.is_unpacking() else [self.statement()]
            if len(statements) > MAX_STATEMENTS:
                raise LimitError(f"more than {MAX_STATEMENTS:,} statements", self.here.span, self.source)
            self.expect_end_of_statement()
            self.skip_newlines()
        if inside:
            raise ReadError("this function has no 'end'", inside.span, self.source)
        return Script(name, parameters, tuple(statements))

    def skip_newlines(self) -> None:
        while self.here.kind is Kind.NEWLINE:
            self.advance()

    def header(self) -> tuple[str, tuple[Name, ...]]:
        """function foo(X₀, W₁::Matrix)"""
        self.advance()
        name = self.expect(Kind.NAME, "the name of the function").text
        if self.here.text != "(":
            raise self.unexpected("'('")
        self.advance()
        parameters: list[Name] = []
        while self.here.kind is not Kind.CLOSE:
            token = self.matrix_name()
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
        if is_definition([self.peek(offset) for offset in range(5)]):
            return self.definition()
        value = self.expression()
        if self.at("="):
            raise ReadError("only a name can stand left of '='", value.span, self.source)
        return Return((value,), value.span)

    def is_unpacking(self) -> bool:
        """Q, R = …"""
        return len(self.left_names()) > 1

    def left_names(self) -> list[Token]:
        if not (self.peek().kind is Kind.OPERATOR and self.peek().text == ","):
            return []
        return bound_names(self.tokens[self.index : self.index + 2 * MAX_UNPACKED])

    def unpacking(self) -> list[Statement]:
        """Q, R = qr(A) as Q = qr_q(A) and R = qr_r(A)."""
        start, count = self.here, len(self.left_names())
        names = []
        for _ in range(count):
            names.append(self.matrix_name())
            self.advance()
        value = self.expression()
        parts = RESULTS.get(value.function, ()) if isinstance(value, Call) else ()
        if len(parts) != count:
            what = f"gives {len(parts)} matrices" if parts else "is one matrix"
            raise ReadError(f"the right side {what}, for {count} names", value.span, self.source)
        assert isinstance(value, Call)
        span = self.since(start)
        return [
            Assignment(name.text, replace(value, function=part), span, name.span)
            for name, part in zip(names, parts, strict=True)
        ]

    def returned(self) -> Return:
        start = self.advance()
        values = [self.expression()]
        while self.at(","):
            self.advance()
            values.append(self.expression())
        return Return(tuple(values), start.span.to(values[-1].span))

    def bound_name(self) -> Token:
        token = self.expect(Kind.NAME, "a name")
        if token.text in WORDS:
            raise NameError_(f"{token.text!r} is a word of the language and cannot be a name", token.span, self.source)
        return token

    def matrix_name(self) -> Token:
        token = self.bound_name()
        if never_a_matrix(token.text):
            message = f"{token.text!r} is the name of a function and cannot be the name of a matrix"
            raise NameError_(message, token.span, self.source)
        return token

    def assignment(self) -> Assignment:
        name = self.matrix_name()
        self.advance()
        value = self.expression()
        if self.at("="):
            raise ReadError(
                "a second '=' in one statement", self.here.span, self.source, "one name a statement: X = …, then Y = X"
            )
        return Assignment(name.text, value, name.span.to(value.span), name.span)

    def definition(self) -> Definition:
        function = self.bound_name()
        if is_known(function.text) or function.text in PLANNED:
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
        name = self.matrix_name()
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
