"""Schedule → a C file that stands alone, and its header.

The template decides layout; every string it receives is made here and beside here, from the schedule and from
expressions printed by this project: nothing of a user's own text reaches the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from dataclasses import replace
from functools import cached_property
from typing import Any

from codegen.blocks.phases import cut
from codegen.cost.header import flops_lines
from codegen.header import Header
from codegen.naming import identifier
from codegen.no_derivative import may_have_none
from codegen.schedule import Schedule, moving
from codegen.targets.c.calls import has_call
from codegen.targets.c.file import file_of
from codegen.targets.c.interface import EmittedC, Interface
from codegen.targets.c.layout import Part, blocks_of, parts_of
from codegen.targets.c.memory import Memory, last_uses
from codegen.targets.c.numbers import size_code
from codegen.targets.c.order import is_entrywise
from codegen.targets.c.phases import PhaseCode
from codegen.targets.c.scope import File, product
from codegen.targets.c.stacks import ALONE, Stack
from codegen.targets.templates import template
from symbolic.errors import NotSupported

_COMMENT = re.compile(r"/\*.*?\*/")
_WORD = re.compile(r"\w+")


def emit_c(schedule: Schedule, header: Header, function: str) -> EmittedC:
    """The files of a kernel named `function`, from a schedule as VALUES leave it.

    Raises NotSupported where an operation has no C.
    """
    emission = CEmission(schedule, identifier(function))
    file = file_of([emission], emission.name, header, flops_lines(schedule))
    return emission.emitted(file)


def check_operations(schedule: Schedule) -> None:
    """Raises NotSupported for the operations that have no C."""
    missing = sorted({instr.op for instr in schedule.instrs if not (is_entrywise(instr) or has_call(instr.op))})
    if missing:
        raise NotSupported(f"the C target has no {', '.join(missing)}", hint="the NumPy target has all operations")


class CEmission(Interface):
    """The strings of one C function."""

    def __init__(
        self,
        schedule: Schedule,
        function: str,
        stack: Stack = ALONE,
        sizes: Iterable[Any] | None = None,
        factored: Set[str] = frozenset(),
        own: bool = False,
    ) -> None:
        """`factored`: of the inputs, those that are as P A = L U. The rest as for the interface."""
        check_operations(schedule)
        self.blocks = blocks_of(schedule) if stack.rows is None else cut(schedule, stack.rows)
        names = frozenset(moving(self.blocks.schedule.instrs, stack.names))
        super().__init__(self.blocks.schedule, function, replace(stack, names=names), sizes, own)
        parts = parts_of(self.blocks, self.stack.repeated)
        guarded = may_have_none(self.schedule)
        self.file = File(self.blocks, self.stack, self.names, self.sizes, guarded, factored)
        self.phases = [PhaseCode(self.file, part, self.outside(part, parts)) for part in parts]
        self.whole = {name: f"at->{self.names[name]}" for name in (*self.inputs, *self.outputs)}
        self.memory = Memory()
        self.place_wholes()

    def outside(self, part: Part, parts: tuple[Part, ...]) -> set[str]:
        """What others than a phase need."""
        others = {name for other in parts if other is not part for name in other.needs}
        return others | {*self.outputs, *self.blocks.kept, *part.sums}

    def place_wholes(self) -> None:
        """Memory for what is computed once, kept from one loop to another, summed or packed."""
        events: list[tuple[PhaseCode, list[str]]] = []
        for phase in self.phases:
            if phase.part.blocked:
                made = [name for name in phase.part.made if phase.is_whole(name) and phase.scope.is_stored(name)]
                events.append((phase, [*made, *phase.part.needs]))
            else:
                events += [(phase, self.file.used_by(step)) for step in phase.part.steps]
        dying = last_uses(names for _, names in events)
        for number, (phase, names) in enumerate(events):
            for name in names:
                if name in phase.part.made and phase.scope.is_stored(name) and name not in self.whole:
                    self.memory.take(name, phase.file.count(name))
                    self.whole[name] = f"at->room[{self.memory.pieces[name]}]"
            for name in dying[number]:
                if name in self.memory.pieces:
                    self.memory.give_back(name)

    # Text

    @cached_property
    def code(self) -> str:
        """What stands in the file once for each precision."""
        loops = [self.loop(number, phase) for number, phase in enumerate(self.phases)]
        arguments = [(name, name) for name in (*self.sizes.values(), *self.signature.arguments)]
        keywords = self.keywords
        fields = [*arguments, *((keyword, keyword) for keyword in keywords), *((name, name) for name in self.results)]
        return template("c", "body.c.jinja").render(
            name=self.signature.function,
            own=self.own,
            sizes=list(self.sizes.values()),
            inputs=list(self.signature.arguments),
            outputs=self.results,
            functions=keywords,
            rooms=self.memory.counts,
            packs=max((len(phase.part.hoisted) for phase in self.phases), default=0),
            phases=loops,
            copies=self.copies(),
            fields=[*fields, *([("context", "context")] if keywords else [])],
            unused=[*self.sizes.values(), "threads"],
            work_prototype=self.work_prototype(),
            prototype=self.prototype(),
        )

    def loop(self, number: int, phase: PhaseCode) -> dict[str, Any]:
        """What the template asks of a phase."""
        scratch = ""
        if phase.scratch and not phase.part.blocked:
            self.memory.counts.append(phase.scratch)
            scratch = f"at->room[{len(self.memory.counts) - 1}]"
        body = phase.lines(self.whole, scratch)
        words = {word for line in body for word in _WORD.findall(_COMMENT.sub("", line))}
        given = ["at", *(["first", "rows", "step", "memory"] if phase.part.blocked else [])]
        given += ["from", "to"] if phase.part.repeated else []
        sizes = self.sizes_line(words)
        words |= {"at"} if sizes else set()
        body = [*sizes, *(f"(void){name};" for name in given if name not in words), *body]
        loop: dict[str, Any] = {
            "number": number,
            "blocked": phase.part.blocked,
            "stacked": bool(phase.part.repeated),
            "body": body,
        }
        if phase.part.blocked:
            driver = self.blocked(phase)
            loop |= driver
            loop["sizes"] = self.sizes_line({word for text in driver.values() for word in _WORD.findall(str(text))})
        return loop

    def sizes_line(self, used: set[str]) -> list[str]:
        """const size_t n = at->n, m = at->m;"""
        sizes = ", ".join(f"{name} = at->{name}" for name in self.sizes.values() if name in used)
        return [f"const size_t {sizes};"] if sizes else []

    def blocked(self, phase: PhaseCode) -> dict[str, Any]:
        packs: list[str] = []
        rooms: list[str] = []
        for number, (name, flipped, left_flipped) in enumerate(phase.part.hoisted):
            packs += phase.packing(number, name, flipped, left_flipped, self.whole[name])
            rooms.append(phase.packed_room(name, flipped))
        return {
            **self.sharing(phase),
            "room": phase.room,
            "packs": packs,
            "packs_room": " + ".join(rooms) or "0",
            "sums": list(phase.sums_added(self.whole)),
            "zeros": [f"fill_@({self.file.count(name)}, @(0.0), {self.whole[name]});" for name in phase.part.sums],
        }

    def sharing(self, phase: PhaseCode) -> dict[str, Any]:
        """How the rows of a loop, and what is in a stack, are shared out among threads.

        A stack is, where nothing has to be computed once for all of it. Where nothing is summed over blocks of rows,
        whoever is free takes the next one: sums are added in an order that is always the same.
        """
        number = size_code(self.stack.number, self.sizes)
        lots = bool(phase.part.repeated) and not phase.part.steps
        total, work, width, widest = "1", phase.work, phase.width, phase.widest
        lines = ["const size_t total = 1, step = 1;"]
        if phase.part.cut:
            total = "total"
            lines = [f"const size_t total = {phase.total}, step = step_@(total, {width}, {widest}, threads);"]
        if lots:
            whole = work if total == "1" else f"total * ({work})"
            lines.append(f"const size_t lot = lot_@({number}, {whole}, threads), lots = pieces({number}, lot);")
        if phase.part.cut:
            every = f"({work}) * {number}" if phase.part.repeated else work
            share = f"share_@(total, {every}, threads)"
            share = f"lots > 1 ? most(total, 1) : {share}" if lots else share
        else:
            share = "1"
        lines.append(f"const size_t share = {share}, sums = {phase.sums_room};")
        return {
            "sharing": lines,
            "lots": lots,
            "taken": phase.part.cut and not phase.part.sums and not lots,
            "stack": number if lots else "",
            "range": "from, to, " if lots else f"0, {number}, " if phase.part.repeated else "",
            "all": f"0, {number}, " if phase.part.repeated else "",
            "shares": "pieces(total, share)" + (" * lots" if lots else ""),
        }

    def copies(self) -> list[str]:
        """Outputs that are inputs."""
        return [
            f"move_@(1, {product(*self.front(name), self.file.count(name))}, {self.names[name]}, 0, 1, {result}, 0);"
            for name, result in zip(self.outputs, self.results, strict=True)
            if name in self.inputs
        ]

    def front(self, name: str) -> list[str]:
        """How many there are, of what is in a stack."""
        return [size_code(self.stack.number, self.sizes)] if name in self.stack.names else []
