"""What to write instead of what is not read."""

from __future__ import annotations

import sys

from pushforward.tracing.places import called_name

_OURS = "expm logm sqrtm sinm cosm solve_sylvester solve_continuous_lyapunov logsumexp softmax log_softmax".split()
_NUMPYS = "solve inv det cholesky pinv svd svdvals eigh eigvalsh qr norm".split()
_MASK = "np.maximum, np.minimum, np.clip, np.abs, np.sign and np.heaviside(X, 0) choose for each entry"
_NOT_SMOOTH = "it has no derivative that is of use: give what it computes as an input"
_JOIN = "write np.stack, np.block or np.concatenate, or give like=X, an array of the function"
_EIGEN = "np.linalg.eigh and eigvalsh are those of a symmetric matrix"

_HINTS = {
    **dict.fromkeys(("array", "asarray", "asanyarray", "ascontiguousarray", "matrix"), f"leave it out; of parts, {_JOIN}"),
    **dict.fromkeys(("r_", "c_"), _JOIN),
    **dict.fromkeys(("where", "select", "choose", "piecewise", "greater", "less", "greater_equal", "less_equal"), _MASK),
    **dict.fromkeys(("equal", "not_equal", "isnan", "isfinite", "isinf", "nonzero", "any", "all"), _MASK),
    **dict.fromkeys(("argmax", "argmin", "argsort", "sort", "unique", "round", "floor", "ceil", "rint"), _NOT_SMOOTH),
    **dict.fromkeys(("eig", "eigvals"), _EIGEN),
    "item": "leave item() out",
    "tolist": "leave tolist() out",
    "prod": "for positive entries write np.exp(np.sum(np.log(X)))",
    "cumsum": "write np.tril(np.ones((n, n), like=X)) @ X",
    "repeat": "np.tile, np.broadcast_to and np.kron repeat entries",
    "lstsq": "write np.linalg.pinv(A) @ b",
    "hypot": "write np.sqrt(X**2 + Y**2)",
    "flip": "np.block and np.concatenate put parts in another order",
    "median": _NOT_SMOOTH,
    "solve_triangular": "write np.linalg.solve(np.tril(L), B)",
    "block_diag": "write np.block, with np.zeros((n, m), like=X) for the blocks that are zero",
    **{name: f"np.linalg.{name} is read" for name in _NUMPYS},
    **{name: f"pushforward.tracing.{name} takes NumPy's arrays and those of a traced function" for name in _OURS},
}  # fmt: skip
_CONVERSION = (
    "NumPy's own functions are read; pushforward.tracing has " + ", ".join(_OURS) + " for both kinds of arrays"
)


def hint_for(name: str) -> str:
    """What to write instead of a function or method of that name, or ""."""
    return _HINTS.get(name, "")


def conversion_hint() -> tuple[str, str]:
    """Who asks for the entries of an array, and what to write instead."""
    name = called_name(sys._getframe(2))
    return f"{name}()" if name else "what is called", hint_for(name) or _CONVERSION
