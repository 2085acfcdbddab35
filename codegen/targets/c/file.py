"""Functions → the text of a C file that stands alone, and of its header."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from codegen.header import Header
from codegen.targets.c.carried import helpers_for
from codegen.targets.c.precision import F32, F64
from codegen.targets.c.scope import commented
from codegen.targets.templates import template
from codegen.version import VERSION

FAILURES = {"NO_DERIVATIVE": (1, "FloatingPointError"), "SINGULAR": (2, "LinAlgError"), "EMPTY": (3, "ValueError")}
"""The codes of a kernel, and what they mean in Python."""
_RETURNED = re.compile(r"return \w+ \? (\w+)|return (\w+);")


class Function(Protocol):
    """A C function with its types and parts, as one text for both precisions."""

    @property
    def name(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def prototypes(self) -> Sequence[str]:
        """What the header declares: nothing of a function that the file alone uses."""
        ...

    @property
    def shapes(self) -> Sequence[str]:
        """X0: n x m"""
        ...


@dataclass(frozen=True)
class CFile:
    """`failures`: the codes that its functions may return, and what they mean in Python; `message` says it in words."""

    source: str
    header_source: str
    failures: Mapping[int, str]
    message: str


def file_of(functions: Sequence[Function], name: str, header: Header, cost: Iterable[str]) -> CFile:
    """`name`: what the names of the file begin with. `cost`: lines that say it."""
    code = [function.code for function in functions]
    helpers = [helper.source for helper in helpers_for("\n".join(code))]
    text = template("c", "precision.c.jinja").render(functions=code, helpers=helpers)
    declared = [function for function in functions if function.prototypes]
    record = {
        "version": VERSION,
        "digest": header.digest,
        "title": commented(header.title),
        "statement": [commented(line) for line in header.statement],
        "cost": [commented(line) for line in cost],
        "name": name,
        "macro": name.upper(),
        "guard": f"{name}_h".upper(),
        "shapes": list(dict.fromkeys(shape for function in declared for shape in function.shapes)),
        "functions": [function.name for function in declared],
        "bodies": [F64(text), F32(text)],
        "prototypes": [
            precision(prototype)
            for function in declared
            for precision in (F64, F32)
            for prototype in function.prototypes
        ],
    }
    source = template("c", "kernel.c.jinja").render(**record)
    returned = {word for match in _RETURNED.findall(source) for word in match if word}
    failures = {code: error for word, (code, error) in FAILURES.items() if word in returned}
    return CFile(source, template("c", "kernel.h.jinja").render(**record), failures, f"{name}_message")
