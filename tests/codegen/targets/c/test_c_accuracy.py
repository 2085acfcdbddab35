"""Functions of entries: how far from the exact value, in units of the last place, and what they make of extremes."""

from dataclasses import replace

import numpy as np
import pytest
from c_samples import needs_compiler

from codegen.header import Header
from codegen.kernel import compile_kernel
from codegen.lower import lower
from codegen.native.emit import NativeKernel
from codegen.passes import VALUES, optimize
from codegen.targets.c.emit import emit_c
from symbolic.functions import CATALOGUE
from symbolic.language.read import read_program

pytestmark = needs_compiler

BOUNDS = {"sin": 2.0, "cos": 2.0, "exp": 1.1, "tanh": 2.7}
"""As docs/c-target.md states them."""
EXACT = {"sin": np.sin, "cos": np.cos, "exp": np.exp, "tanh": np.tanh}
EXTREMES = [np.nan, np.inf, -np.inf, 0.0, 1.0, -1.0, 0.5, 1e300, -1e300, 710.0, -746.0, 89.0, -104.0, 20.0, 1e-310, 5e5]


def native(functions, definition=""):
    """A kernel that gives one column for each function, and its program."""
    program = read_program(f"x : n\nY = [{', '.join(f'{f}(x)' for f in functions)}]", "functions")
    schedule = optimize(lower(program), VALUES)
    header = Header("Functions of entries.", (), "functions")
    emitted = emit_c(schedule, header, "functions")
    return NativeKernel(replace(emitted, source=definition + emitted.source), schedule, header).load(), program


def arguments(entries):
    """Of all magnitudes; moderate; near multiples of π/2, where sin or cos nearly vanishes."""
    rng = np.random.default_rng(1)
    count = 40000
    size = np.log(np.finfo(entries).max) - 1.0
    every = np.exp(rng.uniform(-40.0, size, count)) * rng.choice([-1.0, 1.0], count)
    near = rng.integers(-300000, 300000, count) * (np.pi / 2)
    moderate = [rng.uniform(-bound, bound, count) for bound in (1.0, 10.0, 100.0, 1000.0)]
    return np.concatenate([every, near, *moderate]).astype(entries)


@pytest.mark.parametrize("definition", ["", "#define PUSHFORWARD_STRICT\n", "#define PUSHFORWARD_PLAIN\n"])
def test_errors_are_within_what_is_stated(definition):
    kernel, _ = native(BOUNDS, definition)
    for entries, wider in (("float64", np.longdouble), ("float32", np.float64)):
        if np.finfo(wider).eps > np.finfo(entries).eps / 16:
            continue
        x = arguments(entries)
        found = kernel(x.reshape(-1, 1))
        for column, (name, bound) in enumerate(BOUNDS.items()):
            with np.errstate(over="ignore", under="ignore"):
                exact = EXACT[name](x.astype(wider))
                rounded = exact.astype(entries)
            y = found[:, column]
            normal = np.isfinite(rounded) & (np.abs(rounded) >= np.finfo(entries).tiny)
            error = np.abs(y[normal].astype(wider) - exact[normal]) / np.spacing(np.abs(rounded[normal]))
            assert error.max() <= bound, (name, entries, x[normal][error.argmax()], error.max())
            small = np.isfinite(rounded) & ~normal
            smallest = np.finfo(entries).smallest_subnormal
            assert (np.abs(y[small].astype(wider) - exact[small]) <= 2 * smallest).all(), name
            assert np.array_equal(y[~np.isfinite(rounded)], rounded[~np.isfinite(rounded)]), name


@pytest.mark.parametrize("definition", ["", "#define PUSHFORWARD_STRICT\n"])
def test_extremes_give_what_they_give_in_numpy(definition):
    """Infinity, what is no number, and arguments that overflow; at poles and beyond domains too."""
    kernel, program = native(CATALOGUE, definition)
    reference = compile_kernel(program)
    for entries in ("float64", "float32"):
        with np.errstate(all="ignore"):
            x = np.array(EXTREMES).astype(entries).reshape(-1, 1)
            expected = reference(x)
        np.testing.assert_allclose(kernel(x), expected, rtol=2e-5 if entries == "float32" else 1e-13)
