"""What moves or fills entries as statements: calls of the functions in `helpers/movements.c`."""

from __future__ import annotations

from collections.abc import Callable

from codegen.schedule import Instr
from codegen.targets.c.numbers import size_code
from codegen.targets.c.scope import Lines, Scope, product


def _move(instr: Instr, scope: Scope, start: str, down: str, across: str) -> Lines:
    rows, cols = scope.size(instr.out)
    x, y = scope.pointer(instr.names[0]), scope.pointer(instr.out)
    begin = f"{x} + {start}" if start != "0" else x
    return [f"move_@({rows}, {cols}, {begin}, {down}, {across}, {y}, {cols});"]


def _copy(instr: Instr, scope: Scope) -> Lines:
    return _move(instr, scope, "0", scope.size(instr.names[0])[1], "1")


def _transpose(instr: Instr, scope: Scope) -> Lines:
    return _move(instr, scope, "0", "1", scope.size(instr.names[0])[1])


def _broadcast(instr: Instr, scope: Scope) -> Lines:
    rows, cols = scope.shapes[instr.names[0]]
    across = "1" if cols != 1 or scope.shapes[instr.out][1] == 1 else "0"
    return _move(instr, scope, "0", scope.size(instr.names[0])[1] if rows != 1 else "0", across)


def _slice(instr: Instr, scope: Scope) -> Lines:
    first_row, first_col = (size_code(instr.attr(f"first_{axis}"), scope.sizes) for axis in ("row", "col"))
    _, cols = scope.size(instr.names[0])
    start = product(first_row, cols) if first_row != "0" else "0"
    start = first_col if start == "0" else start if first_col == "0" else f"{start} + {first_col}"
    return _move(instr, scope, start, cols, "1")


def _diagonal(instr: Instr, scope: Scope) -> Lines:
    _, cols = scope.size(instr.names[0])
    return _move(instr, scope, "0", f"{cols} + 1", "1")


def _diag(instr: Instr, scope: Scope) -> Lines:
    x, y = scope.pointer(instr.names[0]), scope.pointer(instr.out)
    return [f"diagonal_matrix_@({scope.size(instr.out)[0]}, {x}, {y});"]


def _identity(instr: Instr, scope: Scope) -> Lines:
    return [f"identity_@({scope.size(instr.out)[0]}, {scope.pointer(instr.out)});"]


def _fill(value: str) -> Callable[[Instr, Scope], Lines]:
    return lambda instr, scope: [f"fill_@({scope.count(instr.out)}, @({value}), {scope.pointer(instr.out)});"]


def _band(instr: Instr, scope: Scope) -> Lines:
    rows, cols = scope.size(instr.names[0])
    k = int(instr.attr("k"))
    low, high = (f"-(ptrdiff_t)({rows})", str(k)) if instr.op == "tril" else (str(k), f"(ptrdiff_t)({cols})")
    return [f"band_@({rows}, {cols}, {scope.pointer(instr.names[0])}, {low}, {high}, {scope.pointer(instr.out)});"]


def _reshape(instr: Instr, scope: Scope) -> Lines:
    (rows, cols), (new_rows, new_cols) = scope.size(instr.names[0]), scope.size(instr.out)
    x, y = scope.pointer(instr.names[0]), scope.pointer(instr.out)
    return [f"reshape_@({rows}, {cols}, {x}, {new_rows}, {new_cols}, {y});"]


def _rearrange(instr: Instr, scope: Scope) -> Lines:
    sizes = ", ".join(size_code(instr.attr(key), scope.sizes) for key in "nmpq")
    return [f"rearrange_@({sizes}, {scope.pointer(instr.names[0])}, {scope.pointer(instr.out)});"]


def _kron(instr: Instr, scope: Scope) -> Lines:
    (n, m), (p, q) = map(scope.size, instr.names)
    a, b = map(scope.pointer, instr.names)
    return [f"kron_@({n}, {m}, {a}, {p}, {q}, {b}, {scope.pointer(instr.out)});"]


def _beside(instr: Instr, scope: Scope) -> Lines:
    """Matrices beside each other, or one below the other."""
    y, (_, width) = scope.pointer(instr.out), scope.size(instr.out)
    lines, start = [], ""
    for name in instr.names:
        rows, cols = scope.size(name)
        lines.append(f"move_@({rows}, {cols}, {scope.pointer(name)}, {cols}, 1, {y}{start}, {width});")
        start += f" + {cols if instr.op == 'hstack' else product(rows, cols)}"
    return lines


MOVEMENTS: dict[str, Callable[[Instr, Scope], Lines]] = {
    "copy": _copy,
    "transpose": _transpose,
    "broadcast": _broadcast,
    "slice": _slice,
    "diagonal": _diagonal,
    "diag": _diag,
    "eye": _identity,
    "ones": _fill("1.0"),
    "zeros": _fill("0.0"),
    "tril": _band,
    "triu": _band,
    "reshape": _reshape,
    "rearrange": _rearrange,
    "kron": _kron,
    "hstack": _beside,
    "vstack": _beside,
}
