"""Wrong coefficients: which multiple of one term makes both sides equal.

A side is affine in the coefficient c of a term that no function is applied to: S(c) = S(0) + c (S(1) - S(0)). So the
wanted c is a quotient of two evaluations, and is right if it is the same for every entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from pushforward.grading.judge import Judge
from pushforward.grading.spelling import Edit, Written
from symbolic.errors import PushforwardError, Span
from symbolic.field import Matrix, P
from symbolic.language.syntax import Number, Sum, Syntax
from symbolic.language.walk import parts
from symbolic.nodes import Node

LARGEST = 1_000_000


def coefficient_edits(
    root: Syntax, written: Written, node_of: Callable[[Edit], Node | None], wanted: Node, judge: Judge
) -> Iterator[Edit]:
    """Other numbers for the numbers in a side, and multiples of its terms: signs, factors, terms too many."""
    for part, kind in _places(root):
        span = written.widened(part)
        none = node_of(Edit(kind, span, "0" if type(part) is Number else f"(0 {_times(written)}{written.group(part)})"))
        one = node_of(Edit(kind, span, written.of(span)))
        if none is None or one is None:
            continue
        written_number = part.value if type(part) is Number else Fraction(1)
        found = _multiple(none, one, wanted, judge, written_number)
        if found is not None and found != written_number:
            yield _edit(part, span, found, written, kind)


def _places(root: Syntax) -> Iterator[tuple[Syntax, str]]:
    yield root, "wrong factor"
    for part in parts(root):
        if type(part) is Sum:
            yield from ((term, "wrong factor") for _, term in part.terms)
        elif type(part) is Number:
            yield part, "wrong factor"


def _edit(part: Syntax, span: Span, number: Fraction, written: Written, kind: str) -> Edit:
    if number == 0:
        return Edit("a term too many", span, "0")
    if type(part) is Number:
        return Edit(kind, span, _in_words(number))
    if number == -1:
        return Edit("sign", span, f"(-{written.group(part)})")
    return Edit(kind, span, f"{_in_words(number)} {_times(written)}{written.group(part)}")


def _times(written: Written) -> str:
    return "" if written.spelling.latex else "* "


def _in_words(number: Fraction) -> str:
    text = str(number.numerator) if number.denominator == 1 else f"({number.numerator}/{number.denominator})"
    return f"({text})" if number < 0 and not text.startswith("(") else text


def _multiple(none: Node, one: Node, wanted: Node, judge: Judge, of: Fraction) -> Fraction | None:
    """The number that makes a side what is wanted, in the place of `of`."""
    if not none.shape == one.shape == wanted.shape:
        return None
    try:
        point = judge.field.samples[0].point(0)
        base, now, goal = (point.expression(node) for node in (none, one, wanted))
    except PushforwardError:
        return None
    number = _quotient(goal - base, now - base)
    if number is None or of.denominator % P == 0:
        return None
    return _small_fraction(number * of.numerator * pow(of.denominator, -1, P) % P)


def _quotient(above: Matrix, below: Matrix) -> int | None:
    """The one field element that all entries of the one are of those of the other."""
    pairs = [
        pair
        for a, b in zip(above.entries, below.entries, strict=True)
        for x, y in zip(a, b, strict=True)
        for pair in ((x.a, y.a), (x.b, y.b))
    ]
    ratio: int | None = None
    for x, y in pairs:
        if y == 0:
            if x:
                return None
            continue
        found = x * pow(y, -1, P) % P
        if ratio is not None and ratio != found:
            return None
        ratio = found
    return ratio


def _small_fraction(value: int) -> Fraction | None:
    """p/q with value = p/q in the field and small p, q, by Euclid's algorithm (Wang 1981)."""
    above, below = (P, value), (0, 1)
    while above[1] > LARGEST:
        quotient = above[0] // above[1]
        above = (above[1], above[0] - quotient * above[1])
        below = (below[1], below[0] - quotient * below[1])
    if not 0 < abs(below[1]) <= LARGEST:
        return None
    return Fraction(above[1], below[1])
