"""What the statements of one phase see: pointers, sizes, names of entries."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Set
from typing import Any

from codegen.blocks.kinds import COLUMNS, CUT
from codegen.blocks.phases import Blocks
from codegen.naming import Names, Notation, wish_for
from codegen.schedule import Instr
from codegen.targets.c.layout import Part
from codegen.targets.c.numbers import size_code
from codegen.targets.c.order import Step
from codegen.targets.c.stacks import Stack

Lines = list[str]
_ENDS_COMMENT = re.compile(r"(?<=\*)(?=/)|(?<=/)(?=\*)|(?<=\?)(?=\?)")


class File:
    """What all phases of one file have in common. `sizes`: the C names of symbolic sizes. `factored`: as P A = L U."""

    def __init__(
        self,
        blocks: Blocks,
        stack: Stack,
        names: Names,
        sizes: Mapping[Any, str],
        guarded: bool,
        factored: Set[str],
    ) -> None:
        self.blocks, self.stack, self.names, self.sizes, self.guarded = blocks, stack, names, sizes, guarded
        self.notation = Notation(blocks.schedule, names)
        self.factored = {*factored, *(instr.out for instr in blocks.schedule.instrs if instr.op == "factor_lu")}
        self.parts: defaultdict[str, list[str | None]] = defaultdict(lambda: [None, None])
        """For each factor, the names of what it gives."""
        self.comments: dict[str, str] = {}
        for instr in blocks.schedule.instrs:
            if instr.out.startswith("."):
                names.choose(instr.out, wish_for(instr, names))
            if instr.op == "part":
                self.parts[instr.names[0]][instr.attr("part")] = instr.out
            self.comments[instr.out] = commented(self.notation.formula(instr))

    def size(self, name: str) -> tuple[str, str]:
        """Rows and columns of the whole matrix."""
        rows, cols = (size_code(size, self.sizes) for size in self.blocks.schedule.shapes[name])
        return rows, cols

    def count(self, name: str) -> str:
        """How many entries there are."""
        rows, cols = self.size(name)
        return entries(rows, cols, name in self.factored)

    def used_by(self, step: Step) -> list[str]:
        """The names that a step makes and uses; with a factor, its parts."""
        names = [name for instr in step for name in (instr.out, *instr.names)]
        parts = [part for instr in step if instr.out in self.parts for part in self.parts[instr.out] if part]
        return list(dict.fromkeys((*names, *parts)))


class Scope:
    """One phase. In a loop, what is cut has `rows` rows, or columns, those from `first` on."""

    def __init__(self, file: File, part: Part, stored: set[str]) -> None:
        self.file, self.part, self.stored = file, part, stored
        self.shapes, self.sizes, self.guarded = file.blocks.schedule.shapes, file.sizes, file.guarded
        self.used: dict[str, None] = {}
        """The names whose pointers the statements use."""
        self.scratch = ""
        """How much memory the present statement needs for itself."""
        self.packed_in_work = ""
        """The statement that packed the right factor which stands there."""

    def is_cut(self, name: str) -> bool:
        return self.part.cut and self.file.blocks.kinds[name] in CUT

    def is_stacked(self, name: str) -> bool:
        """Whether there are several of a matrix, which are computed one after the other."""
        return name in self.file.stack.repeated

    def size(self, name: str, cut: str = "rows") -> tuple[str, str]:
        """Rows and columns; `cut` is what the length is called that was cut."""
        rows, cols = self.file.size(name)
        if not self.is_cut(name):
            return rows, cols
        return (rows, cut) if self.file.blocks.kinds[name] == COLUMNS else (cut, cols)

    def count(self, name: str, cut: str = "rows") -> str:
        return product(*self.size(name, cut))

    def pointer(self, name: str) -> str:
        self.used[name] = None
        return self.file.names[name]

    def packed(self, key: tuple[str, bool, bool]) -> tuple[str, str]:
        """Where a right factor stands packed, and whether as a narrow one."""
        number = self.part.hoisted.index(key)
        return f"at->packed[{number}]", f"at->narrow[{number}]"

    def is_stored(self, name: str) -> bool:
        return name in self.stored

    def entry_name(self, name: str) -> str:
        """The variable that holds an entry of a matrix."""
        key = f"entry of {name}"
        return self.file.names.chosen.get(key) or self.file.names.choose(key, f"{self.file.names[name]}_i")

    def comment(self, instr: Instr) -> str:
        return f"  /* {self.file.comments[instr.out]} */"

    def is_by_columns(self, name: str) -> bool:
        """Whether blocks of a matrix do not lie in one piece, as those of several rows cut across."""
        return self.is_cut(name) and self.file.blocks.kinds[name] == COLUMNS and self.shapes[name][0] != 1


def entries(rows: str, cols: str, factored: bool) -> str:
    """How many entries a matrix has; P A = L U has its exchanges, and whether A is regular, after the factors."""
    return f"{product(rows, cols)} + {rows} + 1" if factored else product(rows, cols)


def product(*factors: str) -> str:
    """n * m, without ones."""
    return " * ".join(factor for factor in factors if factor != "1") or "1"


def commented(text: str) -> str:
    """A text that neither ends a comment nor begins another one."""
    return _ENDS_COMMENT.sub(" ", text.replace("\\", "\\ ")) if text.endswith("\\") else _ENDS_COMMENT.sub(" ", text)
