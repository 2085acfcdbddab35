"""A phase as C: the statements of its steps, the memory for what they make, and the pointers to all that they use."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from codegen.targets.c.calls import call, turned
from codegen.targets.c.layout import Part
from codegen.targets.c.loops import Loop, indented
from codegen.targets.c.memory import Memory, last_uses
from codegen.targets.c.numbers import size_code
from codegen.targets.c.order import Step, is_entrywise
from codegen.targets.c.scope import File, Scope, product

EACH = "for (size_t each = from; each < to; each++) {"
_ROWS = re.compile(r"\brows\b")


class PhaseCode:
    """The function of one phase. `outside`: the names that others need of it, callers or phases."""

    def __init__(self, file: File, part: Part, outside: set[str]) -> None:
        self.file, self.part, self.outside = file, part, outside
        self.scope = Scope(file, part, self.stored())
        self.scratches: dict[str, None] = {}
        self.statements = self.lines_of(part.steps)
        self.repeated = self.lines_of(part.repeated)
        self.scratch = most(list(self.scratches))
        self.block = Memory()
        """What a thread needs for its blocks, entries for each row of them."""
        self.places: dict[str, int] = {}
        if part.blocked:
            self.place_in_blocks()

    @property
    def steps(self) -> tuple[Step, ...]:
        return (*self.part.steps, *self.part.repeated)

    def stored(self) -> set[str]:
        """What a loop makes for itself alone is not stored."""
        users: defaultdict[str, set[int]] = defaultdict(set)
        for number, step in enumerate(self.steps):
            for name in self.file.used_by(step):
                users[name].add(number)
        return {
            instr.out
            for step in self.steps
            for instr in step
            if instr.out in self.outside or len(users[instr.out]) > 1 or not is_entrywise(instr)
        } - self.file.parts.keys()

    def lines_of(self, steps: Iterable[Step]) -> list[str]:
        self.scope.packed_in_work = ""
        return [line for step in steps for line in self.step(step)]

    def step(self, step: Step) -> list[str]:
        if is_entrywise(step[0]):
            return Loop(step, self.scope).lines()
        self.scope.scratch = ""
        lines = turned(step, self.scope) if len(step) > 1 else call(step[0], self.scope)
        if self.scope.scratch:
            if step[0].op != "matmul":
                self.scope.packed_in_work = ""
            self.scratches[_ROWS.sub("step", self.scope.scratch)] = None
        if lines:
            lines[-1] += "".join(self.scope.comment(instr) for instr in step)
        return lines

    # Memory

    def is_whole(self, name: str) -> bool:
        """Whether there is all of a matrix, and not only a block of it."""
        return not self.part.blocked or name not in self.part.made or name in self.outside

    def is_copied(self, name: str) -> bool:
        """Whether blocks of a whole matrix are copied, because they do not lie in one piece."""
        return self.scope.is_by_columns(name) and self.is_whole(name)

    def place_in_blocks(self) -> None:
        steps = [[n for n in self.file.used_by(step) if self.needs_a_place(n)] for step in self.steps]
        for again in steps[len(self.part.steps) :]:
            steps[-1] += [name for name in again if not self.scope.is_stacked(name)]
        dying = last_uses(steps)
        kept = {name for name in self.part.made if self.is_copied(name)}
        for name in self.scope.used:
            if self.is_copied(name) and name not in kept:
                self.block.take(name, self.width_of(name))
        for number, names in enumerate(steps):
            for name in names:
                if name not in self.block.pieces:
                    self.block.take(name, self.width_of(name))
            for name in dying[number]:
                if name not in kept:
                    self.block.give_back(name)

    def width_of(self, name: str) -> str:
        """How many entries a block has for each row that is cut; of what is not, how many there are."""
        if not self.scope.is_cut(name):
            return self.file.count(name)
        return product(*(size for size in self.scope.size(name, "") if size))

    def needs_a_place(self, name: str) -> bool:
        """Whether a name is that of a block with memory of its own."""
        if name in self.file.parts or (name in self.part.made and not self.scope.is_stored(name)):
            return False
        return not self.is_whole(name) or self.is_copied(name)

    @cached_property
    def width(self) -> str:
        """How many entries a row of a block has, in all."""
        return " + ".join(map(str, self.block.counts)) or "1"

    @staticmethod
    def piece(count: str) -> str:
        """How many entries a piece of the memory has, from those of a row."""
        return product("step", f"({count})" if "+" in count else count)

    @property
    def room(self) -> str:
        """How many entries a thread needs, its sums apart."""
        rooms = [f"room_@({self.piece(count)})" for count in self.block.counts]
        return " + ".join([*rooms, *([f"room_@({self.scratch})"] if self.scratch else [])]) or "0"

    @property
    def sums_room(self) -> str:
        return " + ".join(f"room_@({self.scope.count(name)})" for name in self.part.sums) or "0"

    def sums_added(self, whole: Mapping[str, str]) -> Iterator[str]:
        """The sums of one thread, which stand first in its memory, added to all."""
        start = ""
        for name in self.part.sums:
            count = self.scope.count(name)
            yield f"accumulate_@({count}, room{start}, {whole[name]});"
            start += f" + room_@({count})"

    @property
    def widest(self) -> str:
        """How many entries the largest matrix has with which every row is multiplied."""
        return most([self.scope.count(name) for name, _, _ in self.part.hoisted]) or "0"

    @property
    def total(self) -> str:
        """How many rows are cut."""
        if not self.part.cut:
            return "1"
        rows, number = (size_code(size, self.file.sizes) for size in (self.file.blocks.rows, self.file.stack.number))
        return rows if self.file.stack.rows is None else product(number, rows)

    @property
    def work(self) -> str:
        """About how long a row takes, in entries of results; so many products of numbers take as long as one."""
        products = [product(*self.file.size(name)) for name, _, _ in self.part.hoisted]
        return " + ".join([self.width, *(f"{count} / 8" for count in products)])

    def factor(self, name: str, flipped: bool) -> tuple[str, str, str, str]:
        """Rows and columns of a right factor that is the same for all blocks, and how far apart these are."""
        rows, cols = self.file.size(name)
        return (cols, rows, "1", cols) if flipped else (rows, cols, cols, "1")

    def packed_room(self, name: str, flipped: bool) -> str:
        inner, cols, _, _ = self.factor(name, flipped)
        return f"room_@(packed_@({inner}, {cols}))"

    def packing(self, number: int, name: str, flipped: bool, left_flipped: bool, pointer: str) -> Iterator[str]:
        """A right factor, packed once for all blocks; the left one has rows in one piece where it is not transposed."""
        inner, cols, down, across = self.factor(name, flipped)
        yield f"at->narrow[{number}] = is_narrow_@({inner}, {cols}, {'2' if left_flipped else '1'});"
        yield f"at->packed[{number}] = take_@(&memory, packed_@({inner}, {cols}));"
        places = f"at->narrow[{number}], at->packed[{number}]"
        yield f"pack_shared_@(shares, {inner}, {cols}, {pointer}, {down}, {across}, {places});"

    # Text

    def declarations(self, scratch: str) -> Iterator[str]:
        """The memory of a block: of sums over blocks, of what is made in it, and of single statements.

        No name of a program has two underscores in a row.
        """
        for name in self.part.sums:
            yield f"@real *const {self.file.names[name]} = take_@(&memory, {self.scope.count(name)});"
        for number, count in enumerate(self.block.counts):
            yield f"@real *const room__{number} = take_@(&memory, {self.piece(count)});"
        if self.scratch:
            yield f"@real *const work = {scratch or f'take_@(&memory, {self.scratch})'};"

    def pointers(self, whole: Mapping[str, str], stacked: bool) -> Iterator[str]:
        """To what the statements use, in blocks; `stacked`: of each in a stack. `whole`: where whole matrices are."""
        for name in self.scope.used:
            if self.scope.is_stacked(name) != stacked or (name in self.part.sums and self.part.blocked):
                continue
            constant = "" if name in self.part.made else "const "
            if self.needs_a_place(name):
                yield f"@real *const {self.file.names[name]} = room__{self.block.pieces[name]};"
            else:
                start = f" + {product('first', self.width_of(name))}" if self.scope.is_cut(name) else ""
                yield f"{constant}@real *const {self.file.names[name]} = {self.begin(name, whole)}{start};"

    def begin(self, name: str, whole: Mapping[str, str]) -> str:
        """Where a whole matrix is; of a stack, this one."""
        each = f" + {product('each', self.file.count(name))}" if self.scope.is_stacked(name) else ""
        return whole[name] + each

    def transfers(self, whole: Mapping[str, str], stacked: bool, made: bool) -> Iterator[str]:
        """Blocks of columns, from the whole matrix before the statements, and to it after them."""
        for name in self.scope.used:
            if self.is_copied(name) and (name in self.part.made, self.scope.is_stacked(name)) == (made, stacked):
                (rows, cols), (_, all_cols) = self.scope.size(name), self.whole_size(name)
                block, there = self.file.names[name], f"{self.begin(name, whole)} + first"
                if made:
                    yield f"move_@({rows}, {cols}, {block}, {cols}, 1, {there}, {all_cols});"
                else:
                    yield f"move_@({rows}, {cols}, {there}, {all_cols}, 1, {block}, {cols});"

    def whole_size(self, name: str) -> tuple[str, str]:
        return self.file.size(name)

    def lines(self, whole: Mapping[str, str], scratch: str) -> list[str]:
        """The body of the function, but for the sizes that it uses."""
        failing = any("fails" in line for line in (*self.statements, *self.repeated))
        again = self.around(self.repeated, whole, stacked=True) if self.part.repeated else []
        return [
            *self.declarations(scratch),
            *(["@integer fails = 0;"] if failing else []),
            *self.around(self.statements, whole, stacked=False),
            *([EACH, *indented(again), "}"] if again else []),
            "return fails ? NO_DERIVATIVE : 0;" if failing else "return 0;",
        ]

    def around(self, statements: list[str], whole: Mapping[str, str], stacked: bool) -> list[str]:
        """Statements with the pointers that they use."""
        return [
            *self.pointers(whole, stacked),
            *self.transfers(whole, stacked, made=False),
            *statements,
            *self.transfers(whole, stacked, made=True),
        ]


def most(counts: list[str]) -> str:
    """The largest of several sizes, as code."""
    text = ""
    for count in dict.fromkeys(counts):
        text = f"most({text}, {count})" if text else count
    return text
