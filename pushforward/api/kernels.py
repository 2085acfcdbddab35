"""Kernels: compiled, and what they cost."""

from __future__ import annotations

from collections.abc import Mapping

from codegen.cost.report import Cost, cost_of
from codegen.kernel import Kernel, compile_kernel
from symbolic.differential import Differential
from symbolic.program import Program
from symbolic.reverse.adjoint import Adjoint


def compile(
    what: Program | Differential | Adjoint,
    target: str = "numpy",
    sizes: Mapping[str, int] | None = None,
    name: str | None = None,
    threads: int = 1,
) -> Kernel:
    """A callable kernel, with its source as `.source`.

    k(inputs…, seeds…, f=…, df=…) -> (outputs…, differentials…); a program alone gives its outputs, an adjoint, from the
    cotangents of outputs as seeds, also those of the inputs, a gradient the value and the gradients.
    target: "numpy", or "c": compiled by the system's compiler and kept in the user's cache folder; `.source` is then
    a C file and `.header` its header, which stand alone, and the call stays the same.
    sizes: sample lengths of symbolic sizes, by which the order of matrix products is chosen.
    threads: how many share the blocks of rows of a tall argument; of C kernels OMP_NUM_THREADS says it.
    Raises NotSupported for another target, an operation it does not have, or a missing compiler; ProgramError for an
    unknown size.
    """
    return compile_kernel(what, target, sizes, name, threads)


def cost(what: Program | Differential | Adjoint, sizes: Mapping[str, int] | None = None) -> Cost:
    """What the kernel of a program, differential or adjoint costs, statement by statement and in all.

    `.flops`, `.kinds`, `.moved` (numbers read and written), `.peak` (numbers kept at once) are formulas in the symbolic
    sizes, `.number(formula)` is one by `sizes`, sample lengths as in `compile`; `.temporaries`, `.intensity` (flops for
    each byte moved), `.statements`; `str()` says it in words. Flops are counted as LAPACK counts them, by its authors.
    Raises ProgramError for an unknown size.
    """
    return cost_of(what if isinstance(what, Program) else what.program, sizes)
