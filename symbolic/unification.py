"""Which sizes are the same: unification of sizes that are numbers, names, expressions of these, or unknown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import count
from typing import Any

from sympy import Add, Dummy, expand

from symbolic.nodes import Shape, dimension

LETTERS = "nmhpqrstklabcdegijuvwyz"


class Unknown(Dummy):  # type: ignore[misc]
    """A size still to be inferred."""

    def __str__(self) -> str:
        return "?"

    def _sympystr(self, printer: Any) -> str:
        return "?"

    __repr__ = __str__


@cache
def _unknown(number: int) -> Unknown:
    """The unknowns of one text, which all texts share: making one takes longer than all that is done with it."""
    return Unknown("unknown", integer=True, nonnegative=True)


def may_be_positive(size: Any) -> bool:
    """Whether a size can be one or more: n - m, but not 0 or -n."""
    return size.is_Symbol or any(term.as_coeff_Mul()[0] > 0 for term in Add.make_args(size))


class Unification:
    """Which sizes are the same. Sizes named in the text are rigid: n and m stay two."""

    def __init__(self) -> None:
        self.known: dict[Unknown, Any] = {}
        self.numbers = count()

    def fresh(self) -> Unknown:
        return _unknown(next(self.numbers))

    def find(self, size: Any) -> Any:
        """What is known of a size; chains of unknowns are shortened on the way."""
        if type(size) is Unknown:
            size = self._find_unknown(size)
        return size if size.is_Atom else self._find_parts(size)

    def _find_unknown(self, size: Any) -> Any:
        path = []
        while type(size) is Unknown and size in self.known:
            path.append(size)
            size = self.known[size]
        for unknown in path:
            self.known[unknown] = size
        return size

    def _find_parts(self, size: Any) -> Any:
        found = {part: self.find(part) for part in size.free_symbols if isinstance(part, Unknown)}
        return expand(size.xreplace(found)) if found else size

    def same(self, left: Any, right: Any) -> bool:
        left, right = self.find(left), self.find(right)
        if left is right or left == right:
            return True
        for unknown, other in ((left, right), (right, left)):
            if type(unknown) is Unknown and (other.is_Atom or not other.has(unknown)):
                return self._bind(unknown, other)
        return not (left.is_Atom and right.is_Atom) and self._solve(expand(left - right))

    def _solve(self, difference: Any) -> bool:
        """Whether a difference is zero, or is made so by the one value of an unknown in it: n + ? = n + m."""
        for unknown in sorted(difference.atoms(Unknown), key=lambda part: part.dummy_index):
            slope = difference.coeff(unknown)
            rest = expand(difference - slope * unknown)
            value = (-rest / slope).cancel() if slope != 0 else None
            if value is not None and not rest.has(unknown) and not slope.has(unknown) and value.is_polynomial():
                return self._bind_whole(unknown, expand(value))
        return bool(difference == 0)

    def _bind_whole(self, unknown: Unknown, value: Any) -> bool:
        """n/2 may be no whole number."""
        return all(term.is_integer for term in value.as_ordered_terms()) and self._bind(unknown, value)

    def _bind(self, unknown: Unknown, value: Any) -> bool:
        if may_be_positive(value):
            self.known[unknown] = value
            return True
        return False

    def shape(self, shape: Shape) -> Shape:
        return self.find(shape[0]), self.find(shape[1])

    def name_unknowns(self, shapes: Iterable[Shape], taken: set[str]) -> None:
        """Give the sizes that nothing determines a letter each: n, m, h, p, …, in order of appearance."""
        names = _fresh_letters(taken)
        for shape in shapes:
            for size in map(self.find, shape):
                found = (size,) if size.is_Atom else sorted(size.atoms(Unknown), key=lambda part: part.dummy_index)
                for unknown in found:
                    if type(unknown) is Unknown:
                        self.known[unknown] = dimension(next(names))


def _fresh_letters(taken: set[str]) -> Iterator[str]:
    for round_ in count():
        for letter in LETTERS:
            name = letter + (str(round_) if round_ else "")
            if name not in taken:
                yield name
