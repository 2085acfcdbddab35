"""Tokens to a script: declarations, definitions, assignments, and what is returned."""

from __future__ import annotations

from dataclasses import replace

from symbolic.errors import LimitError, NameError_, ReadError, Source
from symbolic.functions import CATALOGUE
from symbolic.language.binding import bound_names, is_definition
from symbolic.language.calls import result_form
from symbolic.language.declarations import Declarations
from symbolic.language.syntax import (
    Assignment,
    Call,
    Definition,
    Name,
    Return,
    Script,
    Statement,
    Syntax,
)  # fmt: skip
from symbolic.language.tokens import Kind, Token
from symbolic.language.words import PLANNED, is_known, known_name
from symbolic.operations import RESULTS

MAX_STATEMENTS = 20_000
MAX_UNPACKED = 8


def parse(tokens: list[Token], source: Source, bare: bool = False) -> Script:
    """A whole text. Raises ReadError, NameError_, NotSupported or LimitError, with the place."""
    return Statements(tokens, source, bare).script()


def parse_expression(tokens: list[Token], source: Source) -> Syntax:
    """A single expression."""
    parser = Statements(tokens, source)
    value = parser.expression()
    parser.expect_end_of_statement()
    return value


class Statements(Declarations):
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
            self.depth, self.start = 0, self.index
            statements += self.unpacking() if self.is_unpacking() else [self.statement()]
            if len(statements) > MAX_STATEMENTS:
                raise LimitError(f"more than {MAX_STATEMENTS:,} statements", self.here.span, self.source)
            self.expect_end_of_statement()
            self.skip_newlines()
        if inside:
            raise ReadError("this function has no 'end'", inside.span, self.source)
        return Script(name, parameters, tuple(statements), self.called)

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
            raise self.misfit(value, len(parts), count)
        assert isinstance(value, Call)
        span = self.since(start)
        return [
            Assignment(name.text, replace(value, function=part), span, name.span)
            for name, part in zip(names, parts, strict=True)
        ]

    def misfit(self, value: Syntax, given: int, wanted: int) -> ReadError:
        what = value.function if isinstance(value, Call) else "the right side"
        gives = f"{given} matrices" if given else "one matrix"
        hint = result_form(what) if given else f"calls that give several are {', '.join(RESULTS)}"
        return ReadError(f"{what} gives {gives}, for {wanted} names", value.span, self.source, hint)

    def returned(self) -> Return:
        start = self.advance()
        values = [self.expression()]
        while self.at(","):
            self.advance()
            values.append(self.expression())
        return Return(tuple(values), start.span.to(values[-1].span))

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
            what = "function" if known_name(function.text) in CATALOGUE else "operation"
            message = f"{function.text!r} is a known {what} and cannot be defined again"
            raise NameError_(message, function.span, self.source)
        self.advance()
        parameter = self.bound_name()
        self.advance()
        self.advance()
        body = self.expression()
        return Definition(function.text, parameter.text, body, function.span.to(body.span))
