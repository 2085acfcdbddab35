"""A⁻¹ B is a solve, which costs less than the inverse and rounds less; B A⁻¹ is (A'⁻¹ B')'.

An inverse that is needed in full, because it is returned or stands in something else than a product, stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from codegen.operations import INVERSES
from codegen.passes.rewriting import Rewriting
from codegen.schedule import Arg, Instr, Schedule


def solve_with_inverses(schedule: Schedule) -> Schedule:
    if schedule.operations.isdisjoint(INVERSES):
        return schedule
    solved = _only_in_products(schedule)
    if not solved:
        return schedule
    new = Rewriting(schedule)
    for instr in schedule.instrs:
        if _is_product(instr) and instr.names[0] in solved:
            instr = solved[instr.names[0]].solve(instr.out, instr.names[1])
        elif _is_product(instr) and instr.names[1] in solved:
            instr = _from_the_right(instr, solved[instr.names[1]], new)
        if instr.out not in solved:
            new.keep(instr)
    return new.done()


@dataclass(frozen=True)
class _Inverse:
    """An inverse, or the transpose of one."""

    instr: Instr
    flipped: bool = False

    def transposed(self) -> _Inverse:
        return _Inverse(self.instr, not self.flipped)

    def solve(self, out: str, right: Arg) -> Instr:
        """The system in the place of a product with the inverse; a symmetric matrix is its own transpose."""
        trans = () if self.instr.op == "inv_cho" else (("trans", int(self.flipped)),)
        attrs = tuple(sorted((*self.instr.attrs, *trans)))
        return Instr(out, INVERSES[self.instr.op], (self.instr.args[0], right), attrs)


def _only_in_products(schedule: Schedule) -> dict[str, _Inverse]:
    """The inverses and transposes of them that nothing but products uses; of two in one product, the left one."""
    inverses: dict[str, _Inverse] = {}
    for instr in schedule.instrs:
        if instr.op in INVERSES:
            inverses[instr.out] = _Inverse(instr)
        elif instr.op == "transpose" and instr.names[0] in inverses:
            inverses[instr.out] = inverses[instr.names[0]].transposed()
    needed = set(schedule.outputs)
    for instr in reversed(schedule.instrs):
        if instr.op == "transpose" and instr.names[0] in inverses and instr.out not in needed:
            continue
        needed.update(_used_in_full(instr, inverses))
    return {name: inverse for name, inverse in inverses.items() if name not in needed}


def _used_in_full(instr: Instr, inverses: dict[str, _Inverse]) -> Iterable[str]:
    if not _is_product(instr):
        return instr.names
    return instr.names[1:] if all(name in inverses for name in instr.names) else ()


def _is_product(instr: Instr) -> bool:
    return instr.op == "matmul" and len(instr.names) == 2


def _from_the_right(product: Instr, inverse: _Inverse, new: Rewriting) -> Instr:
    """B A⁻¹ = (A' \\ B')'"""
    right = new.transposed(product.names[0])
    solve = inverse.transposed().solve("", right)
    solution = new.emit(solve.op, solve.args, new.shapes[right], **dict(solve.attrs))
    return Instr(product.out, "transpose", (solution,))
