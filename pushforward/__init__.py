"""Pushforward: matrix programs, their differentials in closed form, and kernels that are checked.

import pushforward as pf
program = pf.parse("X1 = X0*W1; X2 = f.(X1); X3 = X2*W2; X4 = f.(X3)")
d = pf.differential(program, wrt="X0")
print(d)                      # δX4 = f'(X3) ⊙ ((f'(X1) ⊙ (δX0 W1)) W2)
k = pf.compile(d)             # k(X0, W1, W2, dX0, f=numpy.sin, df=numpy.cos) -> (X4, dX4)
print(pf.verify(k))
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from codegen.version import VERSION as __version__

if TYPE_CHECKING:
    from codegen.check import CheckReport
    from codegen.cost.report import Cost
    from codegen.kernel import Kernel
    from pushforward.api.checks import verify
    from pushforward.api.derivatives import adjoint, differential, gauss_newton, gradient, hvp, vhp
    from pushforward.api.exercises import exercise, exercise_sheet
    from pushforward.api.grades import grade
    from pushforward.api.index_forms import index_form, matrix_form
    from pushforward.api.jacobians import jacobian, layout
    from pushforward.api.kernels import compile, cost
    from pushforward.api.lessons import explain
    from pushforward.api.programs import parse, read
    from pushforward.api.traces import trace, traced
    from pushforward.applied import batch, directions, linear_operator, linearize, sparse_jacobian, sparsity
    from pushforward.exercises.model import Exercise
    from pushforward.grading.verdict import Verdict
    from pushforward.jacobians import Jacobian
    from pushforward.layouts import Layout
    from symbolic.closed_form import ClosedForm
    from symbolic.differential import Differential, Step
    from symbolic.errors import (
        DifferentiationError,
        LimitError,
        NameError_,
        NotSupported,
        ProgramError,
        PushforwardError,
        ReadError,
        ShapeError,
    )  # fmt: skip
    from symbolic.indices.form import IndexForm
    from symbolic.program import Program
    from symbolic.reverse.adjoint import Adjoint
    from symbolic.reverse.backwards import AdjointStep
    from symbolic.statements import Input, Let

_HOME = {
    **dict.fromkeys(("parse", "read"), "pushforward.api.programs"),
    **dict.fromkeys(("trace", "traced"), "pushforward.api.traces"),
    **dict.fromkeys(
        ("differential", "adjoint", "gradient", "hvp", "vhp", "gauss_newton"), "pushforward.api.derivatives"
    ),
    **dict.fromkeys(("index_form", "matrix_form"), "pushforward.api.index_forms"),
    **dict.fromkeys(("jacobian", "layout"), "pushforward.api.jacobians"),
    **dict.fromkeys(("compile", "cost"), "pushforward.api.kernels"),
    "verify": "pushforward.api.checks",
    "explain": "pushforward.api.lessons",
    "grade": "pushforward.api.grades",
    **dict.fromkeys(("exercise", "exercise_sheet"), "pushforward.api.exercises"),
    **dict.fromkeys(
        ("batch", "directions", "linearize", "linear_operator", "sparse_jacobian", "sparsity"), "pushforward.applied"
    ),
    "Adjoint": "symbolic.reverse.adjoint",
    "AdjointStep": "symbolic.reverse.backwards",
    "Program": "symbolic.program",
    **dict.fromkeys(("Input", "Let"), "symbolic.statements"),
    **dict.fromkeys(("Differential", "Step"), "symbolic.differential"),
    **dict.fromkeys(
        ("PushforwardError", "ProgramError", "ReadError", "NameError_", "ShapeError", "LimitError", "NotSupported",
         "DifferentiationError"),
        "symbolic.errors",
    ),
    "ClosedForm": "symbolic.closed_form",
    "IndexForm": "symbolic.indices.form",
    "Kernel": "codegen.kernel",
    "CheckReport": "codegen.check",
    "Cost": "codegen.cost.report",
    "Jacobian": "pushforward.jacobians",
    "Layout": "pushforward.layouts",
    "Exercise": "pushforward.exercises.model",
    "Verdict": "pushforward.grading.verdict",
}  # fmt: skip

__all__ = [
    "Adjoint", "AdjointStep", "CheckReport", "ClosedForm", "Cost", "Differential", "DifferentiationError", "Exercise",
    "IndexForm", "Input", "Jacobian", "Kernel", "Layout", "Let", "LimitError", "NameError_", "NotSupported", "Program",
    "ProgramError", "PushforwardError", "ReadError", "ShapeError", "Step", "Verdict", "__version__", "adjoint",
    "batch", "compile", "cost", "differential", "directions", "exercise", "exercise_sheet", "explain", "gauss_newton",
    "grade", "gradient", "hvp", "index_form", "jacobian", "layout", "linear_operator", "linearize", "matrix_form",
    "parse", "read", "sparse_jacobian", "sparsity", "trace", "traced", "verify", "vhp",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Names are loaded when they are first used: SymPy takes half a second to import."""
    if name not in _HOME:
        raise AttributeError(f"module 'pushforward' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
