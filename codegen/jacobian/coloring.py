"""Which columns of a sparse matrix share no row, so that one direction finds them all: Curtis, Powell and Reid 1974."""

from __future__ import annotations

from typing import Any

import numpy as np


def color(rows: Any, cols: Any, shape: tuple[int, int]) -> Any:
    """A color for each column, 0, 1, …, such that two columns of one color have no row in common.

    `rows`, `cols`: the places of the entries. Columns are taken as they come, each gets the first color that is free.
    """
    order = np.argsort(cols, kind="stable")
    starts = np.searchsorted(cols[order], np.arange(shape[1] + 1))
    sorted_rows = rows[order]
    taken: list[set[int]] = [set() for _ in range(shape[0])]
    colors = np.zeros(shape[1], dtype=np.intp)
    for column in range(shape[1]):
        touched = sorted_rows[starts[column] : starts[column + 1]].tolist()
        forbidden = set().union(*(taken[row] for row in touched))
        chosen = next(number for number in range(len(forbidden) + 1) if number not in forbidden)
        colors[column] = chosen
        for row in touched:
            taken[row].add(chosen)
    return colors
