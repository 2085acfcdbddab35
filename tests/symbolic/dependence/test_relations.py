"""Relations between indices against enumeration: what is simplified holds for the same indices."""

from __future__ import annotations

import random
from itertools import product

import numpy as np
import pytest
from sympy import Integer, Min

from symbolic.dependence import elimination, relations
from symbolic.dependence.elimination import simplified
from symbolic.dependence.patterns import coordinates, mask
from symbolic.dependence.relations import EVERYWHERE, MAX_PIECES, Piece, union
from symbolic.errors import LimitError
from symbolic.indices.affine import ONE, Affine, Index, affine, combined, is_nonnegative, number
from symbolic.nodes import dimension
from symbolic.shapes import length

n, m, p = map(dimension, "nmp")
ROW, COL, A, B = Index("i", n), Index("j", m), Index("a", n), Index("b", m)
FREE = (ROW, COL, A, B)
SIZES = ({"n": 3, "m": 2, "p": 2}, {"n": 2, "m": 4, "p": 3}, {"n": 1, "m": 3, "p": 1}, {"n": 4, "m": 1, "p": 2})


def value(expression, at, sizes):
    total = length(expression.constant, sizes)
    return total + sum(length(factor, sizes) * at[index] for index, factor in expression.terms)


def holds(piece, at, sizes):
    """Whether some bound indices satisfy a piece, by trying all."""
    bound = piece.bound
    for chosen in product(*(range(1, length(index.size, sizes) + 1) for index in bound)):
        everything = {**at, **dict(zip(bound, chosen, strict=True))}
        if all(value(e, everything, sizes) == 0 for e in piece.equal) and all(
            value(e, everything, sizes) >= 0 for e in piece.least
        ):
            return True
    return False


def enumerated(piece, sizes):
    ranges = [range(1, length(index.size, sizes) + 1) for index in FREE]
    return {at for at in product(*ranges) if holds(piece, dict(zip(FREE, at, strict=True)), sizes)}


def random_piece(generator):
    bound = [Index(f"k{k}", generator.choice((n, m, p, n * m, Integer(1), n + m)), True) for k in range(3)]
    indices = [*FREE, *bound]
    coefficients = [Integer(1), Integer(-1), Integer(1), Integer(-1), n, m, -n, Integer(2)]

    def condition():
        chosen = generator.sample(indices, generator.choice((1, 2, 2, 3)))
        parts = [(generator.choice(coefficients), affine(index)) for index in chosen]
        return combined([*parts, (Integer(1), number(generator.choice((0, 0, 1, -1, n, -m, 2))))])

    equal = [condition() for _ in range(generator.choice((0, 1, 2, 3)))]
    least = [condition() for _ in range(generator.choice((0, 1, 2)))]
    return Piece(frozenset(e for e in equal if e.terms), frozenset(e for e in least if e.terms))


@pytest.mark.parametrize("seed", range(300))
def test_what_is_simplified_holds_for_the_same_indices(seed):
    piece = random_piece(random.Random(seed))
    found = simplified(piece)
    for sizes in SIZES:
        expected = enumerated(piece, sizes)
        if found is None:
            assert not expected
        else:
            assert enumerated(found, sizes) == expected


@pytest.mark.parametrize("seed", range(100))
def test_a_mask_is_what_enumeration_gives(seed):
    found = simplified(random_piece(random.Random(1000 + seed)))
    pieces = () if found is None else (found,)
    for sizes in SIZES:
        expected = set() if found is None else enumerated(found, sizes)
        filled = mask(pieces, FREE, sizes)
        assert {tuple(place + 1) for place in np.argwhere(filled)} == expected
        assert [tuple(place) for place in coordinates(pieces, FREE, sizes).T] == sorted(
            tuple(k - 1 for k in at) for at in expected
        )


@pytest.mark.parametrize("seed", range(60))
def test_a_union_holds_where_a_piece_does_and_more_only_beyond_the_limit(seed):
    generator = random.Random(2000 + seed)
    pieces = [found for _ in range(4) if (found := simplified(random_piece(generator))) is not None]
    for sizes in SIZES:
        expected = set().union(*(enumerated(piece, sizes) for piece in pieces))
        assert set().union(*(enumerated(piece, sizes) for piece in union(pieces))) == expected


def test_too_many_pieces_become_one_that_holds_wherever_they_do():
    pieces = [
        Piece(frozenset({affine(ROW) - affine(A), affine(COL).plus(Integer(-k))})) for k in range(1, MAX_PIECES + 3)
    ]
    (common,) = union(pieces)
    assert common == Piece(frozenset({affine(ROW) - affine(A)}))


def test_digits_are_told_apart():
    """i + n (j - 1) = a + n (b - 1) is i = a and j = b."""
    left = combined([(Integer(1), affine(ROW)), (n, affine(COL))])
    right = combined([(Integer(1), affine(A)), (n, affine(B))])
    found = simplified(Piece(frozenset({left - right})))
    assert (
        found is not None
        and found.implies(affine(ROW) - affine(A), True)
        and found.implies(affine(COL) - affine(B), True)
    )


def test_what_never_holds_is_seen():
    assert simplified(Piece(frozenset(), frozenset({affine(ROW).plus(-n - 1)}))) is None
    assert simplified(Piece(frozenset({affine(ROW).plus(n)}))) is None
    at_most, beyond = number(m) - affine(COL), affine(COL).plus(-m - 1)
    assert simplified(Piece(frozenset(), frozenset({at_most, beyond}))) is None


def test_everything_is_everywhere():
    assert simplified(EVERYWHERE) == EVERYWHERE
    assert mask((EVERYWHERE,), FREE, SIZES[0]).all() and not mask((), FREE, SIZES[0]).any()


@pytest.mark.parametrize(
    "size, expected",
    [
        (n, True), (n - 1, True), (n - 2, False), (n * m - n, True), (n - m, False), (n * m - n - m + 1, True),
        (n - Min(n, m), True), (Min(n, m) - 1, True), (Min(n, m) - m, False), (Integer(-1), False), (2 * n - 2, True),
    ],
)  # fmt: skip
def test_signs_of_sizes(size, expected):
    assert is_nonnegative(size) is expected


def test_affine_expressions():
    e = affine(ROW) + affine(COL) - affine(ROW)
    assert e == affine(COL) and e.index == COL and (affine(ROW) - affine(ROW)).is_constant
    assert affine(Index("k", Integer(1))) == ONE
    assert (affine(ROW) - affine(A)).put({A: affine(ROW)}) == number(0)
    assert affine(ROW).is_positive() and not (affine(ROW) - affine(A)).is_nonnegative()
    assert Affine(((ROW, n - m),), Integer(0)).least() is None


def test_masks_and_lists_that_do_not_fit_are_refused_before_they_are_made():
    sizes = {"n": 10**5, "m": 10**3}
    with pytest.raises(LimitError, match=r"a mask of 100000×1000×100000×1000 entries takes .* GB"):
        mask((EVERYWHERE,), FREE, sizes)
    with pytest.raises(LimitError, match="places would be listed"):
        coordinates((EVERYWHERE,), FREE, sizes)


@pytest.mark.parametrize(
    "place, fault",
    [
        ("_digits", lambda equation: [equation, *(Affine((term,), Integer(0)) for term in equation.terms[:1])]),
        ("_between", lambda index, having: []),
        ("_rounded_up", lambda index, lower, upper: [number(0)]),
        ("solved_for", lambda equation, pivot: -affine(pivot)),
    ],
)
def test_a_mistake_in_the_elimination_is_found(place, fault, monkeypatch):
    monkeypatch.setattr(elimination, place, fault)
    relations._solutions.cache_clear()
    simplify = simplified.__wrapped__

    def agrees(piece, sizes):
        found = simplify(piece)
        return (set() if found is None else enumerated(found, sizes)) == enumerated(piece, sizes)

    try:
        assert not all(agrees(random_piece(random.Random(seed)), sizes) for seed in range(300) for sizes in SIZES[:2])
    finally:
        relations._solutions.cache_clear()
