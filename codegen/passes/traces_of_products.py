"""Only the diagonal of a product that is used for nothing else: tr(A B C) multiplies A B, and sums it times C'.

The factors inside a trace may be rotated, tr(A B C) = tr(B C A); the cheapest way is taken, by the sample sizes. The
trace of a sum with such a product in it is the sum of the traces.
"""

from __future__ import annotations

from codegen.operations import INVERSES
from codegen.passes.order_chains import chain_flops
from codegen.passes.rewriting import Rewriting
from codegen.schedule import Arg, Instr, Literal, Schedule
from symbolic.nodes import SCALAR, Shape

_PRODUCT_OF = {"tr": "trace_product", "diagonal": "diagonal_product"}
_TO_INVERT = {"inv_lu": 4 / 3, "inv_cho": 2 / 3, "inv_triangular": 1 / 3}
"""The flops, over n³, by which an inverse is got from a factor: a product with it would be a solve."""
_ROUNDING = 1.4
"""What an inverse counts for each of its flops, because a solve rounds less."""
Split = tuple[tuple[Arg, ...], tuple[Arg, ...]]


def traces_of_products(schedule: Schedule) -> Schedule:
    if schedule.operations.isdisjoint(_PRODUCT_OF):
        return schedule
    traces = _Traces(schedule)
    for instr in schedule.instrs:
        if instr.op in _PRODUCT_OF:
            traces.spread(instr.op, instr.names[0], instr.out)
        else:
            traces.new.keep(instr)
    gone = traces.gone
    return schedule.with_instrs([instr for instr in traces.new.kept if instr.out not in gone], traces.new.shapes)


class _Traces:
    """`inside`: what one instruction alone uses. `gone`: what is not computed any more, since only its trace is."""

    def __init__(self, schedule: Schedule) -> None:
        uses = schedule.uses()
        self.schedule, self.new = schedule, Rewriting(schedule)
        self.inside = {i.out: i for i in schedule.instrs if uses[i.out] == 1 and i.out not in schedule.outputs}
        self.inverses = _inverses(schedule)
        self.gone: set[str] = set()

    def spread(self, op: str, matrix: str, out: str | None = None) -> str:
        """The trace or diagonal of a matrix, taken inside sums, multiples and products."""
        inside = self.inside.get(matrix)
        split = inside and inside.op == "matmul" and self.best_split(op, inside.args)
        if inside and split:
            self.gone.add(matrix)
            return self.emit(_PRODUCT_OF[op], tuple(map(self.new.product, split)), op, out)
        if inside and self.is_worth_spreading(inside):
            self.gone.add(matrix)
            args = tuple(self.spread(op, str(arg)) if self.is_full(arg, inside) else arg for arg in inside.args)
            return self.emit(inside.op, args, op, out)
        return self.emit(op, (matrix,), op, out)

    def emit(self, op: str, args: tuple[Arg, ...], of: str, out: str | None) -> str:
        if out is None:
            return self.new.emit(op, args, self.shape(of, args))
        self.new.keep(Instr(out, op, args))
        return out

    def shape(self, of: str, args: tuple[Arg, ...]) -> Shape:
        return SCALAR if of == "tr" else (self.new.shapes[str(args[0])][0], SCALAR[1])

    def is_full(self, arg: Arg, instr: Instr) -> bool:
        return isinstance(arg, str) and self.new.shapes[arg] == self.new.shapes[instr.out]

    def is_worth_spreading(self, instr: Instr) -> bool:
        """A sum, or a multiple by a number or a scalar, with a product in it."""
        full = [arg for arg in instr.args if self.is_full(arg, instr)]
        rest = [arg for arg in instr.args if not self.is_full(arg, instr)]
        if instr.op in ("add", "subtract", "negative"):
            fits = not rest
        else:
            fits = instr.op == "multiply" and len(full) == 1 and len(rest) == 1 and self.is_number(rest[0])
        return fits and any(self.holds_product(str(arg)) for arg in full)

    def is_number(self, arg: Arg) -> bool:
        return isinstance(arg, Literal) or self.new.shapes[arg] == SCALAR

    def holds_product(self, name: str) -> bool:
        inside = self.inside.get(name)
        return inside is not None and (inside.op == "matmul" or self.is_worth_spreading(inside))

    def best_split(self, op: str, links: tuple[Arg, ...]) -> Split | None:
        """The two sides that cost least to multiply out; None where the whole product costs less."""
        rotations = range(len(links)) if op == "tr" else (0,)
        splits = [
            (rotated[:k], rotated[k:])
            for start in rotations
            for rotated in [(*links[start:], *links[:start])]
            for k in ((len(links) - 1,) if op == "tr" else range(1, len(links)))
        ]
        best = min(splits, key=self.cost)
        return best if self.cost(best) <= chain_flops(links, self.schedule) else None

    def cost(self, split: Split) -> float:
        """Flops to have both sides and to sum; an inverse that stands alone has to be computed."""
        (rows, _), (_, cols) = (self.schedule.shapes[str(split[0][end])] for end in (0, -1))
        summed = 2 * self.schedule.size(rows) * self.schedule.size(cols)
        sides = (self.inverses.get(s[0], 0.0) if len(s) == 1 else chain_flops(s, self.schedule) for s in split)
        return summed + sum(sides)


def _inverses(schedule: Schedule) -> dict[Arg, float]:
    """What each inverse, or the transpose of one, costs in full; nothing where it is computed anyway."""
    found: dict[Arg, float] = {}
    in_full = set(schedule.outputs)
    for instr in schedule.instrs:
        if instr.op in INVERSES:
            found[instr.out] = _ROUNDING * _TO_INVERT[instr.op] * schedule.size(schedule.shapes[instr.out][0]) ** 3
        elif instr.op == "transpose" and instr.names[0] in found:
            found[instr.out] = found[instr.names[0]]
        elif instr.op not in ("matmul", *_PRODUCT_OF):
            in_full.update(instr.names)
    return {name: 0.0 if name in in_full else cost for name, cost in found.items()}
