"""Tokens to expressions: recursive descent, one method a level of precedence.

sum      := [-] product ((+ | - | .+ | .-) product)*
product  := joined ((* | .* | / | ./ | \\ | ⊗) joined)*   left to right, equal precedence, as in Julia
joined   := signed signed*                          juxtaposition binds tighter: A ⊙ B C = A ⊙ (B C)
postfix  := atom (' | ᵀ | ^exponent | .^exponent | [extent, extent])*
"""

from __future__ import annotations

from symbolic.errors import LimitError, NameError_, NotSupported, ReadError, Source, Span
from symbolic.functions import CATALOGUE, only_a_function
from symbolic.language.binding import CALLING
from symbolic.language.brackets import Brackets
from symbolic.language.calls import forms, result_form
from symbolic.language.cursor import MAX_NESTING
from symbolic.language.syntax import Call, Filled, Name, Number, Power, Product, Sum, Syntax, Transposed
from symbolic.language.tokens import STARTS, Kind, Token
from symbolic.language.words import (
    FILLED,
    INSTEAD,
    PLANNED,
    RESERVED,
    RESHAPING,
    is_known,
    is_operation,
    known_name,
    never_a_matrix,
)
from symbolic.operations import CALLS, RESULTS

MAX_ORDER = 9
MAX_KNOWN_ORDER = 4


class Expressions(Brackets):
    """Reads expressions. `bare`: known functions may go without brackets, \\det X, as mathematicians write them."""

    def __init__(self, tokens: list[Token], source: Source, bare: bool = False) -> None:
        super().__init__(tokens, source)
        self.bare = bare
        self.called: dict[str, Span] = {}

    def expression(self) -> Syntax:
        """-A B + C: the first sign belongs to the whole first term."""
        start = self.here
        terms = [(self.sign(), self.product())]
        dotted = set()
        while self.at("+", "-", ".+", ".-"):
            if self.here.text.startswith("."):
                dotted.add(len(terms))
            terms.append((self.sign(), self.product()))
            self.check_length()
        if len(terms) == 1 and terms[0][0] == 1:
            return terms[0][1]
        return Sum(tuple(terms), self.since(start), frozenset(dotted))

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
        while self.here.kind in STARTS and not self.at_word("return"):
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
        start, outer, self.depth = self.here, self.depth, 0
        value = self.atom()
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
                value = Power(value, self.exponent(), token.text == ".^", self.since(start))
            elif self.at_index():
                value = self.index_of(value, start)
            else:
                self.depth = max(self.depth, outer)
                return value
            self.depth += 1
            self.check_depth(token.span)

    def exponent(self) -> Syntax:
        start = self.here
        sign = self.sign()
        value = self.exponent_atom()
        return Sum(((sign, value),), self.since(start)) if sign < 0 else value

    def exponent_atom(self) -> Syntax:
        if self.here.kind in STARTS:
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
        if opening.kind is Kind.OPEN and opening.text in CALLING and token.text not in self.names.matrices:
            return self.least(token) if token.text == "min" and self.at_sizes() else self.call(token, primes)
        if opening.kind is Kind.OPEN and opening.text == ".(":
            raise ReadError(f"{token.text} is a matrix here, not a function", token.span, self.source)
        if is_known(token.text) and token.text not in self.names.matrices:
            return self.without_brackets(token)
        return Name(token.text, token.span)

    def without_brackets(self, function: Token) -> Call:
        r"""\det X; elsewhere than in LaTeX, a mistake."""
        if self.at("^", ".^"):
            raise self.power_of_function(function)
        if not (self.bare and _goes_bare(function) and self.at_operand()):
            known = never_a_matrix(function.text)
            hint = "" if known else f"for a matrix of this name, declare it: {function.text} : n x m"
            raise self.unexpected(f"'(' after the function {function.text}", hint)
        with self.nested(function.span):
            argument = self.postfix()
        if self.here.kind in STARTS and not _goes_bare(self.here):
            message = f"does {function.text} apply to the first factor or to the product?"
            raise ReadError(message, self.here.span, self.source, "write brackets around what it applies to")
        return Call(known_name(function.text), 0, (argument,), self.since(function))

    def at_operand(self) -> bool:
        """At what a function without brackets may apply to; a number is not: sin 2 X; nor are indices: \\sqrt[3]{X}."""
        return self.here.kind in (Kind.NAME, Kind.OPEN) and not self.at_index()

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
        self.check_planned(name)
        self.check_spelling(name, function)
        self.check_primes(name, function, primes)
        if not is_known(function):
            self.called.setdefault(function, name.span)
        for _ in range(primes):
            self.advance()
        if self.here.text == ".(" and is_operation(function):
            message = f"{function} is an operation on the whole matrix, not on each entry"
            hint = result_form(function) if function in RESULTS else f"write {forms(function)}"
            raise ReadError(message, name.span.to(self.here.span), self.source, hint)
        return Call(function, primes, self.arguments(function), self.since(name))

    def check_planned(self, name: Token) -> None:
        if name.text in PLANNED:
            message = f"{name.text!r} names a matrix operation that is not supported"
            hint = INSTEAD.get(name.text, "pushforward operations lists those that are")
            raise NotSupported(message, name.span, self.source, hint)

    def check_primes(self, name: Token, function: str, primes: int) -> None:
        if primes and is_operation(function):
            message = f"{function}' has no meaning: primes are for functions of each entry"
            raise ReadError(message, name.span.to(self.peek(primes - 1).span), self.source)
        most = MAX_KNOWN_ORDER if function in CATALOGUE else MAX_ORDER
        if primes > most:
            raise LimitError(f"{function} with more than {most} primes", name.span, self.source)

    def arguments(self, function: str) -> tuple[Syntax, ...]:
        """One argument; for an operation, as many as there are, the last one maybe dims=1."""
        opening = self.advance()
        with self.nested(opening.span):
            values = [self.expression()]
            while is_operation(function) and (self.at(",") or self.at_dims()):
                self.advance()
                if self.at_word("dims") and self.peek().text == "=":
                    self.advance()
                    self.advance()
                values.append(self.size() if function in RESHAPING else self.expression())
                self.check_length()
        self.close(opening)
        return tuple(values)

    def at_dims(self) -> bool:
        """; dims=1 as Julia writes it"""
        return self.at(";") and self.peek().text == "dims" and self.peek(2).text == "="

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
        sizes = [self.size()]
        while self.at(","):
            self.advance()
            sizes.append(self.size())
        if self.here.text != ")":
            raise self.unexpected("')' or ','")
        closing = self.advance()
        if len(sizes) != FILLED[token.text]:
            wanted = "rows and columns: " + token.text + "(n, m)" if FILLED[token.text] == 2 else "one size: eye(n)"
            raise ReadError(f"{token.text} takes {wanted}", token.span.to(closing.span), self.source)
        return Filled(token.text, tuple(sizes), token.span.to(closing.span))


def _goes_bare(name: Token) -> bool:
    """Whether a name can only be that of a function: σ X is a product where σ is a matrix."""
    return name.kind is Kind.NAME and (only_a_function(name.text) or is_operation(name.text))
