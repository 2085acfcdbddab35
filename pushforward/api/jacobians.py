"""Jacobians, and how they are laid out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pushforward.jacobians import Jacobian
from pushforward.layouts import Layout
from pushforward.layouts import layout as layout_named
from symbolic.program import Program


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
