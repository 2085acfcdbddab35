"""Why a rule holds, in a sentence."""

from __future__ import annotations

from pushforward.sources import work_cited
from symbolic.functions import CATALOGUE
from symbolic.operations import OPERATIONS
from symbolic.rules import Rule
from symbolic.simplify import Rewrite

_LINEAR = "It is linear: the change of the whole is the same operation, applied to the change of the part."
_ENTRYWISE = (
    "Each entry of the result depends on the same entry of the argument alone: to first order it changes by the "
    "derivative there, times the change of that entry."
)
_PRODUCT = (
    "(A + dA)(B + dB) = A B + dA B + A dB + dA dB. The last term is of second order and is left out; the order of the "
    "factors stays, because a matrix product depends on it."
)
_OF_TYPE = {
    "sum": "The change of a sum is the sum of the changes.",
    "transpose": _LINEAR,
    "scalar multiple": "The product rule, with a number or a 1×1 matrix as one factor; a fixed number stays in front.",
    "matrix product": _PRODUCT,
    "Hadamard product": "Entry by entry it is the product rule for numbers.",
    "quotient": "From (A ./ B) .* B = A by the product rule, solved for the change of the quotient.",
    "power": "Each entry is a power of the same entry: the exponent comes down, and the power falls by one.",
    "elementwise function": _ENTRYWISE,
}
_OF_OPERATION = {
    "inv": "inv(A) A = I does not change: d(inv(A)) A + inv(A) dA = 0, solved for d(inv(A)).",
    "solve": "X = A \\ B means A X = B, and so dA X + A dX = dB, solved for dX.",
    "det": "Jacobi's formula: to first order det(I + E) = 1 + tr(E).",
    "logdet": "Jacobi's formula, to first order det(I + E) = 1 + tr(E), and the derivative 1/x of log.",
    "matrix_power": "The product rule, one factor at a time; the order of the factors stays.",
    "chol": "L L' = A changes as dL L' + L dL' = dA; inv(L) dL is lower triangular, which decides it.",
}
_REWRITE = "An identity of matrix algebra; nothing is left out."
_KNOWN = "This value has a name already, and is taken by it."


def reason(step_rule: Rule | Rewrite) -> str:
    """A sentence; for what is proved elsewhere, where."""
    if isinstance(step_rule, Rewrite):
        return _KNOWN if step_rule.name == "known value" else _REWRITE
    _, name = step_rule.operation
    if not name:
        return _OF_TYPE[step_rule.name]
    if name in CATALOGUE:
        return _ENTRYWISE
    if name in _OF_OPERATION:
        return _OF_OPERATION[name]
    if OPERATIONS[name].is_linear:
        return _LINEAR
    return "The equations that define it are differentiated and solved; the source has the proof."


def source(step_rule: Rule | Rewrite) -> str:
    """The citation and the work that it names."""
    if isinstance(step_rule, Rewrite):
        return ""
    work = work_cited(step_rule.cite)
    return step_rule.cite if work else ""
