"""Differentials as sums over indices, and back."""

from __future__ import annotations

from symbolic.closed_form import ClosedForm
from symbolic.differential import Differential
from symbolic.indices.form import IndexForm
from symbolic.indices.form import index_form as form_of
from symbolic.indices.matrices import matrix_form as matrices_of


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
