"""How much work a schedule is: additions and multiplications, as a formula in its sizes or by sample values of them.

LAPACK's counts (Golub and Van Loan 2013, tables of chapters 3 to 8; Higham 2008 for functions of matrices), leading
terms alone: of what is computed by halves, those of large matrices. A function of an entry, such as exp, counts as
`FUNCTION`; what only moves entries is free.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from sympy import Add, Expr, Min, Rational, S

from codegen.operations import OPERATIONS
from codegen.schedule import Instr, Schedule
from symbolic.functions import CATALOGUE
from symbolic.nodes import Shape

FUNCTION = 10
"""The work of exp, log, sin, … of one number; of a square root and of what the processor does itself, 1."""
_CHEAP = {"sqrt", "abs", "sign", "step", "relu", "leaky_relu"}

Count = Callable[[Shape, list[Shape]], Any]
"""From the shapes of the result and of the operands."""


KINDS = ("products", "arithmetic", "functions", "reductions", "factorisations")
"""Of matrices; + - * / and square roots of entries; exp, log, sin, …; sums and extremes; other linear algebra."""


def flops(schedule: Schedule) -> int:
    """By the sample sizes."""
    return _flops(schedule.instrs, schedule)


def _flops(instrs: Iterable[Instr], schedule: Schedule) -> int:
    return int(sum(times * count for (_, count), times in _counted(instrs, schedule.lengths)))


def work(schedule: Schedule) -> int:
    """The same, where what depends on the seeds counts as often as it is run."""
    if schedule.directions == 1:
        return flops(schedule)
    moving = schedule.moving()
    apart = [[instr for instr in schedule.instrs if (instr.out in moving) == moves] for moves in (False, True)]
    fixed, moved = (_flops(instrs, schedule) for instrs in apart)
    return fixed + schedule.directions * moved


def formula(schedule: Schedule) -> Expr:
    """In the sizes of the program."""
    return sum(by_kind(schedule.instrs, schedule.shapes).values(), S.Zero)


def by_kind(instrs: Iterable[Instr], shapes: Mapping[str, Shape]) -> dict[str, Expr]:
    """The work of each kind that instructions do, in the sizes of the program."""
    terms: dict[str, list[Expr]] = {kind: [] for kind in KINDS}
    for (kind, count), times in _counted(instrs, shapes):
        terms[kind].append(times * count)
    return {kind: Add(*found).expand() for kind, found in terms.items()}


def _counted(instrs: Iterable[Instr], shapes: Mapping[str, Any]) -> Iterator[tuple[tuple[str, Any], int]]:
    """Kind and work of the instructions, and how many do the same with matrices of the same shapes."""
    first: dict[object, Instr] = {}
    times: Counter[object] = Counter()
    for instr in instrs:
        alike = what_costs(instr, shapes)
        first.setdefault(alike, instr)
        times[alike] += 1
    for same, instr in first.items():
        yield (kind_of(instr), cost(instr, shapes)), times[same]


def what_costs(instr: Instr, shapes: Mapping[str, Any]) -> Hashable:
    """What the work of an instruction depends on: the same for all that take as much."""
    told = instr.attrs if instr.op == "matmul" else ()
    return (instr.op, told, shapes[instr.out], *[shapes[name] for name in instr.names])


def kind_of(instr: Instr) -> str:
    """Of KINDS."""
    if instr.op == "matmul":
        return "products"
    if instr.op in ("call", "sin_cos") or (instr.kind == "elementwise" and not _is_cheap(instr.op)):
        return "functions"
    if instr.kind == "elementwise" or instr.op in ("kron", "choose"):
        return "arithmetic"
    return "reductions" if instr.op in _REDUCED else "factorisations"


def cost(instr: Instr, shapes: Mapping[str, Any]) -> Any:
    """The work of one instruction."""
    shape, operands = shapes[instr.out], [shapes[name] for name in instr.names]
    if instr.op == "matmul":
        full = sum(product_flops(operands[0][0], *pair) for pair in pairwise(cols for _, cols in operands))
        return full * _needed(instr) if instr.attrs else full
    if instr.op in _COUNTS:
        return _COUNTS[instr.op](shape, operands)
    if OPERATIONS[instr.op].kind == "elementwise":
        return _entries(shape, operands) * (1 if _is_cheap(instr.op) else FUNCTION)
    return 0


def _is_cheap(op: str) -> bool:
    return op in _CHEAP or op not in CATALOGUE


# Counts


def _entries(shape: Shape, operands: list[Shape]) -> Any:
    return shape[0] * shape[1]


def product_flops(rows: Any, inner: Any, cols: Any) -> Any:
    """An outer product adds nothing."""
    return (1 if inner == 1 else 2) * rows * inner * cols


def _needed(instr: Instr) -> Any:
    """How much of a product that `halve_products` told of: L X, X'X; L L'."""
    told = {name for name, _ in instr.attrs}
    return Rational(1, 6) if told >= {"side", "symmetric"} else S.Half


def _read(times: int = 1) -> Count:
    """As often as the operand has entries."""
    return lambda shape, operands: times * operands[0][0] * operands[0][1]


def _cubic(times: Any) -> Count:
    """times n³, for an n×n operand."""
    return lambda shape, operands: times * operands[0][0] ** 3


def _solve(times: int) -> Count:
    """times n² k, for k right sides."""
    return lambda shape, operands: times * shape[0] ** 2 * shape[1]


def _tall(along: Any, short: Any) -> Count:
    """along l s² + short s³, with l the longer side and s the shorter."""

    def count(shape: Shape, operands: list[Shape]) -> Any:
        rows, cols = operands[0]
        least = Min(rows, cols)
        return along * rows * cols * least + short * least**3

    return count


def _pinv(shape: Shape, operands: list[Shape]) -> Any:
    rows, cols = operands[0]
    return _tall(6, 20)(shape, operands) + 2 * rows * cols * Min(rows, cols)


def _sylvester(shape: Shape, operands: list[Shape]) -> Any:
    """Two changes of basis each way, and two triangular systems."""
    rows, cols = shape
    return 5 * rows * cols * (rows + cols)


EXPM, SQRTM, LOGM = 20, Rational(85, 3), 40
_COMPLEX = {"expm": 1, "sinm": 4, "cosm": 4}
"""sin and cos are parts of the exponential of a complex matrix."""

_REDUCTIONS = {
    "sum": 1,
    "max": 1,
    "largest": 3,
    "average_largest": 3,
    "logsumexp": FUNCTION + 3,
    "softmax": FUNCTION + 4,
}

_REDUCED = {f"{name}{suffix}" for name in _REDUCTIONS for suffix in ("", "_1", "_2")} | {
    "tr",
    "trace_product",
    "diagonal_product",
}

_COUNTS: dict[str, Count] = {
    "call": _read(FUNCTION),
    "sin_cos": _read(2 * FUNCTION),
    "kron": _entries,
    "choose": _entries,
    "tr": lambda shape, operands: operands[0][0],
    **dict.fromkeys(("trace_product", "diagonal_product"), _read(2)),
    **{f"{name}{suffix}": _read(times) for suffix in ("", "_1", "_2") for name, times in _REDUCTIONS.items()},
    "factor_lu": _cubic(Rational(2, 3)),
    "solve_lu": _solve(2),
    "inv_lu": _cubic(Rational(4, 3)),
    "chol": _cubic(Rational(1, 3)),
    "solve_cho": _solve(2),
    "inv_cho": _cubic(Rational(2, 3)),
    "solve_triangular": _solve(1),
    "inv_triangular": _cubic(Rational(1, 3)),
    "schur": _cubic(25),
    "solve_sylvester": _sylvester,
    "lu": _cubic(Rational(2, 3)),
    **dict.fromkeys(("chol_pushforward", "chol_pullback"), _cubic(Rational(5, 6))),
    **dict.fromkeys(("lu_pushforward", "lu_pullback"), _cubic(Rational(5, 3))),
    "qr": _tall(4, -Rational(4, 3)),
    "eigh": _cubic(9),
    "eigvalsh": _cubic(Rational(4, 3)),
    "eig": _cubic(27),
    "svd": _tall(6, 20),
    "svdvals": _tall(2, 2),
    "pinv": _pinv,
    "sqrtm": _cubic(SQRTM),
    "logm": _cubic(LOGM),
    "logm_frechet": _cubic(8 * LOGM),
    "logm_frechet2": _cubic(3 * 8 * LOGM + LOGM + 9 * EXPM),
    **{f"{name}_frechet2": _cubic(9 * times * EXPM) for name, times in _COMPLEX.items()},
    **{
        f"{name}{what}": _cubic(3 * times * EXPM)
        for name, times in _COMPLEX.items()
        for what in ("", "_pair", "_frechet")
    },
    "spectrum": _cubic(9),
    "of_spectrum": _cubic(2),
    "frechet_of_spectrum": _cubic(8),
    "frechet2_of_spectrum": _cubic(12 + 4 * (8 + 6)),
    "sylvester_of_spectra": lambda shape, operands: 4 * shape[0] * shape[1] * (shape[0] + shape[1]),
}
