"""What a lesson is made of, in no notation yet: sections of blocks, with formulas as expressions.

Prose is a tuple of parts: a `str` is words, the other parts are set in the notation of the format.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Union

from sympy import Expr

from symbolic.language.mathml import MATHML
from symbolic.language.styles import Style
from symbolic.nodes import Node, Shape


@dataclass(frozen=True)
class Side:
    """One side of an equality. `remainder`: the seeds of an O(δX²) behind it. `moved`: it is d(…) of the expression."""

    node: Node
    remainder: tuple[str, ...] = ()
    moved: bool = False


@dataclass(frozen=True)
class Formula:
    """One side, or several with `=` between them."""

    sides: tuple[Side, ...]

    @classmethod
    def of(cls, *nodes: Node) -> Formula:
        return cls(tuple(map(Side, nodes)))


@dataclass(frozen=True)
class Size:
    """A shape, n×m."""

    shape: Shape


@dataclass(frozen=True)
class Code:
    """A line of the project's language, set as it is typed."""

    text: str


@dataclass(frozen=True)
class Strong:
    """Words to be seen first."""

    text: str


@dataclass(frozen=True)
class Definition:
    """f(x) = x², or a derivative of it: the `order`-th of `body`."""

    function: str
    body: Expr
    order: int = 0


@dataclass(frozen=True)
class Written:
    """A formula that is more than an expression, in Unicode, in LaTeX and as elements of MathML."""

    unicode: str
    latex: str
    mathml: str

    @classmethod
    def each(cls, write: Callable[[str | Style], list[str]]) -> tuple[Written, ...]:
        """The lines that a function gives in each of the notations."""
        lines = (write(style) for style in ("unicode", "latex", MATHML))
        return tuple(cls(*notations) for notations in zip(*lines, strict=True))


Part = Union[str, Formula, Size, Code, Strong, Definition]
Prose = tuple[Part, ...]


@dataclass(frozen=True)
class Paragraph:
    parts: Prose


@dataclass(frozen=True)
class Bullets:
    items: tuple[Prose, ...]


@dataclass(frozen=True)
class Chain:
    """A = B = C, set apart. `where`: what the names in it stand for that were given because it is long."""

    formula: Formula
    note: Prose = ()
    where: tuple[Formula, ...] = ()


@dataclass(frozen=True)
class Use:
    """One recorded step: the rule, its line of mathematics, why it holds, its source, and what it gave here."""

    rule: str
    line: str
    why: str
    source: str
    chain: Chain


@dataclass(frozen=True)
class Uses:
    """The steps of one statement, which a page may fold away."""

    summary: Prose
    uses: tuple[Use, ...]


Grid = tuple[tuple[str, ...], ...]
"""The entries of a matrix, as they are written."""


@dataclass(frozen=True)
class Value:
    """A name with the entries of its value."""

    name: Formula
    grid: Grid


@dataclass(frozen=True)
class Values:
    """Matrices in numbers, one line for what belongs together: X1 and δX1."""

    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True)
class Box:
    """A statement or an input in the picture of a program. `written`: its expression, None for an input."""

    name: str
    written: Node | None
    shape: Shape
    moves: bool
    uses: tuple[str, ...]
    is_output: bool


@dataclass(frozen=True)
class Diagram:
    """A program as a graph: each box after those that it uses. `left_out`: how many are not shown."""

    boxes: tuple[Box, ...]
    left_out: int = 0


@dataclass(frozen=True)
class Ladder:
    """The remainder at each step; `floor`: the size of rounding errors; `slope`: how fast it falls, seen above them."""

    steps: tuple[float, ...]
    errors: tuple[float, ...]
    floor: float
    slope: float


@dataclass(frozen=True)
class Lines:
    """Formulas under each other."""

    lines: tuple[Written, ...]


@dataclass(frozen=True)
class Column:
    """Equalities under a heading."""

    heading: str
    chains: tuple[Chain, ...]


@dataclass(frozen=True)
class Beside:
    """Columns to be compared."""

    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Folded:
    """What a page shows when it is asked for; where nothing can be folded it is left out."""

    summary: Prose
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Room:
    """Room to write on paper."""


Block = Union[Paragraph, Bullets, Chain, Uses, Values, Diagram, Ladder, Lines, Beside, Folded, Room]


@dataclass(frozen=True)
class Section:
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Lesson:
    """`level`: brief, full or beginner. `name` is the program's own, which is any text."""

    name: str
    wrt: tuple[str, ...]
    level: str
    sections: tuple[Section, ...]

    def chains(self) -> Iterator[Chain]:
        """Every equality that is set apart, in order; the names in `where` are told the first time they are used."""
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, Chain):
                    yield block
                elif isinstance(block, Uses):
                    yield from (use.chain for use in block.uses)
                elif isinstance(block, Beside):
                    yield from (chain for column in block.columns for chain in column.chains)
