"""The public face: the whole way from text to a checked kernel, one function a stage.

text → parse → differential → compile → verify, and differential → explain
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pushforward.siblings  # noqa: F401  (first: it checks which packages the next lines get)
from codegen.check import CheckReport
from codegen.kernel import Kernel, compile_kernel
from codegen.verify import SEEDS, verify_kernel
from pushforward.lesson.build import lesson
from pushforward.lesson.render import render
from pushforward.tracing.trace import Traced, trace_function
from symbolic.differential import Differential, differentiate
from symbolic.errors import DifferentiationError, ReadError
from symbolic.language.read import read_program
from symbolic.language.tokens import MAX_CHARACTERS
from symbolic.program import Program

_DIALECTS = {".tex": "latex", ".jl": "text", ".pf": "text"}


def parse(text: str, name: str = "", dialect: str | None = None) -> Program:
    """A matrix program from text.

    text: one statement a line or between `;`, in ASCII, Unicode, Julia or LaTeX notation; shapes may be
    declared (`X0 : n x 2`) and are inferred where they are not. name: a label for messages and files.
    dialect: "text" (ASCII, Unicode, Julia) or "latex"; by default the text is looked at.
    Raises ProgramError: ReadError, NameError_, ShapeError, LimitError or NotSupported, with line, column, caret.
    """
    return read_program(text, name, dialect)


def read(path: str | Path) -> Program:
    """A matrix program from a file in UTF-8: `.pf` and `.jl` are text, `.tex` is LaTeX, others are looked at.

    Raises OSError when there is no such file, ProgramError as `parse` does.
    """
    path = Path(path)
    with path.open("rb") as file:
        content = file.read(4 * MAX_CHARACTERS + 1)
    return read_bytes(content, path.name, _DIALECTS.get(path.suffix)).renamed(path.stem)


def read_bytes(content: bytes, name: str, dialect: str | None = None) -> Program:
    """A matrix program from the bytes of a text in UTF-8. Raises ProgramError."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ReadError(f"{name} is not UTF-8 text: byte {error.start} is {content[error.start]:#04x}") from None
    return read_program(text, name, dialect)


def trace(
    function: Callable[..., Any],
    shapes: Mapping[str, Any] | Sequence[Any] | None = None,
    name: str = "",
    functions: Sequence[str] = (),
    **keyword_shapes: Any,
) -> Program:
    """A matrix program from a NumPy function, which is called once, on arrays without entries.

    shapes: for each parameter a tuple of at most two numbers or names of sizes, ("n", 2), ("h",) or (), with a fact
    behind it if one holds, ("n", "n", "spd"); in a mapping, in order, or as keywords. Parameters without one keep their
    defaults. functions: the parameters that are unknown functions of each entry. name: by default the function's own.
    Raises TracingError (a NotSupported), ShapeError or NameError_, with the line of the function.
    """
    return trace_function(function, keyword_shapes if shapes is None else shapes, name, functions)


def traced(
    shapes: Mapping[str, Any] | Sequence[Any] | None = None,
    name: str = "",
    functions: Sequence[str] = (),
    **keyword_shapes: Any,
) -> Callable[[Callable[..., Any]], Traced]:
    """A decorator: the function stays callable, and has the program that `trace` gives as `.program`."""
    return lambda function: Traced(function, keyword_shapes if shapes is None else shapes, name, functions)


def differential(program: Program, wrt: str | Iterable[str] | None = None, order: int = 1) -> Differential:
    """The differential with respect to one input, several, or (by default) all.

    order: 2 is the second differential along one and the same perturbation, the Hessian's quadratic form, and so on;
    for another perturbation each time, differentiate `.program` again.

    The result maps seeds, δX0 of the shape of X0, linearly to the outputs' differentials, of their shapes.
    `str()` is the closed form, `.steps` the derivation, `.program` the tangent program.
    Raises NameError_ for a name that is no input, DifferentiationError for an operation without a rule.
    """
    return differentiate(program, wrt, order)


def compile(
    what: Program | Differential,
    target: str = "numpy",
    sizes: Mapping[str, int] | None = None,
    name: str | None = None,
) -> Kernel:
    """A callable kernel, with its source as `.source`.

    k(inputs…, seeds…, f=…, df=…) -> (outputs…, differentials…); a program alone gives its outputs.
    sizes: sample lengths of symbolic sizes, by which the order of matrix products is chosen.
    Raises NotSupported for another target, ProgramError for an unknown size.
    """
    return compile_kernel(what, target, sizes, name)


def verify(
    kernel: Kernel,
    sizes: Mapping[str, int] | None = None,
    seeds: tuple[int, ...] = SEEDS,
    progress: Callable[[int, int], None] | None = None,
) -> CheckReport:
    """Check a kernel against an independent evaluation: complex step, differences of order 2, both precisions.

    sizes: lengths of symbolic sizes; by default several sets are tried. seeds: of the random points.
    Raises PushforwardError when no point is found where the program is defined and smooth.
    """
    return verify_kernel(kernel, sizes, seeds, progress)


def explain(
    what: Differential | Program,
    format: str = "text",
    level: str = "full",
    wrt: str | Iterable[str] | None = None,
) -> str:
    """How a differential comes about: the program as a graph, every step, numbers and the check.

    what: a differential, or a program, which is differentiated with respect to `wrt`, by default to everything.
    format: "text" for a terminal, "markdown", "latex" (a whole document) or "html" (one page, without scripts).
    level: "brief", "full" or "beginner".
    Raises NotSupported for another format or level and for a differential of higher order, ProgramError as
    `differential` does.
    """
    if isinstance(what, Program):
        what = differentiate(what, wrt)
    elif wrt is not None:
        raise DifferentiationError("this is a differential already; `wrt` chooses the inputs of a program")
    return render(lesson(what, level), format)
