"""What emitted Python may contain, checked on its syntax tree before it is written or loaded."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping

from symbolic.errors import PushforwardError

_CHILDREN: dict[type[ast.AST], tuple[str, ...]] = {
    ast.Module: ("body",),
    ast.FunctionDef: ("args", "body", "decorator_list", "returns"),
    ast.arguments: ("posonlyargs", "args", "kwonlyargs", "vararg", "kwarg", "defaults", "kw_defaults"),
    ast.arg: ("annotation",),
    ast.Return: ("value",),
    ast.Assign: ("targets", "value"),
    ast.Delete: ("targets",),
    ast.Expr: ("value",),
    ast.If: ("test", "body", "orelse"),
    ast.For: ("target", "iter", "body", "orelse"),
    ast.Raise: ("exc", "cause"),
    ast.ImportFrom: (),
    ast.Call: ("func", "args", "keywords"),
    ast.keyword: ("value",),
    ast.Name: (),
    ast.Attribute: ("value",),
    ast.Constant: (),
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
}
"""The kinds of node allowed, with the fields that hold further nodes."""

_ATTRIBUTES = frozenset(
    """shape view setflags dtype ndim T dot copy kind items values astype reshape setdefault join""".split()  # noqa: SIM905
)
_BUILTINS = frozenset(
    ("type", "isinstance", "int", "float", "str", "len", "zip", "map", "list", "tuple", "ValueError", "TypeError")
)


def check_source(source: str, imports: Mapping[str, set[str]]) -> ast.Module:
    """The syntax tree of a source in which every node, attribute, call and import is of an expected kind.

    `imports`: by module, the names that the source may call besides its own. Raises PushforwardError.
    """
    tree = ast.parse(source)
    known, used = set(_BUILTINS).union(*imports.values()), set[str]()
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        fields = _CHILDREN.get(type(node))
        if fields is None:
            raise _refusal(f"an unexpected {type(node).__name__}")
        _check(node, known, used, imports)
        for field in fields:
            child = getattr(node, field)
            if isinstance(child, list):
                stack.extend(part for part in child if part is not None)
            elif child is not None:
                stack.append(child)
    for name in sorted(used - known):
        raise _refusal(f"the unknown name {name!r}")
    return tree


def _check(node: ast.AST, known: set[str], used: set[str], imports: Mapping[str, set[str]]) -> None:
    """Refuse names, attributes and imports that are not expected; note what is defined and what is used."""
    if isinstance(node, ast.Name):
        if node.id.startswith("__"):
            raise _refusal(f"the name {node.id!r}")
        if isinstance(node.ctx, ast.Load):
            used.add(node.id)
        else:
            _define(node.id, known)
    elif isinstance(node, ast.Call):
        if not isinstance(node.func, ast.Name | ast.Attribute):
            raise _refusal("a call of an expression")
    elif isinstance(node, ast.Attribute):
        if node.attr not in _ATTRIBUTES:
            raise _refusal(f"the attribute {node.attr!r}")
    elif isinstance(node, ast.FunctionDef):
        _define(node.name, known)
    elif isinstance(node, ast.arg):
        _define(node.arg, known)
    elif isinstance(node, ast.ImportFrom):
        allowed = {"annotations"} if node.module == "__future__" else imports.get(node.module or "", set())
        for alias in node.names:
            if alias.name not in allowed or alias.asname:
                raise _refusal(f"an import of {alias.name!r} from {node.module!r}")


def _define(name: str, known: set[str]) -> None:
    if hasattr(builtins, name):
        raise _refusal(f"a builtin's name, {name!r}, for something else")
    known.add(name)


def _refusal(what: str) -> PushforwardError:
    return PushforwardError(f"the generated source holds {what}; nothing was written or loaded")
