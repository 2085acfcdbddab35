"""Names of a program that mean something in C: keywords, macros, functions, what the file itself defines."""

import re
import subprocess
import sys

import numpy as np
import pytest
from c_samples import lightly, needs_compiler

import pushforward as pf
from codegen.native.compiler import find_compiler
from codegen.targets.c.carried import HELPERS
from codegen.targets.c.reserved import RESERVED
from codegen.targets.c.scope import commented
from symbolic.errors import PushforwardError

pytestmark = lightly

NAMES = (
    *("int", "double", "static", "NULL", "NAN", "INFINITY", "M_PI", "errno", "memcpy", "pow", "size_t", "linux"),
    *("at", "rows", "first", "memory", "work", "threads", "context", "count", "least", "i", "j", "fails", "code"),
    *("FP_NAN", "MATH_ERRNO", "INT64_MAX", "UINT64_C", "SIZE_MAX", "PTRDIFF_MAX", "math_errhandling"),
    *("VECTOR", "INLINE", "sin_f64", "product_f32", "tile_f64", "step_f64", "room", "room0", "packed", "real", "a_i"),
)


def allowed():
    for name in NAMES:
        try:
            pf.parse(f"{name} : n x m\nY = sin({name})")
        except PushforwardError:
            continue
        yield name


@needs_compiler
def test_a_program_may_use_every_name():
    names = list(allowed())
    assert len(names) > 20
    lines = [f"{name} : n x m" for name in names]
    lines += [f"T{k} = sin({name}) .* {name}" for k, name in enumerate(names)]
    total = " + ".join(f"T{k}" for k in range(len(names)))
    program = pf.parse("\n".join([*lines, f"Y = ({total})*W"]))
    native, kernel = pf.compile(program, target="c"), pf.compile(program)
    rng = np.random.default_rng(0)
    given = [rng.standard_normal((3, 4) if each.name != "W" else (4, 2)) for each in program.inputs]
    np.testing.assert_allclose(native(*given), kernel(*given), rtol=1e-12)


@needs_compiler
@pytest.mark.parametrize("size", ["at", "int", "rows", "step", "i", "least", "NULL", "f64"])
def test_a_size_may_have_every_name(size):
    try:
        program = pf.parse(f"A : {size} x {size}\nB : {size} x m\nY = tanh(A*B)")
    except PushforwardError:
        pytest.skip("the language does not allow this name")
    native = pf.compile(program, target="c")
    a, b = np.eye(3), np.ones((3, 2))
    np.testing.assert_allclose(native(a, b), np.tanh(b))


@needs_compiler
@pytest.mark.parametrize("name", ["product", "sin", "step", "pack", "int"])
def test_a_kernel_may_have_every_name(name):
    program = pf.parse("Y = sin(A*B)", name)
    a, b = np.eye(3), np.ones((3, 2))
    np.testing.assert_allclose(pf.compile(program, target="c")(a, b), np.sin(b))


@needs_compiler
@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other macros")
@pytest.mark.parametrize("standard", ["c99", "gnu17"])
def test_every_macro_of_the_headers_is_reserved(standard):
    headers = "".join(f"#include <{name}.h>\n" for name in ("math", "stddef", "stdint", "string"))
    command = [*find_compiler().command, f"-std={standard}", "-dM", "-E", "-x", "c", "-"]
    defined = subprocess.run(command, input=headers, capture_output=True, text=True, check=True, timeout=60).stdout
    macros = set(re.findall(r"^#define ([A-Za-z]\w*)", defined, re.MULTILINE))
    assert macros and not macros - RESERVED


def test_comments_cannot_end_early():
    for text in ("a */ b", "a /* b", "a ??/ b", "a \\", "*/*/", "/*/"):
        inside = commented(text)
        assert not re.search(r"\*/|/\*|\?\?", inside)
        assert not inside.endswith("\\")


def test_helpers_define_nothing_that_is_reserved_twice():
    assert not {name.replace("_@", "_f64") for name in HELPERS} & RESERVED
