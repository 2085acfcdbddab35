"""Relations between indices in numbers: where they hold, for given lengths."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np
from sympy import Expr

from symbolic.dependence.relations import Piece, Pieces
from symbolic.errors import LimitError
from symbolic.indices.affine import Affine, Index, affine
from symbolic.shapes import length

MAX_MASK = 2**31
"""Entries, each one byte, of a mask."""
MAX_PLACES = 2**26
"""Combinations of indices that are looked at for one piece."""

Indices = tuple[Index, Index, Index, Index]


def mask(pieces: Pieces, indices: Indices, sizes: Mapping[str, int]) -> Any:
    """A boolean array over the ranges of the indices, True where a piece holds."""
    shape = tuple(length(index.size, sizes) for index in indices)
    if prod(shape) > MAX_MASK:
        raise LimitError(
            f"a mask of {'×'.join(map(str, shape))} entries takes {prod(shape) / 1e9:,.1f} GB",
            hint="ask for its coordinates, or whether rows or columns are independent",
        )
    filled = np.zeros(shape, dtype=bool)
    filled[tuple(coordinates(pieces, indices, sizes))] = True
    return filled


def coordinates(pieces: Pieces, indices: Indices, sizes: Mapping[str, int]) -> Any:
    """Where a piece holds: the indices, from 0, in four rows, in order and each place once."""
    shape = tuple(length(index.size, sizes) for index in indices)
    found = [_places(piece, indices, sizes) for piece in pieces]
    flat = [np.ravel_multi_index(tuple(places), shape) for places in found if places.size]
    if not flat:
        return np.zeros((4, 0), dtype=np.int64)
    return np.stack(np.unravel_index(np.unique(np.concatenate(flat)), shape))


def _places(piece: Piece, indices: Indices, sizes: Mapping[str, int]) -> Any:
    """The free indices run over their ranges, and those that the equations determine follow."""
    solved = piece.solutions
    run = [index for index in (*indices, *piece.bound) if index not in solved and index.size != 1]
    lengths = [length(index.size, sizes) for index in run]
    if prod(lengths) > MAX_PLACES:
        raise LimitError(f"{prod(lengths):,} places would be listed; at most {MAX_PLACES:,} are")
    grid = np.meshgrid(*(np.arange(1, count + 1) for count in lengths), indexing="ij") if run else [np.ones(1, int)]
    values: dict[Index, Any] = {index: places.ravel() for index, places in zip(run, grid, strict=False)}
    count = prod(lengths)
    for index, expression in solved.items():
        values[index] = _value(expression, values, sizes, count)
    holds = np.ones(count, dtype=bool)
    for index in (*indices, *piece.bound):
        if index in solved:
            holds &= (values[index] >= 1) & (values[index] <= length(index.size, sizes))
    for equation in piece.equal:
        holds &= _value(equation, values, sizes, count) == 0
    for condition in piece.least:
        holds &= _value(condition, values, sizes, count) >= 0
    return np.stack([_value(affine(index), values, sizes, count)[holds] - 1 for index in indices])


def _value(expression: Affine, values: Mapping[Index, Any], sizes: Mapping[str, int], count: int) -> Any:
    total = np.full(count, _number(expression.constant, sizes), dtype=np.int64)
    for index, factor in expression.terms:
        total += _number(factor, sizes) * values[index]
    return total


def _number(size: Expr, sizes: Mapping[str, int]) -> int:
    return length(size, sizes)
