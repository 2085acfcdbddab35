"""The differential in a fixed direction, in closed form."""

from __future__ import annotations

from sympy import Expr, S

from symbolic.closed_form import ClosedForm, substitute
from symbolic.differential import Differential
from symbolic.jacobian.kronecker import KRONECKER
from symbolic.jacobian.rows import RowForm
from symbolic.nodes import Node, identity, multiply, ones, operate
from symbolic.statements import Let
from symbolic.structure import structure_of
from symbolic.walks import rewrite


def column_by_column(differential: Differential, form: RowForm, number: Expr | int) -> ClosedForm:
    """∂X4[i, :]/∂X0[i, a] for all i at once and one a: the differential in the direction that is 1 in column a.

    f'(X3) ∘ ((f'(X1) ∘ (1 W1[a, :])) W2), n×p. Only where rows are independent, which `form` stands for.
    """
    rows, cols = differential.primal.symbols[form.wrt].shape
    unit = operate("slice", identity(cols), parameters=(S(number), S(number), S.One, cols))
    return along(differential, form.of, form.wrt, multiply(ones(rows, S.One), unit))


def along(differential: Differential, of: str, wrt: str, direction: Node) -> ClosedForm:
    """The differential of one name in a fixed direction of one input, in closed form."""
    tangent = differential.tangent
    memo = {tangent.symbols[dict(differential.seeds)[wrt]]: direction}
    lets = [Let(let.name, rewrite(let.expr, lambda part: part, memo)) for let in differential.tangents]
    structure = structure_of(tangent.inputs, tangent.lets)
    return substitute(lets, tangent.symbols[differential.name(of)], structure, KRONECKER)
