"""What to write instead of what is not read."""

from __future__ import annotations

import sys

from pushforward.tracing.places import called_name

COMPARISONS = ("greater", "less", "greater_equal", "less_equal", "equal", "not_equal")
_OURS = (
    "expm", "logm", "sqrtm", "sinm", "cosm", "solve_sylvester", "solve_continuous_lyapunov", "logsumexp", "softmax",
    "log_softmax",
)  # fmt: skip
_NUMPYS = ("solve", "inv", "det", "cholesky", "pinv", "svd", "svdvals", "eigh", "eigvalsh", "qr", "norm")
_CONVERTERS = ("array", "asarray", "asanyarray", "ascontiguousarray", "matrix")
_CHOICES = ("where", "select", "choose", "piecewise", "isnan", "isfinite", "isinf", "nonzero", "any", "all")
_ORDERS = ("argmax", "argmin", "argsort", "sort", "unique", "round", "floor", "ceil", "rint", "median")

_CHOOSE = "np.maximum, np.minimum, np.clip, np.abs, np.sign and np.heaviside(X, 0) choose for each entry"
_JOIN = "write np.stack, np.block or np.concatenate, or give like=X, an array of the function"

_HINTS = {
    **dict.fromkeys(_CONVERTERS, f"leave it out; for several arrays {_JOIN}"),
    **dict.fromkeys(("r_", "c_"), _JOIN),
    **dict.fromkeys((*_CHOICES, *COMPARISONS), _CHOOSE),
    **dict.fromkeys(_ORDERS, "it has no derivative that is of use: give what it computes as an input"),
    **dict.fromkeys(("eig", "eigvals"), "np.linalg.eigh and eigvalsh are those of a symmetric matrix"),
    "sum": "add arrays with +, or those of a list with Python's sum",
    "item": "leave item() out",
    "tolist": "leave tolist() out",
    "prod": "for positive entries write np.exp(np.sum(np.log(X)))",
    "cumsum": "write np.tril(np.ones((n, n), like=X)) @ X",
    "repeat": "np.tile, np.broadcast_to and np.kron repeat entries",
    "lstsq": "write np.linalg.pinv(A) @ b",
    "hypot": "write np.sqrt(X**2 + Y**2)",
    "flip": "np.block and np.concatenate put parts in another order",
    "solve_triangular": "write np.linalg.solve(np.tril(L), B)",
    "block_diag": "write np.block, with np.zeros_like(X, shape=(n, m)) for the blocks that are zero",
    **{name: f"np.linalg.{name} is read" for name in _NUMPYS},
    **{name: f"pushforward.tracing.{name} takes NumPy's arrays and those of a traced function" for name in _OURS},
}  # fmt: skip
_CONVERSION = (
    "NumPy's own functions are read; pushforward.tracing has " + ", ".join(_OURS) + " for both kinds of arrays"
)


def hint_for(name: str) -> str:
    """What to write instead of a function or method of that name, or of the one that is calling it; or ""."""
    return _HINTS.get(name, "") or _HINTS.get(called_name(sys._getframe()), "")


def conversion_hint() -> tuple[str, str]:
    """Who asks for the entries of an array, and what to write instead."""
    name = called_name(sys._getframe())
    return f"{name}()" if name else "what is called", hint_for(name) or _CONVERSION
