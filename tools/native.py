"""C kernels of random programs beside the NumPy kernels: at sizes that cross blocks, with one thread and with two.

With CC="gcc -DPUSHFORWARD_STRICT" or CC="gcc -fsanitize=address,undefined -fno-sanitize-recover=all" and LD_PRELOAD the
library of the sanitizer, kernels are compiled in that way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from random import Random

from codegen.kernel import Kernel, compile_kernel, emit_kernel
from codegen.native.emit import NativeKernel
from codegen.native.threads import THREADS
from codegen.sampling import Point
from codegen.targets.c.interface import EmittedC
from symbolic.differential import Differential, differentiate
from symbolic.errors import NotSupported
from symbolic.program import Program
from tools import beside
from tools.beside import Derived
from tools.forms import check_batch, check_directions
from tools.verdicts import Checks, Result, Skipped

ROWS = (0, 1, 2, 7, 33, 131, 1031)
OTHERS = (1, 2, 3, 5, 17)
"""Lengths of one of the sizes, in turn, and of all others."""
_AT_ONCE = re.compile(r"\b(BLOCK|THREADED) = \d+")


def examine_native(program: Program, index: int) -> list[Result]:
    """All checks of a program whose values can be computed in C: of its differential and its pullback."""
    return _NativeExamination(program, index).results()


class _NativeExamination(Checks):
    def __init__(self, program: Program, index: int) -> None:
        super().__init__(index)
        self.program = program

    def results(self) -> list[Result]:
        derived: list[tuple[str, Derived]] = []
        with self.check("values"):
            _emitted(self.program, {})
            differential = differentiate(self.program, self.chosen(0, self.program))
            derived.append(("differential", differential))
        for _, each in derived[:1]:
            assert isinstance(each, Differential)
            with self.check("transposes"):
                derived.append(("pullback", beside.pullback_of(each)))
        for of, each in derived:
            self.kernels(of, each)
            self.for_many(of, each)
        return self.found

    def kernels(self, of: str, derived: Derived) -> None:
        random = Random(f"{self.index} {of} in C")
        sizes = {str(size): random.choice((1, 3, 1000)) for size in derived.program.sizes}
        pair: list[tuple[Kernel, Kernel]] = []
        with self.check(f"{of} in C"):
            twin = compile_kernel(derived, sizes=sizes)
            pair.append((_native(derived, twin, sizes), twin))
        if not pair:
            return
        places: list[tuple[dict[str, int], Point]] = []
        with self.check(f"{of} at points"):
            places += beside.points(derived, ROWS, OTHERS, random)
        for precision in beside.PRECISIONS:
            check = partial(_agree, *pair[0], derived, precision, random)
            with self.check(f"{of} ({precision})"):
                beside.at_each(places, check)

    def for_many(self, of: str, derived: Derived) -> None:
        """As they are, in blocks of the usual height."""
        random = Random(f"{self.index} {of} for many")
        with self.check(f"{of} in a batch"), _no_c_is_skipped():
            check_batch(derived, random, "c")
        if isinstance(derived, Differential):
            with self.check("directions"), _no_c_is_skipped():
                check_directions(derived, random, "c")


def _emitted(what: Program | Derived, sizes: Mapping[str, int]) -> NativeKernel:
    """Raises Skipped where the C target lacks an operation."""
    with _no_c_is_skipped():
        file = emit_kernel(what, "c", sizes=sizes)
    assert isinstance(file, NativeKernel)
    return file


def _native(derived: Derived, twin: Kernel, sizes: Mapping[str, int]) -> Kernel:
    file = _emitted(derived, sizes)
    return Kernel(twin.program, twin.differential, file.schedule, _in_low_blocks(file), twin.adjoint)


def _in_low_blocks(file: NativeKernel) -> NativeKernel:
    """As few rows in a block as there can be, and threads from the first on: else few programs would come to that."""
    emitted = file.emitted
    assert isinstance(emitted, EmittedC)
    source, count = _AT_ONCE.subn(r"\1 = 1", emitted.source)
    assert count == 2, "the C file names its limits in another way"
    return NativeKernel(replace(emitted, source=source), file.schedule, file.about)


def _agree(native: Kernel, twin: Kernel, derived: Derived, precision: str, random: Random, point: Point) -> None:
    inputs = beside.rounded(beside.inputs_at(derived, point), precision)
    bounds = beside.bounds_of(derived, inputs, point, precision)
    expected = beside.outcome(twin, inputs, point, random)
    for threads in (1, 2):
        THREADS.value = threads
        beside.agree(beside.outcome(native, inputs, point, random), expected, bounds, precision)


@contextmanager
def _no_c_is_skipped() -> Iterator[None]:
    try:
        yield
    except NotSupported as error:
        if "the C target has no" not in error.message:
            raise
        raise Skipped("an operation has no C") from None
