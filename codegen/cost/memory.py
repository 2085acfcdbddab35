"""Memory of a schedule: what it reads and writes, and what it keeps at once; counted in numbers, of 8 or 4 bytes each.

The arguments are the caller's and are not counted; the results are. Every name holds blocks of memory: a view those of
its operand, a result written `into` another that one's, a factor one block a part. A block is let go of with the last
name that holds it. What a routine needs for itself is counted where it grows with the matrix, by `WORKSPACE`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from typing import Any

from sympy import Add, Expr, Min, Rational, S

from codegen.schedule import Instr, Schedule
from symbolic.nodes import Shape

Size = Any
"""How many numbers."""


RENAMING = ("view", "part")
"""The kinds of operation whose result is memory of their operand."""
COPYING = ("reshape", "rearrange")
"""Views that copy a matrix which lies row by row."""


def moved(schedule: Schedule) -> Expr:
    """The numbers that all instructions read and write."""
    return moved_by(schedule.instrs, schedule.shapes)


def moved_by(instrs: Iterable[Instr], shapes: Mapping[str, Shape]) -> Expr:
    """Each operand once, and the result; what only renames memory moves nothing."""
    found = Counter(
        shapes[name] for instr in instrs if instr.kind not in RENAMING for name in {instr.out, *instr.names}
    )
    return Add(*(times * _entries(shape) for shape, times in found.items())).expand()


def temporaries(schedule: Schedule) -> int:
    """How many matrices are allocated that are not results."""
    blocks = _Blocks(schedule)
    for instr in schedule.instrs:
        blocks.run(instr)
    kept = {block for name in schedule.outputs for block in blocks.held[name]}
    return len(blocks.sizes.keys() - kept)


def peak(schedule: Schedule) -> Expr:
    """The numbers kept at once when they are most, by the sample sizes, as a formula: of a schedule with `frees`."""
    moments = list(_moments(schedule, _Blocks(schedule)))
    fullest = max(range(len(moments)), key=moments.__getitem__)
    blocks = _Blocks(schedule)
    moment = next(islice(_moments(schedule, blocks), fullest, None))
    assert moment == moments[fullest]
    return _total(blocks.contents())


def _moments(schedule: Schedule, blocks: _Blocks) -> Iterator[int]:
    """How many numbers are kept during each instruction, and when results without memory of their own are copied."""
    for instr in schedule.instrs:
        blocks.run(instr)
        with blocks.also([_workspace(instr, schedule.shapes)]):
            yield blocks.alive
        blocks.free(instr)
    with blocks.also([_entries(schedule.shapes[name]) for name in schedule.outputs if name in blocks.shared]):
        yield blocks.alive


class _Blocks:
    """The blocks of memory while instructions run.

    `held`: those of each name; `sizes`: how large each is; `alive`: how many numbers are kept; `shared`: the names
    that own nothing, of which a copy is returned.
    """

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.held: dict[str, tuple[str, ...]] = dict.fromkeys(schedule.inputs, ())
        self.sizes: dict[str, Size] = {}
        self.holders: Counter[str] = Counter()
        self.shared = set(schedule.inputs)
        self.alive = 0
        self.besides: list[Size] = []
        self.numbers: dict[Size, int] = {}

    def run(self, instr: Instr) -> None:
        """What the result of an instruction holds."""
        source = instr.into or (instr.names[0] if instr.kind in RENAMING and instr.op not in COPYING else None)
        if source is None:
            self.held[instr.out] = self.allocate(instr)
        elif instr.kind == "part":
            self.held[instr.out] = self.held[source][instr.attr("part") :][:1]
        else:
            self.held[instr.out] = self.held[source]
        if instr.kind == "view":
            self.shared.add(instr.out)
        self.holders.update(self.held[instr.out])

    def allocate(self, instr: Instr) -> tuple[str, ...]:
        sizes = _allocated(instr, self.schedule.shapes)
        blocks = tuple(f"{instr.out} {k}" for k in range(len(sizes)))
        self.sizes.update(zip(blocks, sizes, strict=True))
        self.alive += sum(map(self.number, sizes))
        return blocks

    def free(self, instr: Instr) -> None:
        for block in (block for name in instr.frees for block in self.held[name]):
            self.holders[block] -= 1
            if not self.holders[block]:
                self.alive -= self.number(self.sizes[block])

    @contextmanager
    def also(self, sizes: list[Size]) -> Iterator[None]:
        """Besides, for a moment."""
        self.besides, before = sizes, self.alive
        self.alive += sum(map(self.number, sizes))
        yield
        self.besides, self.alive = [], before

    def contents(self) -> Counter[Size]:
        return Counter([*(self.sizes[block] for block, holders in self.holders.items() if holders), *self.besides])

    def number(self, size: Size) -> int:
        if size not in self.numbers:
            self.numbers[size] = self.schedule.size(size)
        return self.numbers[size]


def _total(sizes: Mapping[Size, int]) -> Expr:
    return Add(*(times * size for size, times in sizes.items())).expand()


@lru_cache(maxsize=4096)
def _entries(shape: Shape) -> Size:
    return shape[0] * shape[1]


def _allocated(instr: Instr, shapes: Mapping[str, Shape]) -> tuple[Size, ...]:
    """The sizes of what an instruction allocates: of a factor, of each of its parts."""
    if instr.kind == "factor":
        return PARTS[instr.op](*shapes[instr.names[0]])
    return (_entries(shapes[instr.out]),)


def _workspace(instr: Instr, shapes: Mapping[str, Shape]) -> Size:
    needed = WORKSPACE.get(instr.op)
    return needed(shapes[instr.out], [shapes[name] for name in instr.names]) if needed else S.Zero


_REDUCED: dict[str, Callable[[Size, Size], Size]] = {
    "": lambda rows, cols: S.One,
    "_1": lambda rows, cols: cols,
    "_2": lambda rows, cols: rows,
}


def _reduced_and_whole(suffix: str) -> Callable[[Size, Size], tuple[Size, ...]]:
    return lambda rows, cols: (_REDUCED[suffix](rows, cols), rows * cols)


PARTS: dict[str, Callable[[Size, Size], tuple[Size, ...]]] = {
    "factor_lu": lambda rows, cols: (rows * cols, rows),
    "schur": lambda rows, cols: (rows * cols, rows * cols),
    "spectrum": lambda rows, cols: (rows, rows * cols),
    "mapped_spectrum": lambda rows, cols: (rows, S.Zero),
    "eigh": lambda rows, cols: (rows, rows * cols),
    "eig": lambda rows, cols: (S.One, rows, rows),
    "svd": lambda rows, cols: (rows * Min(rows, cols), Min(rows, cols), cols * Min(rows, cols)),
    "qr": lambda rows, cols: (rows * cols, cols * cols),
    **dict.fromkeys(
        ("lu", "lu_pushforward", "expm_pair", "sinm_pair", "cosm_pair", "sin_cos"),
        lambda rows, cols: (rows * cols, rows * cols),
    ),
    **{f"{name}{suffix}": _reduced_and_whole(suffix) for name in ("largest", "softmax") for suffix in _REDUCED},
}
"""By the shape of the matrix that is factored."""

Workspace = Callable[[Shape, list[Shape]], Size]


def _times(number: Any) -> Workspace:
    """So many matrices of the shape of the first operand."""
    return lambda shape, operands: number * _entries(operands[0])


def _singular_vectors(right: int) -> Workspace:
    """The left ones once, the right ones so often."""
    return lambda shape, operands: (operands[0][0] + right * operands[0][1]) * Min(*operands[0])


_BIT = Rational(1, 8)
"""A byte that says yes or no, beside a number."""

WORKSPACE: dict[str, Workspace] = {
    "matmul": lambda shape, operands: operands[0][0] * operands[1][1] if len(operands) > 2 else S.Zero,
    **dict.fromkeys(("call", "leaky_relu"), _times(1)),
    **dict.fromkeys(("choose", "tril", "triu"), _times(_BIT)),
    **{f"logsumexp{suffix}": _times(2) for suffix in _REDUCED},
    **{f"softmax{suffix}": _times(1) for suffix in _REDUCED},
    **{f"largest{suffix}": _times(_BIT) for suffix in _REDUCED},
    **{f"average_largest{suffix}": _times(2 * _BIT) for suffix in _REDUCED},
    "inv_lu": lambda shape, operands: 64 * shape[0],
    "inv_cho": _times(2),
    "solve_sylvester": lambda shape, operands: 2 * _entries(shape),
    "sylvester_of_spectra": lambda shape, operands: 3 * _entries(shape),
    "lu": _times(3),
    **dict.fromkeys(("chol_pushforward", "lu_pushforward", "lu_pullback"), _times(Rational(5, 2))),
    "chol_pullback": _times(2),
    "qr": _times(Rational(3, 2)),
    "eigh": _times(2),
    "eig": _times(4),
    "svd": _singular_vectors(1),
    "pinv": _singular_vectors(2),
    "of_spectrum": lambda shape, operands: _entries(shape),
    "frechet_of_spectrum": lambda shape, operands: 6 * _entries(shape),
    "logm": _times(17),
    "sqrtm": _times(1),
    "logm_frechet": _times(75),
    "frechet2_of_spectrum": lambda shape, operands: 14 * _entries(shape),
    **{f"{name}_frechet2": _times(count) for name, count in (("expm", 46), ("sinm", 98), ("cosm", 98), ("logm", 84))},
    **{f"{name}{what}": _times(times * count) for name, times in (("expm", 1), ("sinm", 2), ("cosm", 2))
       for what, count in (("", 17), ("_frechet", 16), ("_pair", 16))},
}  # fmt: skip
"""What a routine allocates and lets go of, besides its result; measured where the textbooks do not say."""
