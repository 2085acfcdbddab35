"""The NumPy target: how each operation is spelled, and the template of a kernel file."""

from __future__ import annotations

from dataclasses import dataclass

from codegen.operations import FACTORISATIONS, WAYS


@dataclass(frozen=True)
class Spelling:
    """How an operation is written.

    `fresh` makes new memory; `into` writes over {out}, or is empty where the operation cannot. {0}, {1} are its
    operands, {args} all of them, {rows} and {cols} the shape, {like} an argument of its type; other fields are its
    attributes. `imports`: the names used, from `module`; a name with an underscore in front is a function of
    `helpers/`, which the kernel carries with it.
    """

    fresh: str
    into: str = ""
    imports: tuple[str, ...] = ()
    module: str = "numpy"


def _infix(sign: str, ufunc: str) -> Spelling:
    return Spelling(f"{{0}} {sign} {{1}}", f"{ufunc}({{0}}, {{1}}, out={{out}})", (ufunc,))


def _ufunc(name: str, module: str = "numpy") -> Spelling:
    return Spelling(f"{name}({{0}})", f"{name}({{0}}, out={{out}})", (name,), module)


def _scipy(call: str, name: str) -> Spelling:
    return Spelling(call, "", (name,), "scipy.linalg")


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
    "larger": Spelling("maximum({0}, {1})", "maximum({0}, {1}, out={out})", ("maximum",)),
    "smaller": Spelling("minimum({0}, {1})", "minimum({0}, {1}, out={out})", ("minimum",)),
    "choose": Spelling("where({0} > 0.0, {1}, {2})", "", ("where",)),
    "transpose": Spelling("{0}.T"),
    "copy": Spelling("{0}.copy()"),
    "broadcast": Spelling("full(({rows}, {cols}), {0}, dtype={like}.dtype)", "", ("full",)),
    "ones": Spelling("ones(({rows}, {cols}), dtype={like}.dtype)", "", ("ones",)),
    "zeros": Spelling("zeros(({rows}, {cols}), dtype={like}.dtype)", "", ("zeros",)),
    "eye": Spelling("eye({rows}, dtype={like}.dtype)", "", ("eye",)),
    **{
        name: _ufunc(name)
        for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "expm1", "log", "log1p", "sqrt")
    },
    "asin": _ufunc("arcsin"),
    "acos": _ufunc("arccos"),
    "atan": _ufunc("arctan"),
    "abs": _ufunc("absolute"),
    **{name: Spelling(f"_{name}({{0}})", f"_{name}({{0}}, {{out}})") for name in ("relu", "step", "sign")},
    "softplus": _with_constant("logaddexp", "0.0"),
    "leaky_relu": Spelling("maximum({0}, 0.01 * {0})", "maximum({0}, 0.01 * {0}, out={out})", ("maximum",)),
    "erf": _ufunc("erf", "scipy.special"),
    "slice": Spelling("{0}[{rows}, {cols}]"),
    "reshape": Spelling('{0}.reshape(({rows}, {cols}), order="F")'),
    "rearrange": Spelling("{0}.reshape({n}, {p}, {m}, {q}).swapaxes(1, 2).reshape({rows}, {cols})"),
    "diagonal": Spelling("{0}.diagonal().reshape(-1, 1)"),
    "diag": Spelling("diagflat({0})", "", ("diagflat",)),
    "tril": Spelling("tril({0}, {k})", "", ("tril",)),
    "triu": Spelling("triu({0}, {k})", "", ("triu",)),
    "kron": Spelling("kron({0}, {1})", "", ("kron",)),
    "hstack": Spelling("concatenate(({args}), axis=1)", "", ("concatenate",)),
    "vstack": Spelling("concatenate(({args}), axis=0)", "", ("concatenate",)),
    "tr": Spelling("{0}.trace().reshape(1, 1)"),
    "trace_product": Spelling("_trace_of_product({0}, {1})"),
    "diagonal_product": Spelling('einsum("ij,ji->i", {0}, {1}).reshape(-1, 1)', "", ("einsum",)),
    **{
        f"{name}{suffix}": Spelling(form.replace("{axis}", str(axis)))
        for suffix, axis in (("", None), ("_1", 0), ("_2", 1))
        for name, form in (
            ("sum", "_sum({0}, {axis})"),
            ("max", "_max({0}, {axis})"),
            ("largest", "_largest({0}, {axis})"),
            ("average_largest", "_average_largest({0}, {1}, {2}, {axis})"),
            ("logsumexp", "_logsumexp({0}, {axis})"),
            ("softmax", "_softmax({0}, {axis})"),
        )
    },
    **{name: Spelling(f"{{0}}.{name}(keepdims=True)") for name in ("sum", "max")},
    "factor_lu": Spelling("_factor_lu({0})"),
    "solve_lu": Spelling("_solve_lu({0}, {1}, {trans})"),
    "solve_cho": Spelling("_solve_cho({0}, {1})"),
    "solve_triangular": Spelling("_solve_triangular({0}, {1}, {lower:d}, {trans})"),
    "inv_lu": Spelling("_inv_lu({0})"),
    "inv_cho": Spelling("_inv_cho({0})"),
    "inv_triangular": Spelling("_inv_triangular({0}, {lower:d})"),
    **{f"{name}_{way}": Spelling(f"_{name}_{way}({{0}})") for name in ("det", "logdet") for way in WAYS},
    "sin_cos": Spelling("_sin_cos({0})", "_sin_cos({0}, {out})"),
    "chol_pushforward": Spelling("_chol_pushforward({0}, {1})"),
    "chol_pullback": Spelling("_chol_pullback({0}, {1})"),
    "lu_pushforward": Spelling("_lu_pushforward({0}, {1}, {2})"),
    "lu_pullback": Spelling("_lu_pullback({0}, {1}, {2}, {3})"),
    "schur": Spelling("_schur({0})"),
    "solve_sylvester": Spelling("_solve_sylvester({0}, {1}, {2}, {trans_a}, {trans_b})"),
    **{name: Spelling(f"_{name}({{0}})") for name in ("chol", "pinv", "eigvalsh", "svdvals")},
    **{
        name: Spelling(f"_{name}_pair({{0}}, zeros_like({{0}}))[0]", "", ("zeros_like",))
        for name in ("expm", "sinm", "cosm")
    },
    **{f"{name}_frechet": Spelling(f"_{name}_pair({{0}}, {{1}})[1]") for name in ("expm", "sinm", "cosm")},
    **{f"{name}_pair": Spelling(f"_{name}_pair({{0}}, {{1}})") for name in ("expm", "sinm", "cosm")},
    "spectrum": Spelling("_spectrum({0})"),
    "mapped_spectrum": Spelling('_mapped_spectrum({0}, "{function}")'),
    "of_spectrum": Spelling('_of_spectrum({0}, "{function}")'),
    "frechet_of_spectrum": Spelling('_frechet_of_spectrum({0}, {1}, "{function}")'),
    "sylvester_of_spectra": Spelling("_sylvester_of_spectra({0}, {1}, {2})"),
    **{name: _scipy(f'_of_matrix("{name}", {name}, {{0}})', name) for name in ("logm", "sqrtm")},
    "frechet2_of_spectrum": Spelling('_frechet2_of_spectrum({0}, {1}, {2}, "{function}")'),
    "logm_frechet": Spelling("_logm_frechet({0}, {1})"),
    **{
        f"{name}_frechet2": Spelling(f"_{name}_frechet2({{0}}, {{1}}, {{2}})")
        for name in ("expm", "logm", "sinm", "cosm")
    },
    **{name: Spelling(f"_{name}({{0}})") for name in FACTORISATIONS if not name.startswith("largest")},
    "part": Spelling("{0}[{part}]"),
}
