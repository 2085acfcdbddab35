"""Kernels checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from codegen.check import CheckReport
from codegen.kernel import Kernel
from codegen.verify import SEEDS, verify_kernel


def verify(
    kernel: Kernel,
    sizes: Mapping[str, int] | None = None,
    seeds: tuple[int, ...] = SEEDS,
    progress: Callable[[int, int], None] | None = None,
) -> CheckReport:
    """Check a kernel against an independent evaluation: complex step, differences of order 2, both precisions.

    Between forward and reverse, the dot product ⟨Ȳ, J δX⟩ = ⟨X̄, δX⟩; where all is rational, exactly. Of a kernel in C
    also against that in NumPy, at larger sizes too.

    sizes: lengths of symbolic sizes; by default several sets are tried. seeds: of the random points.
    Raises PushforwardError when no point is found where the program is defined and smooth.
    """
    return verify_kernel(kernel, sizes, seeds, progress)
