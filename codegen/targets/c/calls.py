"""The statements of all instructions but loops: calls of the functions in `helpers/`."""

from __future__ import annotations

from collections.abc import Callable

from codegen.schedule import Instr
from codegen.targets.c.movements import MOVEMENTS
from codegen.targets.c.scope import Lines, Scope, product
from codegen.targets.c.systems import SYSTEMS


def call(instr: Instr, scope: Scope) -> Lines:
    """The lines of one instruction."""
    return _CALLS[instr.op](instr, scope)


def has_call(op: str) -> bool:
    return op in _CALLS


def turned(step: tuple[Instr, ...], scope: Scope) -> Lines:
    """sin and cos of one matrix."""
    sine, cosine = (scope.pointer(instr.out) for instr in step)
    operand = scope.pointer(step[0].names[0])
    return [f"sincos_@({scope.count(step[0].out)}, {operand}, {sine}, {cosine});", *_checked(step, scope)]


def _checked(step: tuple[Instr, ...], scope: Scope) -> Lines:
    """A function that has no value at infinity, where the kernel says so."""
    if not scope.guarded:
        return []
    x, count = scope.pointer(step[0].names[0]), scope.count(step[0].out)
    return [f"fails |= has_no_value_@({count}, {x}, {scope.pointer(instr.out)});" for instr in step]


def _entrywise(instr: Instr, scope: Scope) -> Lines:
    x, y = scope.pointer(instr.names[0]), scope.pointer(instr.out)
    return [f"{instr.op}_@({scope.count(instr.out)}, {x}, {y});", *_checked((instr,), scope)]


def _unknown(instr: Instr, scope: Scope) -> Lines:
    function = scope.file.names[f"{instr.attr('function')} {instr.attr('order')}"]
    x, y = scope.pointer(instr.names[0]), scope.pointer(instr.out)
    return [f"at->{function}(at->context, {scope.count(instr.out)}, {x}, {y});"]


# Products


def strides(name: str, flipped: bool, scope: Scope) -> tuple[str, str, str, str]:
    """Rows and columns of a factor, and how far apart these are."""
    rows, cols = scope.size(name)
    return (cols, rows, "1", cols) if flipped else (rows, cols, cols, "1")


def _matmul(instr: Instr, scope: Scope) -> Lines:
    (left, right), (left_flipped, right_flipped) = instr.names, instr.attr("flipped")
    rows, inner, down, across = strides(left, left_flipped, scope)
    _, cols, b_down, b_across = strides(right, right_flipped, scope)
    adds = int(instr.out in scope.part.sums)
    key = (right, right_flipped, left_flipped)
    if key in scope.part.hoisted:
        packed, narrow = scope.packed(key)
        scope.scratch, side = f"side_@({inner}, {cols})", "work"
        lines, scope.packed_in_work = [], ""
    else:
        packed, narrow = "work", f"is_narrow_@({inner}, {cols}, {across})"
        there = f"room_@(packed_@({inner}, {cols}))"
        scope.scratch, side = f"{there} + side_@({inner}, {cols})", f"work + {there}"
        b = scope.pointer(right)
        pack = f"pack_@({inner}, {cols}, {b}, {b_down}, {b_across}, {narrow}, work);"
        lines = [pack] if scope.packed_in_work != pack else []
        scope.packed_in_work = pack
    sizes = f"{rows}, {inner}, {cols}, {scope.pointer(left)}, {down}, {across}"
    function, told = _half(instr)
    return [*lines, f"{function}_@({sizes}, {packed}, {narrow}, {scope.pointer(instr.out)}, {adds}, {side}{told});"]


def _half(instr: Instr) -> tuple[str, str]:
    """The function for a product, and which half of it is needless, as `halve_products` tells."""
    told = dict(instr.attrs)
    if not told.keys() & {"side", "symmetric"}:
        return "product", ""
    sides = [0, 0]
    if "side" in told:
        sides[told["side"]] = -1 if told["lower"] else 1
    triangle = (-sum(sides) or -1) if "symmetric" in told else 0
    return "half_product", f", {sides[0]}, {sides[1]}, {triangle}"


def _factors(instr: Instr, scope: Scope) -> tuple[str, str, str]:
    (left, right), (left_flipped, right_flipped) = instr.names, instr.attr("flipped")
    rows, inner, down, across = strides(left, left_flipped, scope)
    _, _, b_down, b_across = strides(right, right_flipped, scope)
    a, b = scope.pointer(left), scope.pointer(right)
    return rows, inner, f"{a}, {down}, {across}, {b}, {b_down}, {b_across}"


def _trace_product(instr: Instr, scope: Scope) -> Lines:
    rows, inner, factors = _factors(instr, scope)
    return _scalar(instr, f"trace_product_@({rows}, {inner}, {factors})", scope)


def _diagonal_product(instr: Instr, scope: Scope) -> Lines:
    rows, inner, factors = _factors(instr, scope)
    return _summed(instr, lambda y: f"diagonal_product_@({rows}, {inner}, {factors}, {y});", scope)


# Sums


def _scalar(instr: Instr, value: str, scope: Scope) -> Lines:
    sign = "+=" if instr.out in scope.part.sums else "="
    return [f"{scope.pointer(instr.out)}[0] {sign} {value};"]


def _summed(instr: Instr, statement: Callable[[str], str], scope: Scope) -> Lines:
    """What a block contributes, added to a sum over blocks."""
    y = scope.pointer(instr.out)
    if instr.out not in scope.part.sums:
        return [statement(y)]
    scope.scratch = scope.count(instr.out)
    return [statement("work"), f"accumulate_@({scope.count(instr.out)}, work, {y});"]


def _sum(instr: Instr, scope: Scope) -> Lines:
    x = instr.names[0]
    return _scalar(instr, f"total_@({scope.count(x)}, {scope.pointer(x)})", scope)


def _sum_along(function: str) -> Callable[[Instr, Scope], Lines]:
    def lines(instr: Instr, scope: Scope) -> Lines:
        rows, cols = scope.size(instr.names[0])
        x = scope.pointer(instr.names[0])
        return _summed(instr, lambda y: f"{function}_@({rows}, {cols}, {x}, {y});", scope)

    return lines


def _trace(instr: Instr, scope: Scope) -> Lines:
    n, _ = scope.size(instr.names[0])
    y = scope.pointer(instr.out)
    return [
        f"{y}[0] = @(0.0);",
        f"for (size_t i = 0; i < {n}; i++)",
        f"    {y}[0] += {scope.pointer(instr.names[0])}[i * {n} + i];",
    ]


def _lines_of(instr: Instr, scope: Scope) -> str:
    """Lines along an axis, from the name of an operation: how many, how far apart, their entries, and how far these."""
    rows, cols = scope.size(instr.names[0])
    if instr.op.endswith("_1"):
        return f"{cols}, 1, {rows}, {cols}"
    return f"{rows}, {cols}, {cols}, 1" if instr.op.endswith("_2") else f"1, 0, {product(rows, cols)}, 1"


def _parts(function: str) -> Callable[[Instr, Scope], Lines]:
    """A function that gives two parts, or one of them where the instruction is that."""

    def lines(instr: Instr, scope: Scope) -> Lines:
        parts = scope.file.parts[instr.out] if instr.kind == "factor" else (instr.out, None)
        first, second = (scope.pointer(part) if part else "NULL" for part in parts)
        x = scope.pointer(instr.names[0])
        call = f"{function}_@({_lines_of(instr, scope)}, {x}, {first}, {second})"
        return [f"if ({call})", "    return EMPTY;"]

    return lines


def _average_largest(instr: Instr, scope: Scope) -> Lines:
    x, largest, b = map(scope.pointer, instr.names)
    return [f"average_largest_@({_lines_of(instr, scope)}, {x}, {largest}, {b}, {scope.pointer(instr.out)});"]


_AXES = ("", "_1", "_2")
_CALLS: dict[str, Callable[[Instr, Scope], Lines]] = {
    "sin": _entrywise,
    "cos": _entrywise,
    "call": _unknown,
    "matmul": _matmul,
    "trace_product": _trace_product,
    "diagonal_product": _diagonal_product,
    "sum": _sum,
    "sum_1": _sum_along("column_sums"),
    "sum_2": _sum_along("row_sums"),
    "tr": _trace,
    **{
        f"{name}{axis}": _parts(function)
        for axis in _AXES
        for name, function in (
            ("max", "largest"),
            ("largest", "largest"),
            ("logsumexp", "softmax"),
            ("softmax", "softmax"),
        )
    },
    **{f"average_largest{axis}": _average_largest for axis in _AXES},
    "part": lambda instr, scope: [],
    **SYSTEMS,
    **MOVEMENTS,
}
