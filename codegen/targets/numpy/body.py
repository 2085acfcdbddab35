"""The lines of a kernel: each instruction as NumPy spells it, and as mathematics beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sympy import Expr

from codegen.naming import Names, Notation, wish_for
from codegen.no_derivative import has_differentials, may_have_none
from codegen.operations import TOGETHER
from codegen.schedule import Arg, Instr, Literal, Schedule
from codegen.sizes import number_code, size_code
from codegen.targets.numpy import SPELLINGS, Spelling
from codegen.targets.numpy.carried import helpers_for
from codegen.targets.numpy.products import spelling_of_product

COMMENT_COLUMN = 52
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
ALL = slice(None)


@dataclass(frozen=True)
class Height:
    """Those names have blocks of `rows`, of which a block has `code` many; they may be computed in given memory."""

    names: frozenset[str] = frozenset()
    rows: Any = None
    code: str = ""
    in_given_memory: bool = False


class Body:
    """Code and comment of every instruction, and what they use.

    `sizes`: the names of symbolic sizes. `height`: of blocks. `besides`: other code, which may call helpers.
    """

    def __init__(
        self,
        schedule: Schedule,
        names: Names,
        sizes: Mapping[Any, str],
        height: Height | None = None,
        besides: str = "",
    ) -> None:
        self.schedule, self.names, self.sizes, self.height = schedule, names, sizes, height or Height()
        self.notation = Notation(schedule, names)
        self.templates: dict[str, Spelling] = {}
        """What the lines were made from."""
        self.placed: set[str] = set()
        """What is computed in memory that is given, by its own name."""
        self.part = {instr.out: instr for instr in schedule.instrs if instr.kind == "part"}
        self.lines = [self.line(instr) for instr in schedule.instrs]
        self.helpers = helpers_for("\n".join((*self.templates, besides)))

    def line(self, instr: Instr) -> tuple[str, str]:
        """Code and comment; both parts of a pair stand in one line, and have none of their own."""
        if instr.out in self.schedule.pairs:
            return self.pair(instr, self.schedule.pairs[instr.out])
        if instr.kind == "part" and instr.names[0] in self.schedule.pairs:
            return "", ""
        if instr.out.startswith("."):
            self.names.choose(instr.out, wish_for(instr, self.names))
        return f"{self.names[instr.out]} = {self.code(instr)}", self.notation.formula(instr)

    def pair(self, instr: Instr, parts: tuple[str, ...]) -> tuple[str, str]:
        """X2, cos_X1 = _sin_cos(X1)"""
        for part, op in zip(parts, TOGETHER[instr.op], strict=True):
            if part.startswith("."):
                self.names.choose(part, wish_for(replace(instr, op=op), self.names))
        code = self.code(instr)
        self.notation.wholes[instr.out] = instr
        formulas = [self.notation.formula(self.part[part]) for part in parts]
        return f"{', '.join(self.names[part] for part in parts)} = {code}", "; ".join(formulas)

    def code(self, instr: Instr) -> str:
        if instr.op == "call":
            keyword = self.names[f"{instr.attr('function')} {instr.attr('order')}"]
            return f'_applied("{keyword}", {keyword}, {self.operand(instr.args[0])})'
        spelling = self.spelling(instr)
        targets = self.targets(instr) if spelling.into else ()
        template = spelling.into if targets else spelling.fresh
        self.templates[template] = spelling
        args = [self.operand(arg) for arg in instr.args]
        if targets:
            return template.format(*args, out=", ".join(self.names[name] for name in targets))
        like = self.names[self.schedule.inputs[0]]
        return template.format(*args, args=", ".join(args), like=like, **self.fields(instr))

    def targets(self, instr: Instr) -> tuple[str, ...]:
        """The names of the memory that takes the result; none where that is new."""
        if instr.into is not None:
            return (instr.into,)
        if not self.height.in_given_memory or instr.out not in self.height.names:
            return ()
        own = self.schedule.pairs.get(instr.out, (instr.out,))
        self.placed.update(own)
        return own

    def spelling(self, instr: Instr) -> Spelling:
        if instr.op == "matmul" and instr.attrs:
            return spelling_of_product(instr, self.schedule.shapes[instr.names[1]])
        return SPELLINGS[instr.op]

    def fields(self, instr: Instr) -> dict[str, Any]:
        """The attributes of an instruction, and its rows and columns as code."""
        fields = {key: self.attribute(value) for key, value in instr.attrs}
        if instr.op == "slice":
            fields = dict(instr.attrs)
            return {"rows": self.places(fields, "row", instr), "cols": self.places(fields, "col", instr)}
        if "{rows}" in self.spelling(instr).fresh:
            fields["rows"], fields["cols"] = (self.length(s, instr.out) for s in self.schedule.shapes[instr.out])
        return fields

    def length(self, size: Any, name: str) -> str:
        """How many rows or columns something has."""
        in_block = name in self.height.names and size == self.height.rows
        return self.height.code if in_block else size_code(size, self.sizes)

    def attribute(self, value: Any) -> Any:
        """A size as code."""
        return size_code(value, self.sizes) if isinstance(value, Expr) else value

    def places(self, fields: dict[str, Any], axis: str, instr: Instr) -> str:
        """0:2, or : for all of them"""
        length = self.schedule.shapes[instr.names[0]][axis == "col"]
        first, end = fields[f"first_{axis}"], fields[f"end_{axis}"]
        start = "" if first == 0 else size_code(first, self.sizes)
        return f"{start}:{'' if end == length else size_code(end, self.sizes)}"

    def operand(self, arg: Arg) -> str:
        return number_code(arg.value, self.sizes) if isinstance(arg, Literal) else self.names[arg]

    def words(self, part: slice = ALL) -> set[str]:
        return words(code for code, _ in self.lines[part])

    def commented(self, part: slice = ALL) -> list[str]:
        """Code, and the mathematics of each line as a comment in one column."""
        lines = self.lines[part]
        width = min(COMMENT_COLUMN, max((len(code) for code, _ in lines), default=0))
        found = []
        for instr, (code, comment) in zip(self.schedule.instrs[part], lines, strict=True):
            if code:
                found.append(f"{code}{' ' * max(2, width + 2 - len(code))}# {comment}")
            frees = [self.names[name] for name in instr.frees if name not in self.schedule.pairs]
            if frees:
                found.append(f"del {', '.join(frees)}")
        return found

    def imports(self) -> dict[str, set[str]]:
        """By module, the names that the lines and the helpers use."""
        used: dict[str, set[str]] = {}
        for template, spelling in self.templates.items():
            written = {name for name in spelling.imports if re.search(rf"\b{name}[(,]", template)}
            used.setdefault(spelling.module, set()).update(written)
        for helper in self.helpers:
            for module, names in helper.imports.items():
                used.setdefault(module, set()).update(names)
        return {module: names for module, names in used.items() if names}


def words(texts: Iterable[str]) -> set[str]:
    """All names in some code."""
    return set(_NAME.findall("\n".join(texts)))


def guard(schedule: Schedule) -> tuple[str, str]:
    """What the kernel tells NumPy of floating-point exceptions, and why."""
    told, why = [], []
    if any(i.op == "exp" and dict(i.attrs).get("saturates") for i in schedule.instrs):
        told.append('over="ignore"')
        why.append("exp(-X) may overflow to infinity, and 1 / (1 + infinity) is the right 0")
    if may_have_none(schedule):
        told += ['divide="raise"', 'invalid="raise"']
        differential = has_differentials(schedule)
        why.append("there is no derivative where this divides by zero or has no value" if differential else _SINGULAR)
    return ", ".join(told), "; ".join(why)


_SINGULAR = "there is no solution where this divides by zero"
