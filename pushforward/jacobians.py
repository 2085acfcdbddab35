"""The Jacobian of a program in one view: its closed form, what is known of its structure, its kernel, its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from math import prod
from typing import Any

from codegen.jacobian.confirmation import confirmed, sensible_lengths
from codegen.jacobian.kernels import JacobianKernel, compile_jacobian, differential_of_one
from codegen.sampling import NoPoint
from pushforward.layouts import Layout, layout
from symbolic.dependence.analysis import Dependence, dependence
from symbolic.differential import Differential
from symbolic.errors import LimitError, NotSupported, PushforwardError
from symbolic.facts import FACTS
from symbolic.field import Singular
from symbolic.jacobian.vec import vec_form
from symbolic.jacobian.views import Formula, jacobian_formula, require_view
from symbolic.language.names import unicode_name
from symbolic.program import Program

MOST_CONFIRMED = 4096
"""Jacobians of so many entries are evaluated to see what is not zero."""


class Jacobian:
    """∂of/∂wrt in one view. `str()` says all of it: closed form, axes and structure.

    `differential`: what it is read off. `view`: one of those of `symbolic.jacobian.views`.
    """

    def __init__(self, program: Program, of: str | None, wrt: str | None, view: str) -> None:
        self.program = program
        self.differential: Differential = differential_of_one(program, of, wrt)
        self.of, self.wrt, self.view = self.differential.primal.outputs[0], self.differential.wrt[0], view
        require_view(self.differential, self.of, self.wrt, view)

    @cached_property
    def closed_form(self) -> Formula:
        """The closed form, in every notation: `.equations("latex")`, `.legend("text")`.

        Raises NotSupported where there is none, LimitError where it would be too large to read; a kernel may be there.
        """
        return jacobian_formula(self.differential, self.of, self.wrt, self.view)

    @property
    def formula(self) -> str:
        """The closed form in Unicode, one equation a line, and what the names in it stand for."""
        return str(self.closed_form)

    @property
    def expr(self) -> Any:
        """The right side as a SymPy matrix expression; None for tensors, which are in index form."""
        return self.closed_form.expr

    @property
    def statements(self) -> Program:
        """A program that computes J statement by statement, J_X2 = diag(vec(f'(X1))) J_X1, of the view vec.

        Its cost to derive is linear in the statements. Raises NotSupported for another view than vec, vec-row-major.
        """
        if self.view not in ("vec", "vec-row-major"):
            raise NotSupported(f"the view {self.view!r} has no statements; vec and vec-row-major have")
        return vec_form(self.differential, self.of, self.wrt, self.view == "vec-row-major").program

    def latex(self) -> str:
        """The closed form, one equation a line."""
        return "\\\\\n".join(self.closed_form.equations("latex"))

    def _repr_latex_(self) -> str:
        equations = r" \\ ".join(f"&{line}" for line in self.closed_form.equations("latex"))
        return rf"$$\begin{{aligned}}{equations}\end{{aligned}}$$"

    @cached_property
    def structure(self) -> Dependence:
        """Which entries depend on which: `str()` says so in words, with the reason; `.mask(sizes)` as an array.

        Exact where all that is not proved to be zero is found different from zero at a random point, for small sizes;
        otherwise an upper bound, which `.is_exact` and the words say.
        """
        found = dependence(self.differential, self.of, self.wrt)
        try:
            sizes = sensible_lengths(self.program)
        except PushforwardError:
            return found
        if prod(found.lengths(sizes)) > MOST_CONFIRMED:
            return found
        try:
            return confirmed(self.differential, found, sizes)
        except (NoPoint, Singular):
            return found  # there is no point at which it can be evaluated

    @property
    def layout(self) -> Layout:
        """The axes of the array, in words, and its translation into every other layout."""
        symbols = self.differential.primal.symbols
        names = (unicode_name(self.of), unicode_name(self.wrt))
        return layout(self.view, symbols[self.of].shape, symbols[self.wrt].shape, names)

    def kernel(
        self, sizes: Mapping[str, int] | None = None, name: str | None = None, target: str = "numpy"
    ) -> JacobianKernel:
        """A kernel k(X0, W1, W2) -> J, an array in this view, computed whichever way takes the fewest operations.

        `sizes`: sample lengths, by which the way is chosen. `target`: "numpy", or "c" where the directions are few, as
        along the rows of X0 : n x 2.
        """
        return compile_jacobian(self.program, self.of, self.wrt, self.view, sizes, name, target=target)

    def numbers(self, *arguments: Any, **given: Any) -> Any:
        """J as an array in this view, for the inputs in order or by name; unknown functions as f=…, df=….

        Raises TypeError for an input that is missing, ValueError for shapes that do not fit, MemoryError, before
        anything is computed, where J is too large.
        """
        inputs = [each.name for each in self.program.inputs]
        values = dict(zip(inputs, arguments, strict=False))
        functions = {name: value for name, value in given.items() if name not in inputs}
        values |= {name: value for name, value in given.items() if name in inputs}
        missing = [name for name in inputs if name not in values]
        if missing or len(arguments) > len(inputs):
            said = f"no value is given for {', '.join(missing)}" if missing else "there are more values than inputs"
            raise TypeError(f"{said}; the inputs are {', '.join(inputs)}")
        return self._kernel(*(values[name] for name in inputs), **functions)

    @cached_property
    def _kernel(self) -> JacobianKernel:
        return compile_jacobian(self.program, self.of, self.wrt, self.view)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be known of an input that is declared symmetric, triangular or diagonal."""
        (given,) = (each for each in self.program.inputs if each.name == self.wrt)
        facts = [fact for fact in given.facts if FACTS[fact].perturbation]
        name = unicode_name(self.wrt)
        return tuple(f"{name} is {fact}: J is right for perturbations of {name} that keep it so." for fact in facts)

    def __str__(self) -> str:
        try:
            formula = self.formula
        except (NotSupported, LimitError) as error:
            formula = str(error)
        return "\n".join([formula, "", self.layout.words, "", *self.notes, str(self.structure)])

    def __repr__(self) -> str:
        return f"<Jacobian of {unicode_name(self.of)} with respect to {unicode_name(self.wrt)}, view {self.view!r}>"
