"""What several helpers refuse or take for zero."""

from __future__ import annotations

from numpy import finfo, isfinite
from numpy.linalg import LinAlgError


def _check_finite(name, A):
    """Raise LinAlgError for infinity and what is not a number."""
    if not isfinite(A).all():
        raise LinAlgError(f"{name}: an entry is infinite or not a number")


def _rounding(A):
    """What is zero beside 1: the roundoff of the entries times their number along the longer axis."""
    return max(A.shape) * finfo(A.dtype).eps
