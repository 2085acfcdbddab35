"""The strings of a kernel whose rows come in blocks: statements that run once, and functions of a block of rows.

Few rows are one block, for which the functions are called as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sympy import Add, Mul, floor

from codegen.blocks.kinds import COLUMNS, CUT, ROWS
from codegen.blocks.phases import in_blocks
from codegen.cost.header import blocked_cost_lines
from codegen.header import Header
from codegen.kernel_file import Loops
from codegen.naming import identifier
from codegen.passes import FUNCTIONS, MEMORY, optimize
from codegen.schedule import Schedule
from codegen.sizes import size_code, size_text
from codegen.targets.numpy.body import Body, Height, words
from codegen.targets.numpy.emit import Emission, Emitted, emit, render
from codegen.targets.numpy.face import filled
from codegen.targets.numpy.pieces import Piece, Pieces, in_pieces

FEW = 256
"""No more of them are worth a look at how wide they are."""
MOST_PLACED = 24
"""So many matrices of a block are computed in memory made once; more of them would not stay in the cache together."""
MOST_TERMS = 12
"""Of a size that is written as a sum."""
_AXIS = {ROWS: "0", COLUMNS: "1"}


def emit_numpy(schedule: Schedule, header: Header, function: str, threads: int = 1) -> Emitted:
    """The file of a kernel, from a schedule as VALUES leave it: in blocks where that saves memory, else as it stands.

    Raises PushforwardError should it hold anything unexpected.
    """
    schedule = optimize(schedule, FUNCTIONS)
    blocks = in_blocks(schedule)
    pieces = None if blocks is None or _is_few(blocks.rows) else in_pieces(blocks)
    if blocks is None or pieces is None:
        return emit(optimize(schedule, MEMORY), header, function)
    loops = Loops(blocks.rows, tuple(piece.width for piece in pieces.functions), threads)
    return replace(
        render("kernel.py.jinja", BlockedEmission(pieces, identifier(function), threads), header), loops=loops
    )


class BlockedEmission(Emission):
    """`threads`: how many share the blocks; functions that the user passes are called by one alone."""

    def __init__(self, pieces: Pieces, function: str, threads: int) -> None:
        self.pieces, self.kinds, self.rows, self.threads = pieces, pieces.blocks.kinds, pieces.blocks.rows, threads
        super().__init__(pieces.joined, function)
        self.called = {
            piece.place.start: f"_{self.what(piece)}" + f"_{number}" * (len(pieces.functions) > 1)
            for number, piece in enumerate(pieces.functions, start=1)
        }
        self.used = {piece.place.start: self.body.words(piece.place) for piece in pieces.functions}
        self.given = {piece.place.start: self.parameters(piece) for piece in pieces.functions}
        self.statements = [line for piece in pieces.pieces for line in self.run(piece)]

    def made_body(self) -> Body:
        """What the functions compute has the rows of a block."""
        self.is_shared = self.threads > 1 and not self.signature.functions
        wishes = ("rows", "cut", "joined", "width", "space", *(("work",) if self.is_shared else ()))
        rows, *self.local = (self.names.choose(f"of blocks: {name}", name) for name in wishes)
        self.run_by = f"_in_threads({self.threads}, " if self.is_shared else "_in_blocks("
        inside = [instr for piece in self.pieces.functions for instr in self.schedule.instrs[piece.place]]
        are_few = sum(instr.into is None for instr in inside) <= MOST_PLACED
        height = Height(frozenset(instr.out for instr in inside), self.rows, rows, are_few)
        return Body(self.schedule, self.names, self.arguments.sizes, height, self.run_by)

    def what(self, piece: Piece) -> str:
        """Rows; or columns, where nothing else is cut."""
        return ROWS if any(self.kinds[name] == ROWS for name in piece.inputs) else COLUMNS

    # The calling function

    def run(self, piece: Piece) -> list[str]:
        """The lines that compute a piece: its own, or calls of its function."""
        if piece.width is None:
            return self.body.commented(piece.place)
        targets = _several(self.named(piece.outputs))
        in_blocks = self.in_blocks(piece, targets)
        if not self.rows.is_Symbol:
            return in_blocks
        at_once = f"{targets} = {self.called[piece.place.start]}({', '.join(self.given[piece.place.start])})"
        few = f"{self.arguments.sizes[self.rows]} <= FEW"
        return [f"if {few}:", f"    {at_once}", "else:", *(f"    {line}" for line in in_blocks)]

    def in_blocks(self, piece: Piece, targets: str) -> list[str]:
        kinds = {self.names[name]: self.kinds[name] for name in piece.inputs}
        arguments = self.given[piece.place.start]
        cut = _tuple(_AXIS.get(kinds.get(name, ""), "None") for name in arguments)
        joined = _tuple(_AXIS.get(self.kinds[name], "None") for name in piece.outputs)
        lengths = self.arguments.symbols(lambda place: f"{place[0]}.shape[{place[1]}]")
        width = _total(piece.width, lengths)
        given = f"{self.called[piece.place.start]}, {_tuple(arguments)}"
        *first, space = self.local[:4]
        return [
            f"{', '.join(first)} = {cut}, {joined}, {width}",
            f"{space} = {self.space(piece, lengths)}",
            *[f"{work} = {self.work(piece, lengths)}" for work in self.local[4:]],
            f"{targets} = {self.run_by}{given}, {', '.join(self.local)})",
        ]

    def space(self, piece: Piece, lengths: Mapping[Any, str]) -> str:
        """The shapes of what a block is computed in: ((None, W1.shape[1]), (W1.shape[1], 1))"""
        shapes = []
        for name in self.placed(piece):
            shape = [size_text(size, lengths) for size in self.schedule.shapes[name]]
            if self.kinds[name] in CUT:
                shape[self.kinds[name] == COLUMNS] = "None"
            shapes.append(_tuple(shape))
        return _tuple(shapes)

    def placed(self, piece: Piece) -> list[str]:
        """What the function of a piece computes in memory that is given to it."""
        made = dict.fromkeys(instr.out for instr in self.schedule.instrs[piece.place])
        return [name for name in made if name in self.body.placed]

    def work(self, piece: Piece, lengths: Mapping[Any, str]) -> str:
        """How many multiplications the largest product takes for a row."""
        products = [i.names for i in self.schedule.instrs[piece.place] if i.kind == "product"]
        shapes = [(*self.schedule.shapes[first], self.schedule.shapes[last][1]) for first, *_, last in products]
        sizes = dict.fromkeys(floor(Mul(*shape) / self.rows) for shape in shapes if self.rows in shape)
        found = [size_text(size, lengths) for size in sizes]
        return f"max({', '.join(found)})" if len(found) > 1 else "".join(found) or "0"

    # The functions

    def parameters(self, piece: Piece) -> list[str]:
        """What the function of a piece takes: arguments, what is computed before, sizes, functions."""
        used = self.used[piece.place.start].union(self.named(piece.inputs))
        made = (name for other in self.pieces.pieces if other is not piece for name in other.outputs)
        matrices = self.named((*self.schedule.inputs, *made))
        keywords = (keyword for keyword, _, _ in self.signature.functions)
        return [name for name in (*matrices, *self.arguments.sizes.values(), *keywords) if name in used]

    def function(self, piece: Piece) -> dict[str, Any]:
        """One function of a block, for the template."""
        height = self.body.height.code
        cut = next(name for name in piece.inputs if self.kinds[name] in CUT)
        memory = self.named(self.placed(piece))
        is_used = height in self.used[piece.place.start]
        return {
            "name": self.called[piece.place.start],
            "given": filled([*self.given[piece.place.start], *(f"{name}=None" for name in memory)]),
            "meaning": self.meaning(piece),
            "height": f"{height} = {self.names[cut]}.shape[{_AXIS[self.kinds[cut]]}]" if is_used else "",
            "body": self.body.commented(piece.place),
            "results": _several(map(self.result, piece.outputs)),
        }

    def meaning(self, piece: Piece) -> str:
        """X4, dX4 from a block of rows of X0, dX0; and what it adds to y"""
        made = self.named(name for name in piece.outputs if self.kinds[name] in CUT)
        added = self.named(name for name in piece.outputs if self.kinds[name] not in CUT)
        given = self.named(name for name in piece.inputs if self.kinds[name] in CUT)
        what = [", ".join(made)] * bool(made) + [f"what is added to {', '.join(added)}"] * bool(added)
        memory = " Memory may be given." if self.placed(piece) else ""
        return f"From a block of {self.what(piece)} of {', '.join(given)}: {', and '.join(what)}.{memory}"

    def cost(self) -> tuple[str, ...]:
        once = [i for piece in self.pieces.pieces if piece.width is None for i in self.schedule.instrs[piece.place]]
        made = [i.out for i in once if i.into is None and i.out in self.schedule.made]
        return blocked_cost_lines(
            self.schedule, dict.fromkeys((*self.schedule.outputs, *self.pieces.blocks.kept, *made))
        )

    def named(self, names: Iterable[str]) -> list[str]:
        return [self.names[name] for name in names]

    def lines(self) -> list[str]:
        return self.statements

    def words(self) -> set[str]:
        return words(self.statements)

    def record(self, header: Header) -> dict[str, Any]:
        inside = {name for piece in self.pieces.functions for name in piece.outputs}
        results = [self.names[name] if name in inside else self.result(name) for name in self.schedule.outputs]
        return {
            **super().record(header),
            "constants": (f"FEW = {FEW}",) if self.rows.is_Symbol else (),
            "results": ", ".join(results),
            "functions": [self.function(piece) for piece in self.pieces.functions],
        }


def _is_few(rows: Any) -> bool:
    return bool(rows.is_Integer and rows <= FEW)


def _total(size: Any, names: Mapping[Any, str]) -> str:
    """A size as code; of many terms as a sum of a tuple, for what adds a thousand times nests a thousand deep."""
    terms = Add.make_args(size)
    if len(terms) <= MOST_TERMS:
        return size_text(size, names)
    return f"sum(({', '.join(sorted(size_code(term, names) for term in terms))}))"


def _several(parts: Iterable[str]) -> str:
    """X4, dX4; or (X4,)"""
    parts = list(parts)
    return ", ".join(parts) if len(parts) > 1 else _tuple(parts)


def _tuple(parts: Iterable[str]) -> str:
    parts = list(parts)
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
