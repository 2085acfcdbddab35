"""What was left out: a term of the product rule, or a factor. The rules themselves say what could be missing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Protocol

from sympy import HadamardProduct, MatAdd, MatMul, MatrixSymbol, Transpose

from pushforward.grading.spelling import Edit, Written
from symbolic import nodes
from symbolic.differential import Differential, differentiate
from symbolic.errors import ProgramError, Span
from symbolic.language.derivation import Side
from symbolic.language.names import split_mark
from symbolic.language.printer import print_expression
from symbolic.language.syntax import Call, Sum, Syntax
from symbolic.language.walk import parts
from symbolic.nodes import Elementwise, Node, Operation, Scale
from symbolic.program import Program
from symbolic.walks import subexpressions

MAX_FACTORS = 20
MAX_TERMS = 24


class Looking(Protocol):
    """What is asked of the search while it goes on."""

    written: Written

    def spell(self, name: str) -> str: ...

    def agrees(self, node: Node, wanted: Node) -> bool: ...


def missing_terms(
    program: Program, wrt: tuple[str, ...], root: Syntax, side: Side, node: Node | None, wanted: Node, looking: Looking
) -> Iterator[Edit]:
    """A term of a differential, or of a statement, added to the side or to what stands in brackets in it."""
    known = _known_terms(program, wrt)
    style = "latex" if looking.written.spelling.latex else "unicode"
    if node is not None and node.shape == wanted.shape:
        for term in known:
            for signed in (term, nodes.negative(term)):
                if term.shape == node.shape and looking.agrees(nodes.add(node, signed), wanted):
                    yield Edit("a term is missing", _end_of(side), _plus(signed, style))
    for part in parts(root):
        if (
            part is root
            or isinstance(part, Call)
            or (isinstance(part, Sum) and looking.written.widened(part) == part.span)
        ):
            continue
        span, text = looking.written.widened(part), looking.written.group(part)
        for term in known[:MAX_TERMS]:
            for signed in (term, nodes.negative(term)):
                yield Edit("a term is missing", span, f"({text}{_plus(signed, style)})")


def missing_factors(
    program: Program, wrt: tuple[str, ...], root: Syntax, written: Written, looking: Looking
) -> Iterator[Edit]:
    """A factor before or behind every factor that is there."""
    style = "latex" if written.spelling.latex else "unicode"
    factors = [_printed(factor, style) for factor in _known_factors(program, wrt)]
    for part in parts(root):
        span = written.widened(part)
        if isinstance(part, Sum) and span == part.span:
            continue
        text = written.group(part)
        for factor in factors:
            yield Edit("a factor is missing", span, f"{factor}{written.spelling.product}{text}")
            yield Edit("a factor is missing", span, f"{text}{written.spelling.product}{factor}")
            yield Edit("a factor is missing", span, f"({factor}{written.spelling.hadamard}{text})")


def _end_of(side: Side) -> Span:
    return Span(side.span.end, side.span.end)


def _printed(node: Node, style: str) -> str:
    return print_expression(node, style).replace(r"\left(", "(").replace(r"\right)", ")")


def _plus(term: Node, style: str) -> str:
    number, rest = nodes.split_number(term)
    if nodes.is_number(number) and number.is_number and number < 0:
        return f" - {_printed(nodes.scale(-number, rest), style)}"
    return f" + {_printed(term, style)}"


def _terms(node: Node) -> tuple[Node, ...]:
    return tuple(node.args) if type(node) is MatAdd else (node,)


@lru_cache(maxsize=64)
def _differential(program: Program, wrt: tuple[str, ...]) -> Differential | None:
    try:
        return differentiate(program, wrt)
    except ProgramError:
        return None


@lru_cache(maxsize=64)
def _known_terms(program: Program, wrt: tuple[str, ...]) -> tuple[Node, ...]:
    """The terms of the differentials, from the last statement back, of the closed form, and of the statements."""
    found: dict[Node, None] = {}
    differential = _differential(program, wrt)
    if differential is not None:
        for of in differential.moving_outputs:
            try:
                found |= dict.fromkeys(_terms(differential.closed_form(of).expr))
            except ProgramError:
                continue
        for let in reversed(differential.tangents):
            found |= dict.fromkeys((let.symbol, *_terms(let.expr)))
        for let in reversed(differential.tangents):
            for part in subexpressions(let.expr):
                if type(part) is MatAdd:
                    found |= dict.fromkeys(part.args)
    for name, symbol in program.symbols.items():
        if name in {let.name for let in program.lets}:
            found |= dict.fromkeys((symbol, *_terms(program.let(name).expr)))
    return tuple(found)


@lru_cache(maxsize=64)
def _known_factors(program: Program, wrt: tuple[str, ...]) -> tuple[Node, ...]:
    """The factors in the differentials: matrices, transposes, inverses, f'(X)."""
    found: dict[Node, None] = {}
    differential = _differential(program, wrt)
    for let in reversed(differential.tangents) if differential is not None else ():
        for part in subexpressions(let.expr):
            if type(part) in (MatMul, HadamardProduct, Scale):
                found |= dict.fromkeys(arg for arg in nodes.operands(part) if _is_factor(arg))
    for given in program.bindings:
        found[given.symbol] = None
    if differential is not None:
        found |= dict.fromkeys(differential.tangent.symbols[seed] for _, seed in differential.seeds)
        found |= dict.fromkeys(let.symbol for let in differential.tangents)
    return tuple(found)[:MAX_FACTORS]


def _is_factor(node: Node) -> bool:
    if type(node) is MatrixSymbol:
        return not split_mark(node.name)[0]
    return type(node) in (Transpose, Elementwise, Operation)
