"""Schedule → a C file that stands alone, and its header.

The template decides layout; every string it receives is made here and beside here, from the schedule and from
expressions printed by this project: nothing of a user's own text reaches the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codegen.cost.header import flops_lines
from codegen.header import Header, Signature
from codegen.naming import Names, function_argument, identifier
from codegen.no_derivative import may_have_none
from codegen.schedule import Schedule
from codegen.sizes import derived_sizes, size_text
from codegen.targets.c.calls import has_call
from codegen.targets.c.carried import HELPERS, helpers_for
from codegen.targets.c.layout import Part, parts_of
from codegen.targets.c.memory import Memory, last_uses
from codegen.targets.c.order import is_entrywise
from codegen.targets.c.phases import PhaseCode
from codegen.targets.c.precision import F32, F64
from codegen.targets.c.reserved import RESERVED
from codegen.targets.c.scope import File, commented
from codegen.targets.templates import template
from codegen.version import VERSION
from symbolic.errors import NotSupported

FAILURES = {"NO_DERIVATIVE": (1, "FloatingPointError"), "SINGULAR": (2, "LinAlgError"), "EMPTY": (3, "ValueError")}
"""The codes of a kernel, and what they mean in Python."""
MAX_PARAMETERS = 90
_COMMENT = re.compile(r"/\*.*?\*/")
_RETURNED = re.compile(r"return \w+ \? (\w+)|return (\w+);")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class EmittedC:
    """The text of a C file and of its header, and how its functions are called.

    `sizes`: the first arguments, in order. `failures`: the codes that it may return, and what they mean in Python.
    """

    source: str
    header_source: str
    signature: Signature
    sizes: tuple[Any, ...]
    failures: Mapping[int, str]


def emit_c(schedule: Schedule, header: Header, function: str) -> EmittedC:
    """The files of a kernel named `function`, from a schedule as VALUES leave it.

    Raises NotSupported where an operation has no C.
    """
    return CEmission(schedule, identifier(function)).emitted(header)


def check_operations(schedule: Schedule) -> None:
    """Raises NotSupported for the operations that have no C."""
    missing = sorted({instr.op for instr in schedule.instrs if not (is_entrywise(instr) or has_call(instr.op))})
    if missing:
        raise NotSupported(f"the C target has no {', '.join(missing)}", hint="the NumPy target has all operations")


class CEmission:
    """The strings of one C file."""

    def __init__(self, schedule: Schedule, function: str) -> None:
        check_operations(schedule)
        self.blocks, parts = parts_of(schedule)
        self.schedule = schedule = self.blocks.schedule
        self.inputs, self.outputs = schedule.inputs, schedule.outputs
        calls = sorted({(i.attr("function"), i.attr("order")) for i in schedule.instrs if i.op == "call"})
        self.names = _named(schedule, function, calls)
        lengths = [size for name in self.inputs for size in schedule.shapes[name]]
        symbols = dict.fromkeys([s for s in lengths if s.is_Symbol] + [d.symbol for d in derived_sizes(lengths)])
        self.sizes = {size: self.names.choose(f"size {size}", str(size)) for size in symbols}
        self.file = File(self.blocks, self.names, self.sizes, may_have_none(schedule))
        self.signature = Signature(
            self.names["the function"],
            tuple(self.names[name] for name in self.inputs),
            tuple((self.names[f"{called} {order}"], called, order) for called, order in calls),
            self.outputs,
        )
        self.phases = [PhaseCode(self.file, part, self.outside(part, parts)) for part in parts]
        self.results = [
            self.names.choose(f"output {name}", f"{self.names[name]}_out") if name in self.inputs else self.names[name]
            for name in self.outputs
        ]
        self.whole = {name: f"at->{self.names[name]}" for name in (*self.inputs, *self.outputs)}
        self.memory = Memory()
        self.scratches: list[str] = []
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

    def emitted(self, header: Header) -> EmittedC:
        record = self.record(header)
        source = template("c", "kernel.c.jinja").render(**record)
        prototypes = template("c", "kernel.h.jinja").render(**record)
        returned = {word for match in _RETURNED.findall(source) for word in match if word}
        failures = {code: error for word, (code, error) in FAILURES.items() if word in returned}
        return EmittedC(source, prototypes, self.signature, tuple(self.sizes), failures)

    def record(self, header: Header) -> dict[str, Any]:
        """Everything the templates ask for: strings and flat records."""
        name = self.signature.function
        body = self.body()
        prototypes = [self.work_prototype(), self.prototype()]
        return {
            "version": VERSION,
            "digest": header.digest,
            "title": commented(header.title),
            "statement": [commented(line) for line in header.statement],
            "cost": [commented(line) for line in flops_lines(self.schedule)],
            "name": name,
            "macro": name.upper(),
            "guard": f"{name}_h".upper(),
            "shapes": self.shapes(),
            "bodies": [F64(body), F32(body)],
            "prototypes": [precision(prototype) for precision in (F64, F32) for prototype in prototypes],
        }

    def body(self) -> str:
        """What stands in the file once for each precision."""
        loops = [self.loop(number, phase) for number, phase in enumerate(self.phases)]
        called = "\n".join(str(loop) for loop in loops)
        arguments = [(name, name) for name in (*self.sizes.values(), *self.signature.arguments)]
        keywords = [keyword for keyword, _, _ in self.signature.functions]
        fields = [*arguments, *((keyword, keyword) for keyword in keywords), *((name, name) for name in self.results)]
        blocked = any(phase.part.blocked for phase in self.phases)
        return template("c", "body.c.jinja").render(
            name=self.signature.function,
            sizes=list(self.sizes.values()),
            inputs=list(self.signature.arguments),
            outputs=self.results,
            functions=keywords,
            rooms=self.memory.counts,
            packs=max((len(phase.part.hoisted) for phase in self.phases), default=0),
            phases=loops,
            blocked=blocked,
            copies=self.copies(),
            helpers=[helper.source for helper in helpers_for("\n".join([called, *self.copies(), *self.memory.counts]))],
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
        given = ("at", "first", "rows", "step", "memory") if phase.part.blocked else ("at",)
        sizes = self.sizes_line(words)
        words |= {"at"} if sizes else set()
        body = [*sizes, *(f"(void){name};" for name in given if name not in words), *body]
        loop: dict[str, Any] = {"number": number, "blocked": phase.part.blocked, "body": body, "packs": [], "sums": []}
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
            "total": phase.total,
            "width": phase.width,
            "work": phase.work,
            "widest": phase.widest,
            "room": phase.room,
            "sums_room": phase.sums_room,
            "packs": packs,
            "packs_room": " + ".join(rooms) or "0",
            "sums": list(phase.sums_added(self.whole)),
            "zeros": [f"fill_@({self.file.count(name)}, @(0.0), {self.whole[name]});" for name in phase.part.sums],
        }

    def copies(self) -> list[str]:
        """Outputs that are inputs."""
        return [
            f"move_@(1, {self.file.count(name)}, {self.names[name]}, 0, 1, {result}, 0);"
            for name, result in zip(self.outputs, self.results, strict=True)
            if name in self.inputs
        ]

    def shapes(self) -> list[str]:
        """X0: n x m"""
        shapes = self.schedule.shapes
        return [
            f"{self.names[name]}: {' x '.join(size_text(size, self.sizes) for size in shapes[name])}"
            for name in dict.fromkeys((*self.inputs, *self.outputs))
        ]

    def prototype(self) -> str:
        """The declaration of the kernel, without the semicolon."""
        name = f"{self.signature.function}_@"
        functions = [
            f"void (*{keyword})(void *context, size_t count, const @real *x, @real *y)"
            for keyword, _, _ in self.signature.functions
        ]
        parameters = [
            *(f"size_t {size}" for size in self.sizes.values()),
            *(f"const @real *{argument}" for argument in self.signature.arguments),
            *functions,
            *(["void *context"] if functions else []),
            *(f"@real *restrict {result}" for result in self.results),
            "@real *restrict work",
            "int threads",
        ]
        return f"int {name}({_wrapped(parameters)})"

    def work_prototype(self) -> str:
        parameters = [*(f"size_t {size}" for size in self.sizes.values()), "int threads"]
        return f"size_t {self.signature.function}_@_work({_wrapped(parameters)})"


def _wrapped(parameters: list[str]) -> str:
    """On lines of their own where one line would be long."""
    line = ", ".join(parameters)
    return line if len(line) <= MAX_PARAMETERS else "\n    " + ",\n    ".join(parameters)


def _named(schedule: Schedule, function: str, calls: list[tuple[str, int]]) -> Names:
    """Identifiers for the function, its arguments and what the program names."""
    own = {name.replace("_@", f"_{kind}") for name in HELPERS for kind in ("f32", "f64")}
    names = Names({*RESERVED, *own})
    names.choose("the function", function)
    for name in (*schedule.inputs, *schedule.outputs):
        if name not in names.chosen:
            names.choose(name, name)
    for called, order in calls:
        names.choose(f"{called} {order}", function_argument(called, order))
    for instr in schedule.instrs:
        if not instr.out.startswith(".") and instr.out not in names.chosen:
            names.choose(instr.out, instr.out)
    return names
