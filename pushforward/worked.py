"""An example of one operation worked out: its program, its differential and the lines that compute both."""

from __future__ import annotations

import ast
import textwrap
from dataclasses import dataclass

import pushforward as pf
from codegen.kernel import differential_header
from codegen.lower import lower
from codegen.passes import optimize
from codegen.targets.numpy.emit import emit
from symbolic.differential import Differential

_BEFORE_THE_BODY = 2
"""The statements of a kernel that only receive its arguments: the docstring, and what converts them."""


@dataclass(frozen=True)
class Worked:
    """`code`: the lines of the kernel between receiving its arguments and returning, each with its mathematics.

    They are those for few rows: a file with a loop over blocks of rows has the same lines in a function of its own.
    """

    text: str
    differential: Differential
    code: str

    def closed_forms(self, style: str = "unicode") -> tuple[str, ...]:
        """The differential of every output, δY = …"""
        return tuple(self.differential.closed_form(of).equation(style) for of in self.differential.primal.outputs)

    def pullbacks(self, style: str = "unicode") -> tuple[str, ...]:
        """The cotangent of every input, Ā = …"""
        pullback = pf.adjoint(self.differential)
        return tuple(pullback.closed_form(name).equation(style) for name in pullback.wrt)


def work_out(text: str, name: str = "example") -> Worked:
    """Read a program, differentiate it with respect to everything, and generate its kernel."""
    differential = pf.differential(pf.parse(text, name))
    kernel = emit(optimize(lower(differential.tangent)), differential_header(differential), name)
    return Worked(text, differential, body_of(kernel.source, kernel.signature.function))


def body_of(source: str, function: str) -> str:
    """The lines of a generated function after it has received its arguments."""
    tree = ast.parse(source)
    found = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == function)
    first = found.body[_BEFORE_THE_BODY]
    return textwrap.dedent("\n".join(source.splitlines()[first.lineno - 1 : found.end_lineno]))
