"""A linear program in two halves → source: `_values` once, `_along` for each direction, and a function that calls them.

What that function does, its form, is given: it loops over the directions of its caller, or over those from which a
Jacobian is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from codegen.cost.header import linear_cost_lines
from codegen.header import Header
from codegen.linear.program import LinearProgram
from codegen.linear.split import Split
from codegen.naming import identifier
from codegen.schedule import Instr, moving
from codegen.sizes import size_code, size_text
from codegen.targets.numpy.arguments import Lengths
from codegen.targets.numpy.body import Body, words
from codegen.targets.numpy.emit import Emission, Emitted, render
from codegen.targets.numpy.face import wrapped
from codegen.targets.numpy.stacks import StackedBody

VALUES = "What a direction needs that does not depend on it."
VALUES_TOO = "The values, and what a direction needs that does not depend on it."
ALONG = "The results along one direction, in which they are linear."


@dataclass(frozen=True)
class Main:
    """The statements of the calling function: what is returned, by name; `uses`, from NumPy; `raises`, as text.

    `first`: those before anything is computed. `constants`: of the file.
    """

    lines: tuple[str, ...]
    results: tuple[str, ...]
    returns: str
    uses: frozenset[str] = frozenset()
    raises: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    constants: tuple[str, ...] = ()
    result_type: str = ""


class Form(Protocol):
    """A way to call the two halves."""

    def given(self, linear: LinearProgram) -> Mapping[str, Lengths]:
        """The arguments of the kernel, with their shapes."""
        ...

    def main(self, emission: LinearEmission) -> Main: ...

    @property
    def stacks(self) -> bool:
        """Whether `_along` takes several directions at once, stacked."""
        ...

    def meanings(self, emission: LinearEmission) -> tuple[str, str]:
        """What `_values` and `_along` compute, in words."""
        ...


def emit_linear(parts: Split, linear: LinearProgram, form: Form, header: Header, function: str) -> Emitted:
    """The file of a kernel named `function`. Raises PushforwardError should it hold anything unexpected."""
    return render("linear.py.jinja", LinearEmission(parts, linear, form, identifier(function)), header)


def of_directions(linear: LinearProgram) -> tuple[str, str]:
    """The meanings of the halves where the second is run for each direction."""
    return VALUES_TOO if linear.values else VALUES, ALONG


class LinearEmission(Emission):
    """The strings of one kernel file, in whose body the lines of `_values` come first."""

    def __init__(self, parts: Split, linear: LinearProgram, form: Form, function: str) -> None:
        self.linear, self.form = linear, form
        super().__init__(parts.joined, function, form.given(linear))
        before, count = len(parts.once.instrs), len(parts.once.instrs) + len(parts.values.instrs)
        self.once, self.first, self.second = slice(before), slice(before, count), slice(count, None)
        self.parts = parts
        self.shared |= set(linear.results) - {instr.out for instr in parts.along.instrs}
        self.seeds = [self.names[seed] for seed in linear.seeds]
        self.values = tuple(map(self.result, linear.values))
        self.local("state")
        self.state = self._state()
        self.main = form.main(self)
        self.imports["numpy"] |= self.main.uses

    def made_body(self) -> Body:
        if not self.form.stacks:
            return super().made_body()
        number = f"{self.names[self.linear.seeds[0]]}.shape[0]"
        stacked = frozenset(moving(self.schedule.instrs, self.linear.seeds))
        return StackedBody(self.schedule, self.names, self.arguments.sizes, stacked, number)

    # For the forms

    def local(self, wish: str) -> str:
        """A name of the calling function that nothing else has."""
        return self.names.chosen.get(f"local {wish}") or self.names.choose(f"local {wish}", wish)

    def size(self, size: Any) -> str:
        return size_code(size, self.arguments.sizes)

    def size_text(self, size: Any) -> str:
        return size_text(size, self.arguments.sizes)

    @property
    def like(self) -> str:
        """An argument, for the type of the entries."""
        return self.signature.arguments[0]

    def call_values(self, replaced: Mapping[str, str] | None = None) -> str:
        """X4, state = _values(X0, W1, W2), with other code for some arguments."""
        given = [(replaced or {}).get(name, name) for name in self.values_parameters()]
        targets = ", ".join((*self.value_names(), self.local("state")))
        return f"{targets} = _values({', '.join(given)})"

    def call_along(self, seeds: Iterable[str]) -> str:
        return f"_along({', '.join((self.local('state'), *seeds))})"

    def value_names(self) -> list[str]:
        return [self.names[name] for name in self.linear.values]

    # The two halves

    def cost(self) -> tuple[str, ...]:
        return linear_cost_lines((self.parts.once, self.parts.values), self.parts.along)

    def _words(self, part: slice, results: Iterable[str]) -> set[str]:
        return self.body.words(part) | words(results)

    def _state(self) -> tuple[str, ...]:
        """What `_along` takes from `_values`, sizes and arguments too."""
        keywords = [keyword for keyword, _, _ in self.signature.functions]
        fixed = self._named(self.parts.values.instrs)
        used = self._words(self.second, map(self.result, self.linear.results))
        known = (*self.arguments.sizes.values(), *keywords, *self._handed_on(), *fixed)
        return tuple(name for name in dict.fromkeys(known) if name in used)

    def _handed_on(self) -> list[str]:
        """The arguments, and what is computed of them once for all blocks."""
        arguments = [self.names[given.name] for given in self.linear.inputs]
        return arguments + self._named(self.parts.once.instrs)

    def _named(self, instrs: Iterable[Instr]) -> list[str]:
        """What instructions compute; of a pair the parts."""
        return [self.names[instr.out] for instr in instrs if instr.out not in self.schedule.pairs]

    def _values_sizes(self) -> str:
        return self.arguments.size_line(self._words(self.first, (*self.values, *self.state)))

    def values_parameters(self) -> list[str]:
        """What `_values` needs: arguments of the kernel, of seeds the type alone, what is computed once, functions."""
        used = self._words(self.first, (*self.values, *self.state, self._values_sizes()))
        return [
            name
            for name in (*self._handed_on(), *self.seeds, *(keyword for keyword, _, _ in self.signature.functions))
            if name in used
        ]

    def record(self, header: Header) -> dict[str, Any]:
        fields = super().record(header)
        main = self.main
        values_meaning, along_meaning = self.form.meanings(self)
        state = f"({', '.join(self.state)}{',' if len(self.state) == 1 else ''})"
        results = [self.result(name) for name in self.linear.results]
        several = len(main.results) > 1
        result_types = f"tuple[{', '.join(['ndarray'] * len(main.results))}]"
        words = self._words(self.once, (*main.first, *main.lines, *main.results))
        return {
            **fields,
            "result_type": main.result_type or (result_types if several else "ndarray"),
            "returns": main.returns,
            "raises": main.raises,
            "sizes": self.arguments.size_line(words),
            "constants": main.constants,
            "main": (*main.first, *self.body.commented(self.once), *main.lines),
            "results": ", ".join(main.results),
            "values_meaning": values_meaning,
            "values_parameters": wrapped(self.values_parameters()),
            "values_sizes": self._values_sizes(),
            "values_body": self.body.commented(self.first),
            "values_results": ", ".join((*self.values, state)),
            "along_parameters": ", ".join((self.local("state"), *self.seeds)),
            "along_meaning": along_meaning,
            "unpacked_state": f"{state[1:-1]} = {self.local('state')}" if self.state else "",
            "along_body": self.body.commented(self.second),
            "along_results": ", ".join(results),
        }
