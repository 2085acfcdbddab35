"""Index forms to words: names for the indices, then sums inside sums.

Output indices are i and j, or o where a size is p. Summed ones have the letter of their size, so that Σ_h runs over the
h of W1 : m x h; else those of a seed are a and b, and the others k, l, r, … [i = j] is 1 where i = j and 0
elsewhere: Kronecker's delta, and so for other conditions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, count

from sympy import Expr, MatrixSymbol, S

from symbolic.indices.affine import Affine, Index
from symbolic.indices.entries import At
from symbolic.indices.nesting import Inner, Nest, nested
from symbolic.indices.terms import Factor, Group, Term, affines_in, entries_in
from symbolic.language.names import ascii_name
from symbolic.language.printer import Printer
from symbolic.language.styles import ATOM, POSTFIX, PRODUCT, Style, style_named
from symbolic.nodes import Node
from symbolic.scalars import has_minus
from symbolic.walks import subexpressions

LETTERS = "klrstuvwxyzcdefgq"
SEED_LETTERS = "ab"
OWN_LETTERS = tuple("hpqkrst")
"""Sizes whose letter is used for an index that runs over them; n and m are always sizes."""


def print_index_form(
    name: str, at: At, wrt: At | None, group: Group, seeds: frozenset[Node], style: str | Style = "unicode"
) -> str:
    """δX4[i,o] = f'(X3)[i,o] Σ_h …"""
    return _Words(at, wrt, group, seeds, style).equation(name)


class _Places:
    """Places and conditions in one notation. `names`: a letter for each index."""

    def __init__(self, style: str | Style, names: Mapping[Index, str]) -> None:
        self.style = style_named(style)
        self.printer = Printer(self.style)
        self.names = {index: self.style.letter(name) for index, name in names.items()}

    def bracket(self, text: str) -> str:
        return self.printer.bracket(text)

    def equality(self, equation: Affine) -> str:
        """i = a, i = p*(a - 1) + k: what has a minus sign stands to the right"""
        return self.compared(equation, self.style.equals)

    def inequality(self, condition: Affine) -> str:
        """i ≥ j; j ≤ m, where an index stands on one side alone"""
        if all(has_minus(factor) for _, factor in condition.terms):
            return self.compared(-condition, self.style.at_most)
        return self.compared(condition, self.style.at_least)

    def compared(self, difference: Affine, sign: str) -> str:
        """left - right compared with 0, each side without minus signs"""
        terms = self.terms(difference)
        left = [(False, text) for minus, text in terms if not minus] or self.zero
        right = [(False, text) for minus, text in terms if minus] or self.zero
        return f"{self.printer.signed(left)}{sign}{self.printer.signed(right)}"

    @property
    def zero(self) -> list[tuple[bool, str]]:
        return [(False, self.style.digits("0"))]

    def place(self, place: Affine) -> str:
        """i, j - m, a + n*(b - 1)"""
        terms = sorted(self.terms(place), key=lambda term: term[0])
        return self.printer.signed(terms or self.zero)

    def terms(self, place: Affine) -> list[tuple[bool, str]]:
        """Whether each term is subtracted, and what is; n*b - n is n*(b - 1)."""
        constant, found = place.constant, []
        for index, factor in sorted(place.terms, key=lambda term: term[1] not in (1, -1)):
            minus = has_minus(factor)
            size = -factor if minus else factor
            from_one = size != 1 and _has_term(constant, -factor)
            constant += factor if from_one else S.Zero
            found.append((minus, self.multiple(size, self.names[index], from_one)))
        for part in constant.as_ordered_terms() if constant != 0 else ():
            minus = has_minus(part)
            found.append((minus, self.printer.size(-part if minus else part)))
        return found

    def multiple(self, size: Expr, name: str, from_one: bool) -> str:
        if size == 1:
            return name
        index = self.bracket(f"{name}{self.style.minus}{self.style.digits('1')}") if from_one else name
        return f"{self.printer.at_least_number(size, POSTFIX)}{self.style.index_times}{index}"


class _Words(_Places):
    def __init__(self, at: At, wrt: At | None, group: Group, seeds: frozenset[Node], style: str | Style) -> None:
        super().__init__(style, _Names(at, wrt, group, seeds).names)
        self.at, self.wrt, self.group, self.seeds = at, wrt, group, seeds

    def equation(self, name: str) -> str:
        left = self.heading(name)
        return f"{left}{self.style.equals}{self.sum(self.group)}"

    def heading(self, name: str) -> str:
        above = self.indexed(self.printer.style.name(name), self.at)
        if self.wrt is None:
            return above
        below = self.indexed(self.printer(self.wrt.matrix), self.wrt)
        return self.style.partial.format(above, below)

    # Sums and products

    def sum(self, group: Group) -> str:
        if not group.terms:
            return self.style.digits("0")
        return self.printer.signed([self.signed(nested(term, self.seeds)) for term in group.terms])

    def signed(self, nest: Nest) -> tuple[bool, str]:
        """Whether it is subtracted, and what is."""
        negative = has_minus(nest.number)
        parts = self.parts(nest)
        value = -nest.number if negative else nest.number
        if value != 1 or not parts:
            parts.insert(0, self.printer.at_least_number(value, PRODUCT))
        return negative, self.style.product.join(parts)

    def parts(self, nest: Nest) -> list[str]:
        """Conditions, entries and inner sums, the sum with the seed last."""
        conditions = [*map(self.equality, nest.equal), *map(self.inequality, nest.least)]
        conditions = list(map(self.style.condition.format, conditions))
        divisors = [self.reciprocal(divisor) for divisor in nest.divisors]
        factors = [self.factor(factor) for factor in nest.factors]
        *before, last = nest.inner or (None,)
        inner = [self.bracket(self.inner(other)) for other in before if other is not None]
        return [*conditions, *inner, *divisors, *factors, *([self.inner(last)] if last is not None else [])]

    def inner(self, inner: Inner) -> str:
        letters = self.style.index_comma.join(self.names[index] for index in inner.sums)
        return self.style.summed.format(letters, self.style.product.join(self.parts(inner.body)))

    def factor(self, factor: Factor) -> str:
        if isinstance(factor, Group):
            return self.bracket(self.sum(factor))
        return self.indexed(self.printer.at_least(factor.matrix, ATOM), factor)

    def reciprocal(self, factor: Factor) -> str:
        return self.style.raised(self.factor(factor), self.style.inverse or "^-1")

    # Entries and conditions

    def indexed(self, matrix: str, at: At) -> str:
        """X[i,j]; x[i] of a column; a 1×1 matrix as it is."""
        places = [at.row] if at.matrix.shape[1] == 1 else [at.row, at.col]
        if at.matrix.shape == (1, 1):
            return matrix
        return self.style.entry.format(matrix, self.style.index_comma.join(map(self.place, places)))


def describe_affine(place: Affine) -> str:
    """i + 1, with the indices' own names"""
    return _Places("unicode", {index: index.name for index in place.indices}).place(place)


def describe_condition(condition: Affine, sign: str) -> str:
    """i = a, i ≥ j"""
    places = _Places("unicode", {index: index.name for index in condition.indices})
    return places.equality(condition) if sign == "=" else places.inequality(condition)


def _has_term(constant: Expr, term: Expr) -> bool:
    """Whether all terms of an expanded size are among those of a constant."""
    return set(term.as_ordered_terms()) <= set(constant.as_ordered_terms())


class _Names:
    """A letter for each index, none of them the name of a matrix, or of a size that is written too."""

    def __init__(self, at: At, wrt: At | None, group: Group, seeds: frozenset[Node]) -> None:
        self.names: dict[Index, str] = {}
        self.taken = set(_written_names(at, wrt, group))
        self.given: list[str] = []
        self.seeds = seeds
        for index, letter in _free_letters(at, wrt):
            self.give(index, (letter,))
        for term in group.terms:
            self.of_term(term)

    def of_term(self, term: Term, outer: frozenset[str] = frozenset()) -> None:
        """Terms that are added use the same letters again."""
        before = len(self.given)
        of_seed = {
            place.index
            for factor in term.factors
            for at in entries_in(factor)
            if at.matrix in self.seeds
            for place in (at.row, at.col)
            if place.index is not None
        }
        for index in _in_order(nested(term, self.seeds)):
            own = str(index.size) if str(index.size) in OWN_LETTERS else ""
            wanted = (own, *SEED_LETTERS) if index in of_seed else (own,)
            self.give(index, wanted)
        for factor in term.parts:
            if isinstance(factor, Group):
                for inner in factor.terms:
                    self.of_term(inner)
        self.taken.difference_update(self.given[before:])
        del self.given[before:]

    def give(self, index: Index, wanted: Iterable[str]) -> None:
        if index in self.names:
            return
        letters = chain((letter for letter in (*wanted, *LETTERS) if letter), (f"k{number}" for number in count(1)))
        name = next(letter for letter in letters if letter not in self.taken)
        self.names[index] = name
        self.taken.add(name)
        self.given.append(name)


def _free_letters(at: At, wrt: At | None) -> Iterator[tuple[Index, str]]:
    for place, letter in ((at.row, "i"), (at.col, "o" if str(at.matrix.shape[1]) == "p" else "j")):
        if place.index is not None:
            yield place.index, letter
    for place, letter in ((wrt.row, "a"), (wrt.col, "b")) if wrt else ():
        if place.index is not None:
            yield place.index, letter


def _in_order(nest: Nest) -> Iterator[Index]:
    for inner in nest.inner:
        yield from inner.sums
        yield from _in_order(inner.body)


def _written_names(at: At, wrt: At | None, group: Group) -> Iterator[str]:
    """The names of matrices, and of the sizes in places, conditions and numbers."""
    matrices = [at.matrix, *([wrt.matrix] if wrt else []), *(inner.matrix for inner in entries_in(group))]
    for matrix in matrices:
        yield from (ascii_name(part.name) for part in subexpressions(matrix) if isinstance(part, MatrixSymbol))
    for place in affines_in(group):
        for expression in (place.constant, *(factor for _, factor in place.terms)):
            yield from (str(symbol) for symbol in expression.free_symbols)
    yield from _sizes_in_numbers(group)


def _sizes_in_numbers(group: Group) -> Iterator[str]:
    for term in group.terms:
        yield from (str(symbol) for symbol in term.number.free_symbols)
        for factor in term.parts:
            if isinstance(factor, Group):
                yield from _sizes_in_numbers(factor)
