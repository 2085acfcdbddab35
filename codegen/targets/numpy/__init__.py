"""The NumPy target: how each operation is spelled, and the template of a kernel file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Spelling:
    """How an operation is written.

    `fresh` makes new memory; `into` writes over {out}, or is empty where the operation cannot. `imports`: the
    names used, from `module`.
    """

    fresh: str
    into: str = ""
    imports: tuple[str, ...] = ()
    module: str = "numpy"


def _infix(sign: str, ufunc: str) -> Spelling:
    return Spelling(f"{{0}} {sign} {{1}}", f"{ufunc}({{0}}, {{1}}, out={{out}})", (ufunc,))


def _ufunc(name: str, module: str = "numpy") -> Spelling:
    return Spelling(f"{name}({{0}})", f"{name}({{0}}, out={{out}})", (name,), module)


def _with_constant(name: str, constant: str) -> Spelling:
    return Spelling(f"{name}({{0}}, {constant})", f"{name}({{0}}, {constant}, out={{out}})", (name,))


SPELLINGS: dict[str, Spelling] = {
    # A.dot(B) takes a third of the time of A @ B on small matrices, and the same BLAS routine on large ones.
    "matmul": Spelling("{0}.dot({1})", "{0}.dot({1}, out={out})"),
    "add": _infix("+", "add"),
    "subtract": _infix("-", "subtract"),
    "multiply": _infix("*", "multiply"),
    "divide": _infix("/", "divide"),
    "negative": Spelling("-{0}", "negative({0}, out={out})", ("negative",)),
    "power": _infix("**", "power"),
    "transpose": Spelling("{0}.T"),
    "copy": Spelling("{0}.copy()"),
    "broadcast": Spelling("full(({rows}, {cols}), {0}, dtype={like}.dtype)", "", ("full",)),
    "ones": Spelling("ones(({rows}, {cols}), dtype={like}.dtype)", "", ("ones",)),
    "zeros": Spelling("zeros(({rows}, {cols}), dtype={like}.dtype)", "", ("zeros",)),
    "eye": Spelling("eye({rows}, dtype={like}.dtype)", "", ("eye",)),
    **{
        name: _ufunc(name)
        for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "expm1", "log", "log1p", "sqrt", "sign")
    },
    "asin": _ufunc("arcsin"),
    "acos": _ufunc("arccos"),
    "atan": _ufunc("arctan"),
    "abs": _ufunc("absolute"),
    "relu": _with_constant("maximum", "0.0"),
    "step": _with_constant("heaviside", "0.0"),
    "softplus": _with_constant("logaddexp", "0.0"),
    "leaky_relu": Spelling("maximum({0}, 0.01 * {0})", "maximum({0}, 0.01 * {0}, out={out})", ("maximum",)),
    "erf": _ufunc("erf", "scipy.special"),
}
