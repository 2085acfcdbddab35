"""Schedule → source of a kernel file that stands alone.

The template decides layout; every string it receives is made here, from the schedule and from expressions
printed by this project: nothing of a user's own text reaches the file.
"""

from __future__ import annotations

import ast
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jinja2

from codegen.allowlist import check_source
from codegen.naming import Names, Notation, function_argument, identifier, wish_for
from codegen.schedule import Arg, Instr, Literal, Schedule
from codegen.sizes import number_code, size_code
from codegen.targets.numpy import SPELLINGS
from codegen.targets.numpy.carried import HELPER_NAMES, helpers_for
from codegen.version import VERSION
from symbolic.language.names import ascii_name, split_mark
from symbolic.nodes import Shape

COMMENT_COLUMN = 52
_WORD = re.compile(r"\w+")
MAX_SIGNATURE = 70
HELPERS = frozenset(
    "FLOAT32 FLOAT64 SHAPES annotations array asarray dtype errstate ndarray result_type".split()  # noqa: SIM905
)
"""Names that the template uses, which nothing of a program may take."""


@dataclass(frozen=True)
class Header:
    """What a kernel file says about itself: lines of mathematics, and the program's canonical text to hash."""

    title: str
    statement: tuple[str, ...]
    canonical_text: str
    roles: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Signature:
    """How a kernel is called: positional arguments, keyword functions, results."""

    function: str
    arguments: tuple[str, ...]
    functions: tuple[tuple[str, str, int], ...]
    results: tuple[str, ...]


@dataclass(frozen=True)
class Emitted:
    """The text of a kernel file, its checked syntax tree, and how to call it."""

    source: str
    tree: ast.Module
    signature: Signature


def emit(schedule: Schedule, header: Header, function: str) -> Emitted:
    """The file of a kernel named `function`. Raises PushforwardError should it hold anything unexpected."""
    emission = _Emission(schedule, identifier(function))
    record = emission.record(header)
    source = _template().render(**record)
    return Emitted(source, check_source(source, emission.modules), emission.signature())


@lru_cache(maxsize=1)
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("codegen", "targets/numpy"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    return environment.get_template("kernel.py.jinja")


class _Emission:
    """The strings of one kernel file."""

    def __init__(self, schedule: Schedule, function: str) -> None:
        self.schedule = schedule
        self.calls = _calls(schedule)
        self.shared = {*schedule.inputs, *(instr.out for instr in schedule.instrs if instr.kind == "view")}
        spelled = {name for spelling in SPELLINGS.values() for name in spelling.imports}
        self.names = Names({*HELPERS, *HELPER_NAMES, *spelled})
        self.function = self.names.choose("the function", function)
        for name in schedule.inputs:
            self.names.choose(name, name)
        for called, order in self.calls:
            self.names.choose(f"{called} {order}", function_argument(called, order))
        for instr in schedule.instrs:
            if not instr.out.startswith("."):
                self.names.choose(instr.out, instr.out)
        self.notation = Notation(schedule, self.names)
        sizes = dict.fromkeys(s for name in schedule.inputs for s in schedule.shapes[name] if s.is_Symbol)
        self.sizes = {size: self.names.choose(f"size {size}", str(size)) for size in sizes}
        self.guard = _guard(schedule)
        self.body = [self.line(instr) for instr in schedule.instrs]
        self.helpers = helpers_for("\n".join(code for code, _ in self.body))
        self.modules = self.imports()

    def signature(self) -> Signature:
        functions = tuple((self.names[f"{f} {order}"], f, order) for f, order in self.calls)
        arguments = tuple(self.names[name] for name in self.schedule.inputs)
        return Signature(self.function, arguments, functions, self.schedule.outputs)

    def record(self, header: Header) -> dict[str, Any]:
        """Everything the template asks for: strings and flat records."""
        arguments = [self.names[name] for name in self.schedule.inputs]
        keywords = [self.names[f"{f} {order}"] for f, order in self.calls]
        outputs = [self.names[name] for name in self.schedule.outputs]
        several = len(outputs) > 1
        return {
            "version": VERSION,
            "digest": hashlib.sha256(header.canonical_text.encode()).hexdigest()[:16],
            "quote": 'r"""' if any("\\" in line for line in header.statement) else '"""',
            "title": header.title,
            "statement": header.statement,
            "imports": [(module, sorted(names)) for module, names in sorted(self.modules.items())],
            "shapes": [(self.names[name], self.shape_tuple(name)) for name in self.schedule.inputs],
            "guard": self.guard,
            "function": self.function,
            "signature": _wrapped([*(f"{a}: ndarray" for a in arguments), *(["*", *keywords] if keywords else [])]),
            "result_type": f"tuple[{', '.join(['ndarray'] * len(outputs))}]" if several else "ndarray",
            "returns": f"({', '.join(outputs)})" if several else outputs[0],
            "parameters": [*self.matrix_parameters(dict(header.roles)), *self.function_parameters()],
            "arguments": ", ".join(arguments),
            "targets": ", ".join(arguments) + ("" if len(arguments) > 1 else ","),
            "keywords": ", ".join(f"{name}={name}" for name in arguments),
            "sizes": self.size_line(),
            "body": self.commented_body(),
            "results": ", ".join(map(self.result, self.schedule.outputs)),
            "calls": bool(self.calls),
            "size_checks": self.size_checks(),
            "helpers": [helper.source for helper in self.helpers],
            **self.fit_conditions(arguments),
        }

    def matrix_parameters(self, roles: dict[str, str]) -> list[str]:
        return [
            f"{self.names[name]}: {self.shape(self.schedule.shapes[name])}{roles.get(name, '')}"
            for name in self.schedule.inputs
        ]

    def function_parameters(self) -> list[str]:
        """How the docstring introduces f, df, d2f."""
        ordinal = {0: "", 1: ", the derivative of {f}"}
        return [
            f"{self.names[f'{f} {order}']}: applied to each entry of a matrix"
            + ordinal.get(order, f", derivative number {order} of {{f}}").format(f=ascii_name(f))
            for f, order in self.calls
        ]

    def commented_body(self) -> list[str]:
        """Code, and the mathematics of each line as a comment in one column."""
        width = min(COMMENT_COLUMN, max((len(code) for code, _ in self.body), default=0))
        lines = []
        for instr, (code, comment) in zip(self.schedule.instrs, self.body, strict=True):
            lines.append(f"{code}{' ' * max(2, width + 2 - len(code))}# {comment}")
            if instr.frees:
                lines.append(f"del {', '.join(self.names[name] for name in instr.frees)}")
        return lines

    # Lines

    def line(self, instr: Instr) -> tuple[str, str]:
        if instr.out.startswith("."):
            self.names.choose(instr.out, wish_for(instr, self.names))
        return f"{self.names[instr.out]} = {self.code(instr)}", self.notation.formula(instr)

    def code(self, instr: Instr) -> str:
        if instr.op == "call":
            keyword = self.names[f"{instr.attr('function')} {instr.attr('order')}"]
            return f'_applied("{keyword}", {keyword}, {self.operand(instr.args[0])})'
        spelling = SPELLINGS[instr.op]
        args = [self.operand(arg) for arg in instr.args]
        if instr.into is not None:
            return spelling.into.format(*args, out=self.names[instr.into])
        fields = dict(instr.attrs)
        if instr.op == "slice":
            fields = {"rows": self.places(fields, "row", instr), "cols": self.places(fields, "col", instr)}
        else:
            fields["rows"], fields["cols"] = map(self.size, self.schedule.shapes[instr.out])
        like = self.names[self.schedule.inputs[0]]
        return spelling.fresh.format(*args, args=", ".join(args), like=like, **fields)

    def places(self, fields: dict[str, Any], axis: str, instr: Instr) -> str:
        """0:2, or : for all of them"""
        length = self.schedule.shapes[instr.names[0]][axis == "col"]
        first, end = fields[f"first_{axis}"], fields[f"end_{axis}"]
        start = "" if first == 0 else self.size(first)
        return f"{start}:{'' if end == length else self.size(end)}"

    def operand(self, arg: Arg) -> str:
        if not isinstance(arg, Literal):
            return self.names[arg]
        return number_code(arg.value, self.sizes)

    def result(self, name: str) -> str:
        """Results are new memory: an input, or a view of something, is copied."""
        return self.names[name] + (".copy()" if name in self.shared else "")

    # Sizes and shapes

    def size(self, size: Any) -> str:
        """2, n, 2 * n"""
        return size_code(size, self.sizes)

    def shape(self, shape: Shape) -> str:
        return " x ".join(self.size(size) for size in shape)

    def shape_tuple(self, name: str) -> str:
        """Numbers and names; of a size made of others, its text, which `size_checks` compares."""
        return ", ".join(str(s) if s.is_Integer else f'"{self.size(s)}"' for s in self.schedule.shapes[name])

    def size_line(self) -> str:
        """Where the body fills a shape or has a size as a number: n, m = X0.shape[0], W1.shape[1]."""
        needed: dict[str, str] = {}
        used = {word for code, _ in self.body for word in _WORD.findall(code)}
        for size, name in self.sizes.items():
            if name in used:
                needed[name] = self.find_size(size)
        return f"{', '.join(needed)} = {', '.join(needed.values())}" if needed else ""

    def find_size(self, size: Any) -> str:
        for name in self.schedule.inputs:
            for axis, length in enumerate(self.schedule.shapes[name]):
                if length == size:
                    return f"{self.names[name]}.shape[{axis}]"
        raise AssertionError(f"no input has the size {size}")

    def fit_conditions(self, arguments: list[str]) -> dict[str, str]:
        """The quick test of the usual case, as one expression each for types, axes and sizes."""
        first: dict[Any, str] = {}
        unpacked, conditions, compound = [], [], []
        for number, name in enumerate(self.schedule.inputs, start=1):
            pair = []
            for axis, size in enumerate(self.schedule.shapes[name]):
                variable = f"s{number}_{axis}"
                pair.append(variable)
                if not size.is_Atom:
                    compound.append((variable, size))
                    continue
                expected = str(size) if size.is_Integer else first.setdefault(size, variable)
                if expected != variable:
                    conditions.append(f"{variable} == {expected}")
            unpacked.append(", ".join(pair))
        conditions += [f"{variable} == {size_code(size, first)}" for variable, size in compound]
        conditions += [f"{size_code(size, first)} >= 0" for size in self.schedule.requirements]
        one, kind = len(arguments) == 1, f"{arguments[0]}.dtype"
        same = "" if one else " is ".join(f"{name}.dtype" for name in arguments) + " and "
        return {
            "same_type": " is ".join(f"type({name})" for name in arguments) + " is ndarray",
            "same_entries": f"{same}({kind} is FLOAT64 or {kind} is FLOAT32)",
            "two_axes": " == ".join(f"{name}.ndim" for name in arguments) + " == 2",
            "unpacking": (unpacked[0] if one else ", ".join(f"({pair})" for pair in unpacked))
            + " = " + ", ".join(f"{name}.shape" for name in arguments),
            "shapes_fit": " and ".join(conditions) or "True",
        }  # fmt: skip

    def size_checks(self) -> list[tuple[str, str]]:
        """Conditions on the sizes beyond their equality, each with the message where it does not hold."""
        found = {size: f'sizes["{name}"][0]' for size, name in self.sizes.items()}
        checks = []
        for name in self.schedule.inputs:
            for axis, size in enumerate(self.schedule.shapes[name]):
                if not size.is_Atom:
                    condition = f'values["{self.names[name]}"].shape[{axis}] == {size_code(size, found)}'
                    checks.append((condition, f"{self.names[name]} has another length than {self.size(size)}"))
        for size in self.schedule.requirements:
            checks.append((f"{size_code(size, found)} >= 0", f"the sizes are too small: {self.size(size)} is negative"))
        return checks

    def imports(self) -> dict[str, set[str]]:
        """By module, the names that the body uses."""
        used = {"numpy": {"asarray", "dtype", "ndarray", "result_type"}}
        if self.calls:
            used["numpy"].add("array")
        if self.guard:
            used["numpy"].add("errstate")
        for instr, (code, _) in zip(self.schedule.instrs, self.body, strict=True):
            if instr.op == "call":
                continue
            spelling = SPELLINGS[instr.op]
            for name in spelling.imports:
                if f"{name}(" in code or f" {name}," in code:
                    used.setdefault(spelling.module, set()).add(name)
        for helper in self.helpers:
            for module, names in helper.imports.items():
                used.setdefault(module, set()).update(names)
        return used


def _guard(schedule: Schedule) -> str:
    """What the kernel tells NumPy of floating-point exceptions.

    exp(-X) may overflow to infinity, and 1 / (1 + infinity) is the right 0. Where a differential divides by zero, there
    is no derivative, and the kernel says so rather than return what is no number.
    """
    saturates = any(dict(instr.attrs).get("saturates") for instr in schedule.instrs)
    differential = len(schedule.outputs) > 1 and any(split_mark(name)[0] for name in schedule.outputs)
    raises = differential and any(instr.op in _RAISING for instr in schedule.instrs)
    told = (['over="ignore"'] if saturates else []) + (['divide="raise"', 'invalid="raise"'] if raises else [])
    return ", ".join(told)


_RAISING = ("divide", "power", "log", "log1p", "sqrt", "logsumexp")


def _calls(schedule: Schedule) -> list[tuple[str, int]]:
    """The functions a kernel is passed, f before f', each once."""
    used = {(i.attr("function"), i.attr("order")) for i in schedule.instrs if i.op == "call"}
    return sorted(used)


def _wrapped(parameters: list[str]) -> str:
    """The parameters of a function, on lines of their own where one line would be long."""
    line = ", ".join(parameters)
    return line if len(line) <= MAX_SIGNATURE else "\n    " + ",\n    ".join(parameters) + ",\n"
