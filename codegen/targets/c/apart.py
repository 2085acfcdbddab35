"""A function that computes the values, and then the results for each of a stack, by two other functions of its file.

Where the results of a stack cannot be computed in one loop: what they take is kept as whole matrices.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from sympy import S

from codegen.schedule import Schedule
from codegen.targets.c.emit import CEmission
from codegen.targets.c.halves import halves, with_names
from codegen.targets.c.interface import Interface
from codegen.targets.c.numbers import size_code
from codegen.targets.c.scope import product
from codegen.targets.c.stacks import Stack
from codegen.targets.templates import template


class Apart(Interface):
    """The strings of that function. `parts`: those that it calls; the values are left out where there are none."""

    def __init__(self, schedule: Schedule, stack: Stack, function: str) -> None:
        schedule = with_names(schedule, stack)
        super().__init__(schedule, function, stack)
        parts = halves(schedule, stack)
        self.state = tuple(name for name in parts.state if name not in self.outputs)
        self.factored = parts.factored
        sizes = [size for size in self.symbols if size != stack.number]
        self.values = CEmission(parts.values, f"{function}_values", sizes=sizes, own=True)
        self.along = CEmission(parts.along, f"{function}_along", sizes=sizes, factored=parts.factored, own=True)
        self.lengths_given = [self.sizes[size] for size in sizes]

    @property
    def parts(self) -> tuple[CEmission, ...]:
        return (self.values, self.along) if self.values.outputs else (self.along,)

    @cached_property
    def code(self) -> str:
        number = self.sizes[self.stack.number]
        results = dict(zip(self.outputs, self.results, strict=True))
        state = {name: f"state__{number}" for number, name in enumerate(self.state)}
        kept = {name: code for name, code in results.items() if name not in self.stack.names}
        once = kept | {name: self.names[name] for name in self.inputs} | state
        each = {name: f"{code} + {product('each', self.count(name))}" for name, code in once.items()
                if name in self.stack.names}  # fmt: skip
        made = {name: f"{code} + {product('each', self.count(name))}" for name, code in results.items()}
        return template("c", "apart.c.jinja").render(
            name=self.name,
            number=number,
            sizes=list(self.sizes.values()),
            lengths="".join(f"{size}, " for size in self.lengths_given),
            values=self.values.name if self.values.outputs else "",
            along=self.along.name,
            work=self._work(),
            state=[self.count(name, name in self.factored) for name in self.state],
            once=self._arguments(self.values, once, results | state),
            each=self._arguments(self.along, once | each, made),
            work_prototype=self.work_prototype(),
            prototype=self.prototype(),
        )

    def _arguments(self, called: CEmission, given: Mapping[str, str], made: Mapping[str, str]) -> str:
        arguments = [given[name] for name in called.inputs]
        functions = [self.names[f"{function} {order}"] for _, function, order in called.signature.functions]
        context = ["context"] if functions else []
        return "".join(
            f"{code}, " for code in (*arguments, *functions, *context, *map(made.__getitem__, called.outputs))
        )

    def _work(self) -> str:
        """About how long each takes, in entries of results; so many products of numbers take as long as one."""
        along = self.along.schedule
        made = [rows * cols for rows, cols in (along.shapes[instr.out] for instr in along.instrs)]
        return size_code(sum(made, S.One), self.sizes)
