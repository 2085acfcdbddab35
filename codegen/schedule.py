"""A schedule: instructions in order, each computing one matrix from earlier ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar, Union, dataclass_transform

from sympy import Expr

from codegen.operations import OPERATIONS, PAIRS
from symbolic.errors import PushforwardError
from symbolic.nodes import Shape
from symbolic.shapes import length


@dataclass(frozen=True, slots=True)
class Literal:
    """A number as an operand."""

    value: Expr


Arg = Union[str, Literal]
T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(described: type[T]) -> type[T]:
    """A dataclass frozen for the type checker alone: thousands are made, and guards cost more than all else of that."""
    return dataclass(slots=True, unsafe_hash=True)(described)


@record
class Instr:
    """`out = op(*args)`.

    `into` names a matrix no longer needed, whose memory takes the result; `frees`, the names let go of afterwards.
    """

    out: str
    op: str
    args: tuple[Arg, ...]
    attrs: tuple[tuple[str, Any], ...] = ()
    into: str | None = None
    frees: tuple[str, ...] = ()
    names: tuple[str, ...] = field(init=False, compare=False, repr=False)
    """The operands that are matrices."""
    kind: str = field(init=False, compare=False, repr=False)
    """Of the operation."""

    def __post_init__(self) -> None:
        self.names = tuple([arg for arg in self.args if type(arg) is str])  # type: ignore[misc]  # found here, once
        self.kind = OPERATIONS[self.op].kind  # type: ignore[misc]

    def attr(self, name: str) -> Any:
        return dict(self.attrs)[name]


@dataclass(frozen=True)
class Schedule:
    """`shapes`: of every name. `sizes`: a number for every symbolic size, by which passes choose. `requirements`:
    sizes that must not be negative. What depends on the `seeds` is run `directions` times, for once of the rest.
    `facts`: which of its matrices are symmetric, lower, upper, as far as lowering proved it; no pass takes from that.
    `optimize` verifies what its passes made.
    """

    name: str
    inputs: tuple[str, ...]
    instrs: tuple[Instr, ...]
    outputs: tuple[str, ...]
    shapes: Mapping[str, Shape] = field(hash=False)
    sizes: Mapping[str, int] = field(default_factory=dict, hash=False)
    requirements: tuple[Expr, ...] = ()
    seeds: tuple[str, ...] = ()
    directions: int = 1
    facts: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)

    def verify(self) -> None:
        """Each name defined once, before its use, and with a shape; memory reused only after its last use.

        Raises PushforwardError where that does not hold.
        """
        fixed = {"", *self.inputs}
        memory = {name: name for name in self.inputs}
        held: dict[str, set[str]] = {name: {name} for name in self.inputs}
        gone: set[str] = set()
        for instr in self.instrs:
            out, into = instr.out, instr.into
            for name in instr.names:
                if name not in memory or name in gone:
                    raise self._broken(f"{out} uses {name}, which is not there")
            if out in memory or out not in self.shapes:
                raise self._broken(f"{out} is defined twice or has no shape")
            if into is not None and (into in gone or memory.get(into, "") in fixed):
                raise self._broken(f"{out} would be written over {into}")
            source = into or (instr.names[0] if instr.kind == "view" else out)
            memory[out] = memory.get(source, out)
            if into is not None:
                gone |= held[memory[out]]
            held.setdefault(memory[out], set()).add(out)
            gone.update(instr.frees)
        for name in self.outputs:
            if name not in memory or name in gone:
                raise self._broken(f"the output {name} is not there")

    def _broken(self, what: str) -> PushforwardError:
        return PushforwardError(f"schedule {self.name}: {what}")

    def with_instrs(self, instrs: list[Instr], shapes: Mapping[str, Shape] | None = None) -> Schedule:
        return replace(self, instrs=tuple(instrs), shapes=self.shapes if shapes is None else shapes)

    def uses(self) -> Counter[str]:
        """How often each name is used; being returned is a use."""
        return Counter([*self.outputs, *(name for instr in self.instrs for name in instr.names)])

    @cached_property
    def operations(self) -> frozenset[str]:
        """What is done somewhere: a pass that looks for something else has nothing to do."""
        return frozenset([instr.op for instr in self.instrs])

    @cached_property
    def pairs(self) -> dict[str, tuple[str, ...]]:
        """Of each of PAIRS the parts, in their order."""
        if self.operations.isdisjoint(PAIRS):
            return {}
        whole = {instr.out for instr in self.instrs if instr.op in PAIRS}
        parts = [instr for instr in self.instrs if instr.kind == "part" and instr.names[0] in whole]
        found: dict[str, tuple[str, ...]] = {}
        for part in sorted(parts, key=lambda part: int(part.attr("part"))):
            found[part.names[0]] = (*found.get(part.names[0], ()), part.out)
        return found

    @cached_property
    def made(self) -> set[str]:
        """What is memory of its own: no view, no part; but of PAIRS the parts, and not the whole."""
        apart = {instr.out for instr in self.instrs if instr.kind not in ("view", "part")}
        return apart.difference(self.pairs).union(*self.pairs.values())

    def moving(self) -> set[str]:
        """The names that depend on the seeds, these included."""
        return moving(self.instrs, self.seeds)

    def size(self, dimension: Any) -> int:
        """A size as a number, by the sample sizes where it is symbolic."""
        return length(dimension, self.sizes)

    @cached_property
    def lengths(self) -> dict[str, tuple[int, int]]:
        """The rows and columns of every matrix as numbers, by the sample sizes."""
        found: dict[Any, int] = {}
        for shape in self.shapes.values():
            for size in shape:
                if size not in found:
                    found[size] = self.size(size)
        return {name: (found[rows], found[cols]) for name, (rows, cols) in self.shapes.items()}

    def entries(self, name: str) -> int:
        """How many entries a matrix has, by the sample sizes."""
        shape = self.shapes[name]
        found = self._entries.get(shape)
        if found is None:
            found = self._entries[shape] = self.size(shape[0]) * self.size(shape[1])
        return found

    @cached_property
    def _entries(self) -> dict[Shape, int]:
        return {}

    def fresh_names(self) -> Iterator[str]:
        """Names for intermediate results: .1, .2, …, which no program can contain."""
        number = max((int(name[1:]) for name in self.shapes if name.startswith(".")), default=0)
        while True:
            number += 1
            yield f".{number}"

    def __str__(self) -> str:
        def operand(arg: Arg) -> str:
            return str(arg.value) if isinstance(arg, Literal) else arg

        lines = []
        for instr in self.instrs:
            into = f"  into {instr.into}" if instr.into else ""
            attrs = "".join(f" {key}={value}" for key, value in instr.attrs)
            lines.append(f"{instr.out} = {instr.op} {', '.join(map(operand, instr.args))}{attrs}{into}")
        return "\n".join([f"{self.name}({', '.join(self.inputs)})", *lines, f"return {', '.join(self.outputs)}"])


def moving(instrs: Iterable[Instr], seeds: Iterable[str]) -> set[str]:
    """The names that depend on some, these included."""
    found = set(seeds)
    for instr in instrs:
        if not found.isdisjoint(instr.names):
            found.add(instr.out)
    return found
