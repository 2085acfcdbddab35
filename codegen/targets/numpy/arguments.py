"""What a kernel asks of its arguments: the quick test of the usual call, and conditions that explain other calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from codegen.naming import Names
from codegen.schedule import Schedule
from codegen.sizes import derived_sizes, size_code, size_text

MANY = 32
"""Beyond so many, arguments are tested in a loop: a test of each is longer to check and compile than it saves."""
Lengths = tuple[Any, ...]
"""A shape; of matrices stacked in one array, with their number in front."""
Place = tuple[str, int]
"""An argument and an axis of it."""


class Arguments:
    """Sizes and shapes of the arguments of one kernel, as code."""

    def __init__(self, schedule: Schedule, names: Names, given: Mapping[str, Lengths] | None = None) -> None:
        """`given`: the arguments with their shapes, where they are not the inputs of the schedule."""
        if given is None:
            given = {name: schedule.shapes[name] for name in schedule.inputs}
        self.requirements = schedule.requirements
        self.shapes: dict[str, Lengths] = {names[name]: shape for name, shape in given.items()}
        self.numbers = {name: number for number, name in enumerate(self.shapes, start=1)}
        self.lengths: dict[Place, Any] = {
            (name, axis): size for name, shape in self.shapes.items() for axis, size in enumerate(shape)
        }
        self.derived = derived_sizes(self.lengths.values())
        self.first: dict[Any, Place] = {}
        for place, size in self.lengths.items():
            self.first.setdefault(size, place)
        symbols = [size for size in self.first if size.is_Symbol] + [derived.symbol for derived in self.derived]
        self.sizes = {size: names.choose(f"size {size.name}", size.name) for size in symbols}

    # Sizes

    def symbols(self, length: Callable[[Place], str]) -> dict[Any, str]:
        """Every symbol as code, where `length` is the code of the length of an axis."""
        found = {size: length(self.first[size]) for size in self.sizes if size in self.first}
        for derived in self.derived:
            found[derived.symbol] = f"({derived.code(length(self.first[derived.of]), found)})"
        return found

    def size_line(self, used: set[str]) -> str:
        """n, m = X0.shape[0], W1.shape[1], for those that the body uses."""
        code = self.symbols(lambda place: f"{place[0]}.shape[{place[1]}]")
        needed = {name: code[size] for size, name in self.sizes.items() if name in used}
        return f"{', '.join(needed)} = {', '.join(needed.values())}" if needed else ""

    # Shapes

    def shape(self, shape: Lengths) -> str:
        return " x ".join(size_text(size, self.sizes) for size in shape)

    def table(self) -> list[tuple[str, str]]:
        """Numbers and names; of a size made of others, its text, which `size_checks` compares."""
        return [
            (name, ", ".join(str(s) if s.is_Integer else f'"{size_text(s, self.sizes)}"' for s in shape))
            for name, shape in self.shapes.items()
        ]

    def variable(self, place: Place) -> str:
        """The name of a length in the conditions: s1_0"""
        return f"s{self.numbers[place[0]]}_{place[1]}"

    def unpacked(self) -> str:
        """(s1_0, s1_1), (s2_0, s2_1)"""
        pairs = [
            ", ".join(self.variable((name, axis)) for axis in range(len(shape))) for name, shape in self.shapes.items()
        ]
        return pairs[0] if len(pairs) == 1 else ", ".join(f"({pair})" for pair in pairs)

    def unpacked_values(self) -> str:
        """The same lengths of the arguments once they are converted."""
        given = [f'values["{name}"].shape' for name in self.shapes]
        return f"{self.unpacked()} = {', '.join(given)}"

    # Conditions

    def fit_conditions(self) -> dict[str, Any]:
        """The quick test of the usual case, as one expression each for types, axes and sizes; of many, in a loop."""
        checks = self.size_checks()
        given = {
            "in_loop": len(self.shapes) > MANY and not checks,
            "axes_fit": "len(shape) == len(wanted)" if self.are_stacked else "len(shape) == 2",
            "size_checks": checks,
        }
        return given if given["in_loop"] else {**given, **self.written_out([condition for condition, _ in checks])}

    def written_out(self, checks: list[str]) -> dict[str, str]:
        """The test with the name of each argument; `checks`: conditions on sizes that are made of others."""
        names = list(self.shapes)
        one, kind = len(names) == 1, f"{names[0]}.dtype"
        same = "" if one else " is ".join(f"{name}.dtype" for name in names) + " and "
        return {
            "same_type": " is ".join(f"type({name})" for name in names) + " is ndarray",
            "same_entries": f"{same}({kind} is FLOAT64 or {kind} is FLOAT32)",
            "axes": self.axes(),
            "unpacking": f"{self.unpacked()} = {', '.join(f'{name}.shape' for name in names)}",
            "shapes_fit": " and ".join([*self.equalities(), *checks]) or "True",
        }

    @property
    def are_stacked(self) -> bool:
        """Whether an argument holds several matrices."""
        return any(len(shape) != 2 for shape in self.shapes.values())

    def axes(self) -> str:
        """X0.ndim == W1.ndim == 2 and dX0.ndim == 3"""
        by_number: dict[int, list[str]] = {}
        for name, shape in self.shapes.items():
            by_number.setdefault(len(shape), []).append(f"{name}.ndim")
        return " and ".join(f"{' == '.join(names)} == {number}" for number, names in by_number.items())

    def equalities(self) -> list[str]:
        """s1_0 == 3, and s2_0 == s1_1 where both are n."""
        found = []
        for place, size in self.lengths.items():
            if size.is_Integer:
                found.append(f"{self.variable(place)} == {size}")
            elif size.is_Symbol and place != self.first[size]:
                found.append(f"{self.variable(place)} == {self.variable(self.first[size])}")
        return found

    def size_checks(self) -> list[tuple[str, str]]:
        """Conditions on sizes that are made of others, each with the message where it does not hold, all as code."""
        code = self.symbols(self.variable)
        checks = []
        for (name, axis), size in self.lengths.items():
            if not size.is_Atom:
                expected = size_code(size, code)
                found = ", ".join(self.variable((name, axis)) for axis in range(len(self.shapes[name])))
                text = (
                    f"{name} has shape {{{found}}}, expected "
                    f"{self.shape(self.shapes[name])} with {size_text(size, self.sizes)} = {{{expected}}}"
                )
                checks.append((f"{self.variable((name, axis))} == {expected}", f'f"{text}"'))
        for size in self.requirements:
            given = " and ".join(f"{self.sizes[s]} = {{{code[s]}}}" for s in sorted(size.free_symbols, key=str))
            found = size_code(size, code)
            text = f"the program makes no sense for {given}: {size_text(size, self.sizes)} = {{{found}}} is negative"
            checks.append((f"{found} >= 0", f'f"{text}"'))
        return checks
