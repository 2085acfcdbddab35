"""A function of rows, computed block of rows after block of rows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

from numpy import empty, zeros_like


def _in_blocks(compute, given, cut, joined, width, space):
    """What compute(*given) returns, from one block of rows after the other.

    cut: the axis of the rows of each argument, or None for what is the same for all blocks. joined: that of each
    result, or None for what is summed over the blocks. width: how many entries are computed for a row. space: the
    shapes of what a block is computed in, None being its rows; compute takes matrices of these shapes too.
    """
    results, firsts = _first_block(compute, given, cut, joined, width)
    _further_blocks(compute, given, cut, joined, space, results, firsts)
    return results


def _in_threads(threads, compute, given, cut, joined, width, space, work):
    """The same, the blocks shared out among threads, at least four to each.

    Each thread has a space of its own, and makes its sums apart; these are added in order: the result is the same every
    time. work: how many multiplications the largest product takes for a row; 2**18 are about where BLAS uses threads of
    its own, and threads that call it then wait for each other. So blocks stay below that, or one thread computes all.
    """
    results, firsts = _first_block(compute, given, cut, joined, width, work)
    if firsts.step * work > 262144:
        threads = 1
    share = max(4, -(-len(firsts) // threads))
    mine, *others = [firsts[start : start + share] for start in range(0, len(firsts), share)] or [firsts]
    if not others:
        _further_blocks(compute, given, cut, joined, space, results, mine)
        return results
    apart = [[zeros_like(R) if axis is None else R for R, axis in zip(results, joined, strict=True)] for _ in others]
    with ThreadPoolExecutor(len(others)) as pool:
        running = [
            pool.submit(copy_context().run, _further_blocks, compute, given, cut, joined, space, own, starts)
            for own, starts in zip(apart, others, strict=True)
        ]
        _further_blocks(compute, given, cut, joined, space, results, mine)
        for each in running:
            each.result()
    for own in apart:
        for result, part, axis in zip(results, own, joined, strict=True):
            if axis is None:
                result += part
    return results


def _first_block(compute, given, cut, joined, width, work=0):
    """Results with their first block in place, and where the others start; it takes what is over, in new memory.

    Products that BLAS would share out take less than 2**18 multiplications, where 256 rows or more can have that.
    """
    rows = max(X.shape[axis] for X, axis in zip(given, cut, strict=True) if axis is not None)
    height = _height(rows, width, given[0].itemsize)
    if 0 < work <= 1024:
        height = min(height, 262144 // work)
    if rows <= height:
        return compute(*given), range(0)
    first = (rows - 1) % height + 1
    found = compute(*_block(given, cut, 0, first))
    results = [_whole(part, axis, rows) for part, axis in zip(found, joined, strict=True)]
    _join(results, found, joined, 0, first)
    return results, range(first, rows, height)


def _height(rows, width, itemsize):
    """How many rows a block has, all having about as many; or all, where everything takes no more than 4 MB.

    What is computed for a block stays in the cache; and products of wide matrices are worth it.
    """
    if rows * width * itemsize <= 4194304:
        return rows
    most = max(2097152 // (width * itemsize), min(width, 1024))
    return -(-rows // -(-rows // most))


def _further_blocks(compute, given, cut, joined, space, results, firsts):
    """Compute the blocks that start there, all in the same memory, and put them into the results."""
    shapes = [[firsts.step if length is None else length for length in shape] for shape in space]
    memory = [empty(shape, given[0].dtype) for shape in shapes]
    for first in firsts:
        last = first + firsts.step
        _join(results, compute(*_block(given, cut, first, last), *memory), joined, first, last)


def _whole(part, axis, rows):
    """Memory for all rows of what one block gives; nothing yet, for a sum."""
    if axis is None:
        return zeros_like(part)
    return empty((rows, part.shape[1]) if axis == 0 else (part.shape[0], rows), part.dtype)


def _block(given, cut, first, last):
    """One block of rows of all arguments."""
    return [X if axis is None else X[_place(axis, first, last)] for X, axis in zip(given, cut, strict=True)]


def _join(results, found, joined, first, last):
    """Put what one block gives into its rows of the results, or add it."""
    for result, part, axis in zip(results, found, joined, strict=True):
        if axis is None:
            result += part
        else:
            result[_place(axis, first, last)] = part


def _place(axis, first, last):
    """Some rows as an index, where they lie along an axis."""
    return slice(first, last) if axis == 0 else (slice(None), slice(first, last))
