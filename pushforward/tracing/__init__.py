"""Ordinary NumPy functions as programs: they are called once, on arrays that note what is done to them.

arguments → arrays on a tape → the function runs → variables' names → program

`pushforward.trace` is the entry. The functions here are SciPy's that NumPy has not, for arrays of both kinds.
"""

from __future__ import annotations

from pushforward.tracing.errors import TracingError
from pushforward.tracing.matrix_functions import (
    cosm,
    expm,
    log_softmax,
    logm,
    logsumexp,
    sinm,
    softmax,
    solve_continuous_lyapunov,
    solve_sylvester,
    sqrtm,
)  # fmt: skip
from pushforward.tracing.trace import Traced, trace_function

__all__ = [
    "Traced", "TracingError", "cosm", "expm", "log_softmax", "logm", "logsumexp", "sinm", "softmax",
    "solve_continuous_lyapunov", "solve_sylvester", "sqrtm", "trace_function",
]  # fmt: skip
