"""The public face: the whole way from text to a checked kernel, one function a stage.

text → parse → differential → compile → verify, and differential → explain
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pushforward.siblings  # noqa: F401  (first: it checks which packages the next lines get)
from codegen.check import CheckReport
from codegen.cost.report import Cost, cost_of
from codegen.kernel import Kernel, compile_kernel
from codegen.verify import SEEDS, verify_kernel
from pushforward.exercises.build import exercise as drawn
from pushforward.exercises.model import Exercise
from pushforward.exercises.sheet import sheet
from pushforward.grading.grade import mark
from pushforward.grading.verdict import Verdict
from pushforward.jacobians import Jacobian
from pushforward.layouts import Layout
from pushforward.layouts import layout as layout_named
from pushforward.lesson.build import lesson
from pushforward.lesson.render import render
from pushforward.tracing.trace import Traced, trace_function
from symbolic.closed_form import ClosedForm
from symbolic.differential import Differential, differentiate
from symbolic.errors import DifferentiationError, ReadError
from symbolic.indices.form import IndexForm
from symbolic.indices.form import index_form as form_of
from symbolic.indices.matrices import matrix_form as matrices_of
from symbolic.language.read import read_program
from symbolic.language.tokens import MAX_CHARACTERS
from symbolic.program import Program
from symbolic.reverse import gradients
from symbolic.reverse.adjoint import Adjoint
from symbolic.reverse.adjoint import adjoint as transpose

Names = str | Iterable[str] | None
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
    return read_bytes(read_content(path), path.name, _DIALECTS.get(path.suffix)).renamed(path.stem)


def read_content(path: Path) -> bytes:
    """The bytes of a file, and no more of them than are read as a text."""
    with path.open("rb") as file:
        return file.read(4 * MAX_CHARACTERS + 1)


def read_bytes(content: bytes, name: str, dialect: str | None = None) -> Program:
    """A matrix program from the bytes of a text in UTF-8. Raises ProgramError."""
    return read_program(decode(content, name), name, dialect)


def decode(content: bytes, name: str) -> str:
    """A text in UTF-8. Raises ReadError, naming the byte that is none."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ReadError(f"{name} is not UTF-8 text: byte {error.start} is {content[error.start]:#04x}") from None


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


def index_form(differential: Differential, of: str | None = None) -> IndexForm:
    """The differential of an output, by default the last, as sums over indices of products of entries.

    δX4[i,o] = f'(X3)[i,o] Σ_h W2[h,o] f'(X1)[i,h] Σ_a W1[a,h] δX0[i,a]; `str()`, `.latex()`, `.equation("text")`.
    [i = j] is 1 where i = j and else 0. `matrix_form` turns it back.
    Raises NotSupported where an operation has no such form, as expm, LimitError for one too large to read, NameError_.
    """
    return form_of(differential, of)


def matrix_form(form: IndexForm) -> ClosedForm:
    """An index form in matrix notation again. Raises NotSupported where that has no word for it."""
    return matrices_of(form)


def adjoint(what: Program | Differential, of: Names = None, wrt: Names = None) -> Adjoint:
    """The pullback: the transpose of the differential, by which ⟨Ȳ, δY⟩ = ⟨X̄, δX⟩ for every δX.

    what: a differential, or a program and `wrt`. of: the outputs whose cotangents, of their shapes, are given; by
    default all that move. The result's `.program` computes the outputs and, from the cotangents, that of each input, of
    its shape; of an input declared symmetric, diagonal or triangular, projected on the perturbations it admits.
    `str()` is the closed form, `.steps` the derivation. Raises NameError_, and NotSupported for a higher order.
    """
    return transpose(what if isinstance(what, Differential) else differentiate(what, wrt), of)


def gradient(program: Program, wrt: Names = None, of: str | None = None) -> Adjoint:
    """The gradient of a scalar output, in the shape of each input: its pullback with the cotangent 1.

    Compiled, k(X) -> (y, X_bar); `.program` can be differentiated again. Raises ShapeError for an output that is no
    scalar.
    """
    return gradients.gradient(program, wrt, of)


def gradient_of(differential: Differential, of: str | None = None) -> Adjoint:
    """The gradient from a differential that is there already. Raises as `gradient` does."""
    return gradients.gradient_of(differential, of)


def hvp(program: Program, wrt: Names = None, of: str | None = None) -> Differential:
    """The Hessian of a scalar output times δX, forward over reverse: the differential of the gradient.

    Compiled, k(X, dX) -> (X_bar, dX_bar). Raises as `gradient` does.
    """
    return gradients.hvp(program, wrt, of)


def vhp(program: Program, wrt: Names = None, of: str | None = None) -> Adjoint:
    """δX times the Hessian of a scalar output, reverse over forward: the gradient of the differential δy = ⟨X̄, δX⟩.

    Compiled, k(X, dX) -> (dy, X_bar), where X_bar is the Hessian times dX. Raises as `gradient` does.
    """
    return gradients.vhp(program, wrt, of)


def gauss_newton(program: Program, wrt: Names = None, of: Names = None) -> Adjoint:
    """J'J δX, the differential of the outputs pulled back. Compiled, k(X, dX) -> (Y, X_bar)."""
    return gradients.gauss_newton(program, wrt, of)


def jacobian(program: Program, of: str | None = None, wrt: str | None = None, view: str = "tensor") -> Jacobian:
    """The Jacobian of a name of the program, by default the last output, by one input, by default the first.

    view: "rows" (J[i, o, a] where row i depends on row i alone), "columns", "entries", "tensor" (as JAX and PyTorch),
    "sympy", "vec" (column by column, as ForwardDiff and the textbooks), "vec-row-major" (as NumPy's ravel),
    "numerator", "denominator" (the layouts of vector calculus). `.formula` and `.latex()` are its closed form, for
    symbolic sizes, `.structure` which entries are zero and why, `.kernel()` a kernel, `.numbers(X0=…)` an array,
    `.layout` its axes.
    Raises NameError_ for an unknown name, NotSupported where there is no such view, with the statement that mixes rows.
    """
    return Jacobian(program, of, wrt, view)


def layout(
    name: str, of: Sequence[Any] = ("n", "p"), wrt: Sequence[Any] = ("m", "q"), names: Sequence[str] = ("Y", "X")
) -> Layout:
    """How a Jacobian is laid out in an array, in words, and from one layout to another.

    name: of a view, or of a tool: "jax", "torch", "tensorflow", "vmap", "forwarddiff", "casadi", "numpy", "sympy".
    of, wrt: the shapes of output and input, numbers or names of sizes. names: theirs, for the words.
    `str()` states the axes; `.shape`, `.index(i, o, a, b)`, `.convert(array, to="vec")`.
    Raises NotSupported for an unknown name, or where there is no such layout.
    """
    return layout_named(name, of, wrt, names)


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


def grade(
    program: Program, derivation: str, wrt: str | Iterable[str] | None = None, name: str = "<derivation>"
) -> Verdict:
    """Mark a derivation made by hand, in text or LaTeX, equality by equality.

    Every equality is right, wrong or undecided; `str()` says which, `.first_wrong.mistake` what the first mistake is
    and how it is repaired. wrt: the inputs that move; by default those whose δ the derivation names, or all.
    Raises ProgramError, with line, column and caret, where the derivation cannot be read.
    """
    return mark(program, derivation, wrt, name)


def explain(
    what: Differential | Program,
    format: str = "text",
    level: str = "full",
    wrt: Names = None,
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


def exercise(level: int = 1, seed: int = 0) -> Exercise:
    """A question about a program, the same for the same level and seed.

    level: 1 (sums and products) to 5 (attention, layouts, long derivations). `str()` is the question, `.hint(1)` the
    first hint, `.mark(text)` marks an answer, `.solved()` is the solution.
    Raises NotSupported for another level or seed.
    """
    return drawn(level, seed)


def exercise_sheet(
    level: int = 1, seed: int = 0, count: int = 10, format: str = "markdown", solutions: bool = False
) -> str:
    """The exercises of `count` seeds from `seed` on as one document to print, or with `solutions` their solutions.

    format: "text", "markdown", "latex" or "html". Raises NotSupported for another level, seed, count or format.
    """
    return sheet(level, seed, count, format, solutions)
