"""Small changes of what was written, one at a time: each would undo a mistake that people make.

An edit changes characters, and what it makes is read again like anything that is written. So a repair is in the
writer's own notation, and nothing is taken for right but by evaluating it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from pushforward.grading.spelling import Edit, Written
from symbolic.errors import Span
from symbolic.language.names import split_mark
from symbolic.language.syntax import Call, Name, Number, Power, Product, Sum, Syntax, Transposed
from symbolic.language.walk import parts

_SIGN = re.compile(r"[-+−–]")
_PARTNERS = {"sin": "cos", "cos": "sin", "sinh": "cosh", "cosh": "sinh"}
MAX_OPERANDS = 12


def edits(
    root: Syntax, written: Written, names: Iterable[str], functions: Mapping[str, str], spell: Callable[[str], str]
) -> Iterator[Edit]:
    """All single changes, the likelier mistakes first. `names`: what could stand in place of a name.

    `functions`: the functions of the program, as they are spelled.
    """
    everything = list(parts(root))
    choices = list(names)
    yield from _layout(root, written)
    for make in (_signs, _extra_transposes, _transposes, _primes, _swaps, _operators, _exponents, _inverses):
        for part in everything:
            yield from make(part, written)
    for part in everything:
        yield from _functions(part, functions, written)
    for part in everything:
        yield from _arguments(part, choices, written, spell)
    for part in everything:
        yield from _names(part, choices, written, spell)
    for make in (_sums, _extra_factors, _regrouped):
        for part in everything:
            yield from make(part, written)
    yield from _ungrouped(everything, written)


def _layout(root: Syntax, written: Written) -> Iterator[Edit]:
    if type(root) is Transposed:
        return
    yield Edit("layout", root.span, written.group(root) + written.spelling.transpose)


def _signs(part: Syntax, written: Written) -> Iterator[Edit]:
    if type(part) is not Sum:
        return
    end = part.span.start
    for number, (_, term) in enumerate(part.terms):
        start = written.widened(term).start
        found = list(_SIGN.finditer(written.text, min(end, start), start))
        if found:
            sign = found[-1]
            other = "-" if sign[0] == "+" else "+"
            yield Edit("sign", Span(sign.start(), sign.end()), other if number else "")
        elif not number:
            yield Edit("sign", Span(start, start), "-")
        end = term.span.end


def _extra_transposes(part: Syntax, written: Written) -> Iterator[Edit]:
    if type(part) is Transposed:
        yield Edit("extra transpose", part.span, written.of(written.widened(part.argument)))


def _transposes(part: Syntax, written: Written) -> Iterator[Edit]:
    if (type(part) is not Transposed and not isinstance(part, Sum)) or written.widened(part) != part.span:
        yield from _behind(part, "lost transpose", written.spelling.transpose, written)


def _behind(part: Syntax, kind: str, mark: str, written: Written) -> Iterator[Edit]:
    yield Edit(kind, written.widened(part), written.group(part) + mark)


def _primes(part: Syntax, written: Written) -> Iterator[Edit]:
    """f for f', and the reverse; sin for cos."""
    if type(part) is not Call:
        return
    head = written.head(part)
    end = part.span.start + len(head)
    yield Edit("f for f'", Span(end, end), "'")
    if part.order:
        prime = re.search(r"\^\{?\s*\\prime\s*\}?|['′]", written.text[end : part.span.end])
        if prime:
            yield Edit("f' for f", Span(end + prime.start(), end + prime.end()), "")
    if part.function in _PARTNERS:
        backslash = "\\" if head.startswith("\\") else ""
        yield Edit("f for f'", Span(part.span.start, end), backslash + _PARTNERS[part.function])


def _functions(part: Syntax, functions: Mapping[str, str], written: Written) -> Iterator[Edit]:
    """f'(X) for g'(X)"""
    if type(part) is Call:
        for function, name in functions.items():
            if function != part.function:
                yield Edit("wrong function", Span(part.span.start, part.span.start + len(written.head(part))), name)


def _operands(part: Syntax) -> list[Syntax]:
    return [part.first, *(factor for _, factor in part.rest)] if type(part) is Product else []


def _swaps(part: Syntax, written: Written) -> Iterator[Edit]:
    spans = [written.widened(factor) for factor in _operands(part)]
    for left, right in itertools.pairwise(spans):
        between = written.text[left.end : right.start]
        text = written.of(right) + (between or " ") + written.of(left)
        yield Edit("factors in the wrong order", Span(left.start, right.end), text)


def _operators(part: Syntax, written: Written) -> Iterator[Edit]:
    """⊙ for the matrix product, and the reverse; a factor that divides."""
    if type(part) is not Product:
        return
    spans = [written.widened(factor) for factor in _operands(part)]
    for (operator, _), left, right in zip(part.rest, spans, spans[1:], strict=False):
        between = Span(left.end, right.start)
        if between.end < between.start or "frac" in written.of(part.span)[:6]:
            continue
        others = {
            "*": ((written.spelling.hadamard, "product for ⊙"), (" / ", "a factor that divides")),
            ".*": ((written.spelling.product, "⊙ for product"), (" ./ ", "a factor that divides")),
            "/": ((written.spelling.product, "a factor that divides"),),
            "./": ((written.spelling.hadamard, "a factor that divides"),),
        }.get(operator, ())
        for text, kind in others:
            yield Edit(kind, between, text)


def _exponents(part: Syntax, written: Written) -> Iterator[Edit]:
    if type(part) is Power and type(part.exponent) is Number:
        for value in (part.exponent.value + 1, part.exponent.value - 1):
            yield Edit("wrong exponent", part.exponent.span, str(value))


def _sums(part: Syntax, written: Written) -> Iterator[Edit]:
    """A + for a product."""
    if type(part) is not Sum:
        return
    spans = [written.widened(term) for _, term in part.terms]
    for left, right in itertools.pairwise(spans):
        for sign in (written.spelling.hadamard, written.spelling.product):
            yield Edit("+ for a product", Span(left.end, right.start), sign)


def _inverses(part: Syntax, written: Written) -> Iterator[Edit]:
    if type(part) is Power and not part.elementwise:
        yield Edit("extra inverse", part.span, written.of(written.widened(part.base)))
    elif type(part) is Call and part.function == "inv":
        yield Edit("extra inverse", part.span, f"({written.of(part.argument.span)})")
    elif type(part) is Name or (not isinstance(part, (Sum, Product)) or written.widened(part) != part.span):
        yield from _behind(part, "missing inverse", written.spelling.inverse, written)


def _arguments(part: Syntax, names: list[str], written: Written, spell: Callable[[str], str]) -> Iterator[Edit]:
    """f'(X3) for f'(X1)"""
    if type(part) is not Call or len(part.arguments) != 1:
        return
    kind = "wrong argument of f'" if part.order else "wrong argument of f"
    for name in names:
        if part.argument != Name(name, part.argument.span) and not split_mark(name)[0]:
            yield Edit(kind, part.argument.span, spell(name))


def _names(part: Syntax, names: list[str], written: Written, spell: Callable[[str], str]) -> Iterator[Edit]:
    if type(part) is not Name:
        return
    level, plain = split_mark(part.name)
    for name in sorted(names, key=lambda name: split_mark(name)[1] != plain):
        if name != part.name:
            moved, same = split_mark(name)[0], split_mark(name)[1] == plain
            kind = (
                ("a δ is missing" if moved else "a δ too many") if same and bool(moved) != bool(level) else "wrong name"
            )
            yield Edit(kind, part.span, spell(name))


def _extra_factors(part: Syntax, written: Written) -> Iterator[Edit]:
    spans = [written.widened(factor) for factor in _operands(part)]
    for position, span in enumerate(spans):
        kind = "wrong factor" if type(_operands(part)[position]) is Number else "a factor too many"
        if position:
            yield Edit(kind, Span(spans[position - 1].end, span.end), "")
        elif len(spans) > 1:
            yield Edit(kind, Span(span.start, spans[1].start), "")


def _regrouped(part: Syntax, written: Written) -> Iterator[Edit]:
    """Brackets around some of the factors of a product, A ⊙ (B C), or of the terms of a sum."""
    spans = [written.widened(operand) for operand in _flattened(part)][:MAX_OPERANDS]
    for first in range(len(spans)):
        for last in range(first + 1, len(spans)):
            if (first, last) != (0, len(spans) - 1):
                span = Span(spans[first].start, spans[last].end)
                yield Edit("brackets", span, f"({written.of(span)})")


def _flattened(part: Syntax) -> list[Syntax]:
    """A ⊙ B C as three operands, although B C is one of two."""
    if type(part) is not Product:
        return []
    return [
        inner
        for operand in _operands(part)
        for inner in (_operands(operand) if type(operand) is Product else [operand])
    ]


def _ungrouped(everything: list[Syntax], written: Written) -> Iterator[Edit]:
    for part in everything:
        wide = written.widened(part)
        if type(part) in (Sum, Product) and wide != part.span:
            yield Edit("brackets", wide, written.of(part.span))
