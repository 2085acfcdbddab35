"""What emitted Python may contain, checked on its syntax tree before it is written or loaded."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Mapping
from typing import Any

from symbolic.errors import PushforwardError

_CHILDREN: dict[type, tuple[str, ...]] = {
    ast.Module: ("body",),
    ast.FunctionDef: ("args", "body", "decorator_list", "returns"),
    ast.arguments: ("posonlyargs", "args", "kwonlyargs", "vararg", "kwarg", "defaults", "kw_defaults"),
    ast.arg: ("annotation",),
    ast.Return: ("value",),
    ast.Assign: ("targets", "value"),
    ast.Delete: ("targets",),
    ast.Expr: ("value",),
    ast.If: ("test", "body", "orelse"),
    ast.With: ("items", "body"),
    ast.withitem: ("context_expr", "optional_vars"),
    ast.For: ("target", "iter", "body", "orelse"),
    ast.Raise: ("exc", "cause"),
    ast.ImportFrom: (),
    ast.Call: ("func", "args", "keywords"),
    ast.keyword: ("value",),
    ast.Attribute: ("value",),
    ast.Constant: (),
    type(None): (),
    ast.Tuple: ("elts",),
    ast.List: ("elts",),
    ast.Dict: ("keys", "values"),
    ast.Subscript: ("value", "slice"),
    ast.BinOp: ("left", "right"),
    ast.UnaryOp: ("operand",),
    ast.BoolOp: ("values",),
    ast.Compare: ("left", "comparators"),
    ast.IfExp: ("test", "body", "orelse"),
    ast.JoinedStr: ("values",),
    ast.FormattedValue: ("value", "format_spec"),
    ast.DictComp: ("key", "value", "generators"),
    ast.ListComp: ("elt", "generators"),
    ast.GeneratorExp: ("elt", "generators"),
    ast.comprehension: ("target", "iter", "ifs"),
    ast.Starred: ("value",),
    ast.Slice: ("lower", "upper", "step"),
    ast.AugAssign: ("target", "value"),
}
"""The kinds of node allowed besides names, with the fields that hold further nodes; some hold none."""

_ATTRIBUTES = frozenset(
    """shape view setflags dtype ndim T dot copy kind items values astype reshape swapaxes setdefault join trace
    diagonal sum max min all any imag real size eps prod itemsize type flags f_contiguous
    step submit run result clip""".split()  # noqa: SIM905
)
_BUILTINS = frozenset(
    (
        "type",
        "isinstance",
        "int",
        "float",
        "str",
        "len",
        "zip",
        "map",
        "list",
        "tuple",
        "ValueError",
        "TypeError",
        "MemoryError",
        "min",
        "max",
        "range",
        "slice",
        "enumerate",
        "sum",
    )
)

_PYTHONS_OWN = frozenset(dir(builtins))


def check_source(source: str, imports: Mapping[str, set[str]]) -> ast.Module:
    """The syntax tree of a source in which every node, attribute, call and import is of an expected kind.

    `imports`: by module, the names that the source may call besides its own. Raises PushforwardError.
    """
    tree = ast.parse(source)
    names = _Names(imports)
    used, defined = names.used, names.defined
    stack: list[Any] = [tree]
    while stack:
        node = stack.pop()
        kind = type(node)
        if kind is ast.Name:  # as every other node is
            (used if type(node.ctx) is ast.Load else defined).add(node.id)
            continue
        fields = _CHILDREN.get(kind)
        if fields is None:
            raise _refusal(f"an unexpected {kind.__name__}")
        if kind in _CHECKS:
            _CHECKS[kind](names, node)
        for field in fields:
            child = getattr(node, field)
            if type(child) is list:
                stack += child
            elif child is not None:
                stack.append(child)
    names.check()
    return tree


class _Names:
    """What a source defines and uses, each looked at once, and the checks of single nodes."""

    def __init__(self, imports: Mapping[str, set[str]]) -> None:
        self.imports = imports
        self.used: set[str] = set()
        self.defined: set[str] = set()

    def check(self) -> None:
        for name in sorted(name for name in self.used | self.defined if name.startswith("__")):
            raise _refusal(f"the name {name!r}")
        for name in sorted(self.defined & _PYTHONS_OWN):
            raise _refusal(f"a builtin's name, {name!r}, for something else")
        for name in sorted(self.used - self.defined.union(_BUILTINS, *self.imports.values())):
            raise _refusal(f"the unknown name {name!r}")

    def call(self, node: ast.Call) -> None:
        if not isinstance(node.func, ast.Name | ast.Attribute):
            raise _refusal("a call of an expression")

    def context(self, node: ast.withitem) -> None:
        if not isinstance(node.context_expr, ast.Call):
            raise _refusal("a context that is no call")

    def attribute(self, node: ast.Attribute) -> None:
        if node.attr not in _ATTRIBUTES:
            raise _refusal(f"the attribute {node.attr!r}")

    def function(self, node: ast.FunctionDef) -> None:
        self.defined.add(node.name)

    def argument(self, node: ast.arg) -> None:
        self.defined.add(node.arg)

    def imported(self, node: ast.ImportFrom) -> None:
        allowed = {"annotations"} if node.module == "__future__" else self.imports.get(node.module or "", set())
        for alias in node.names:
            if alias.name not in allowed or alias.asname:
                raise _refusal(f"an import of {alias.name!r} from {node.module!r}")


_CHECKS: dict[type, Callable[[_Names, Any], None]] = {
    ast.Call: _Names.call,
    ast.withitem: _Names.context,
    ast.Attribute: _Names.attribute,
    ast.FunctionDef: _Names.function,
    ast.arg: _Names.argument,
    ast.ImportFrom: _Names.imported,
}


def _refusal(what: str) -> PushforwardError:
    return PushforwardError(f"the generated source holds {what}; nothing was written or loaded")
