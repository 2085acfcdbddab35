"""One loop over the entries of matrices of one shape, which does several operations at once."""

from __future__ import annotations

from collections.abc import Iterator

from codegen.schedule import Arg, Instr, Literal
from codegen.targets.c import EXPRESSIONS, POLES
from codegen.targets.c.numbers import number_code
from codegen.targets.c.order import Step
from codegen.targets.c.scope import Scope, product


class Loop:
    """The lines of a loop. Operands of another shape are columns, rows or scalars that are repeated."""

    def __init__(self, step: Step, scope: Scope) -> None:
        self.step, self.scope = step, scope
        self.made = {instr.out for instr in step}
        self.shape = scope.shapes[step[0].out]
        self.rows, self.cols = scope.size(step[0].out)
        self.before: dict[str, str] = {}
        """What is read once, by the operand: of scalars before all loops, of columns before the one along a row."""
        self.sources: dict[str, tuple[str, ...]] = {}
        """For what the loop makes, the entries from elsewhere that it comes from."""
        self.flat = not any(self.place(name) in ("row", "column") for instr in step for name in instr.names)

    def place(self, name: str) -> str:
        shape = self.scope.shapes[name]
        if name in self.made or shape == self.shape:
            return "entry"
        if shape == (1, 1):
            return "scalar"
        return "row" if shape[0] == 1 else "column"

    def lines(self) -> list[str]:
        index = "i" if self.flat else f"i * {self.cols} + j"
        body = [line for instr in self.step for line in self.statement(instr, index)]
        scalars = [f"const @real {new} = {name}[0];" for name, new in self.read("scalar").items()]
        columns = [f"const @real {new} = {name}[i];" for name, new in self.read("column").items()]
        if self.flat:
            lines = _loop("i", product(self.rows, self.cols), body, "INDEPENDENT")
        else:
            lines = _loop("i", self.rows, [*columns, *_loop("j", self.cols, body, "INDEPENDENT")])
        return ["{", *indented([*scalars, *lines]), "}"] if scalars else lines

    def read(self, place: str) -> dict[str, str]:
        """The operands that are repeated, by their pointers, and the names of the entries that were read."""
        names = dict.fromkeys(n for i in self.step for n in i.names if self.place(n) == place)
        return {self.scope.pointer(name): self.entry(name) for name in names}

    def entry(self, name: str) -> str:
        """The name of an entry that is a variable of the loop."""
        return self.scope.entry_name(name)

    def operand(self, arg: Arg, index: str) -> str:
        if isinstance(arg, Literal):
            return number_code(arg.value, self.scope.sizes)
        place = self.place(arg)
        if arg in self.made or place in ("scalar", "column"):
            return self.entry(arg)
        return f"{self.scope.pointer(arg)}[{'j' if place == 'row' else index}]"

    def statement(self, instr: Instr, index: str) -> list[str]:
        args = [self.operand(arg, index) for arg in instr.args]
        value = EXPRESSIONS[instr.op].format(*args)
        if value.startswith("(") and value.endswith(")") and instr.op in _TERNARY:
            value = value[1:-1]
        comment = self.scope.comment(instr)
        stored = self.scope.is_stored(instr.out)
        again = self.scope.guarded or not stored or any(instr.out in other.names for other in self.step)
        target = f"{self.scope.pointer(instr.out)}[{index}]" if stored else ""
        if not again:
            return [f"{target} = {value};{comment}"]
        entry = self.entry(instr.out)
        lines = [f"const @real {entry} = {value};{comment}"]
        if stored:
            lines.append(f"{target} = {entry};")
        return [*lines, *self.checks(instr, entry, args, index)] if self.scope.guarded else lines

    def checks(self, instr: Instr, entry: str, args: list[str], index: str) -> Iterator[str]:
        """There is no derivative where a result is no number, though what it comes from is, or infinite at a pole."""
        given = [arg for arg in instr.args if isinstance(arg, str)]
        self.sources[instr.out] = tuple(
            dict.fromkeys(source for name in given for source in self.sources.get(name, (self.operand(name, index),)))
        )
        if instr.op in POLES:
            pole = POLES[instr.op].format(*args)
            yield f"fails |= ({pole}) & (fabs@f({entry}) > @{{LARGEST}});"
        if self.scope.is_stored(instr.out):
            numbers = "".join(f" & ({source} == {source})" for source in self.sources[instr.out])
            yield f"fails |= ({entry} != {entry}){numbers};"


_TERNARY = ("larger", "smaller", "choose", "relu", "leaky_relu", "step", "sign")


def _loop(index: str, count: str, body: list[str], *before: str) -> list[str]:
    """Without braces where there is one statement."""
    head = f"for (size_t {index} = 0; {index} < {count}; {index}++)"
    if len(body) == 1:
        return [*before, head, *indented(body)]
    return [*before, f"{head} {{", *indented(body), "}"]


def indented(lines: list[str]) -> list[str]:
    return [f"    {line}" if not line.startswith("#") else line for line in lines]
