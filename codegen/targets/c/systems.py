"""Systems, inverses and determinants as statements: calls of the functions in `helpers/systems.c`."""

from __future__ import annotations

from collections.abc import Callable

from codegen.operations import WAYS
from codegen.schedule import Instr
from codegen.targets.c.scope import Lines, Scope


def _or_singular(call: str) -> Lines:
    return [f"if ({call})", "    return SINGULAR;"]


def _factored(instr: Instr, scope: Scope) -> Lines:
    n, _ = scope.size(instr.names[0])
    call = f"{instr.op}_@({n}, {scope.pointer(instr.names[0])}, {scope.pointer(instr.out)})"
    return _or_singular(call) if instr.op == "chol" else [f"{call};"]


def _chol_pushforward(instr: Instr, scope: Scope) -> Lines:
    n, _ = scope.size(instr.out)
    lower, right = map(scope.pointer, instr.names)
    return [f"chol_pushforward_@({n}, {lower}, {right}, {scope.pointer(instr.out)});"]


def _solve(instr: Instr, scope: Scope) -> Lines:
    n, cols = scope.size(instr.out)
    factor, b = map(scope.pointer, instr.names)
    flags = "".join(f"{int(dict(instr.attrs)[key])}, " for key in ("lower", "trans") if key in dict(instr.attrs))
    call = f"{instr.op}_@({n}, {cols}, {factor}, {flags}{b}, {scope.pointer(instr.out)})"
    return [f"{call};"] if instr.op == "solve_cho" else _or_singular(call)


def _inverse(instr: Instr, scope: Scope) -> Lines:
    n, _ = scope.size(instr.out)
    flags = "".join(f"{int(value)}, " for _, value in instr.attrs)
    call = f"{instr.op}_@({n}, {scope.pointer(instr.names[0])}, {flags}{scope.pointer(instr.out)})"
    return [f"{call};"] if instr.op == "inv_cho" else _or_singular(call)


def _determinant(instr: Instr, scope: Scope) -> Lines:
    (n, _), factor, y = scope.size(instr.names[0]), scope.pointer(instr.names[0]), scope.pointer(instr.out)
    if instr.op in ("logdet_lu", "logdet_triangular"):
        return _or_singular(f"{instr.op}_@({n}, {factor}, {y})")
    values = {
        "logdet_cho": f"@(2.0) * sum_of_logs_@({n}, {factor}, {n} + 1)",
        "det_lu": f"det_lu_@({n}, {factor})",
    }
    lines = [f"{y}[0] = {values.get(instr.op, f'product_of_@({n}, {factor}, {n} + 1)')};"]
    return [*lines, f"{y}[0] *= {y}[0];"] if instr.op == "det_cho" else lines


SYSTEMS: dict[str, Callable[[Instr, Scope], Lines]] = {
    **dict.fromkeys(("factor_lu", "chol"), _factored),
    "chol_pushforward": _chol_pushforward,
    **{f"solve_{way}": _solve for way in WAYS},
    **{f"inv_{way}": _inverse for way in WAYS},
    **{f"{name}_{way}": _determinant for name in ("det", "logdet") for way in WAYS},
}
