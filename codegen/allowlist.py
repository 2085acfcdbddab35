"""What emitted Python may contain, checked on its syntax tree before it is written or loaded."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from symbolic.errors import PushforwardError

_NODES = (
    ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.Expr, ast.If, ast.For,
    ast.Raise, ast.ImportFrom, ast.alias, ast.Call, ast.keyword, ast.Name, ast.Attribute, ast.Constant, ast.Tuple,
    ast.List, ast.Dict, ast.Subscript, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.JoinedStr,
    ast.FormattedValue, ast.DictComp, ast.ListComp, ast.GeneratorExp, ast.comprehension, ast.Starred,
    ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.expr_context,
)  # fmt: skip
_ATTRIBUTES = {
    "shape", "dtype", "ndim", "T", "dot", "copy", "kind", "items", "values", "astype", "reshape", "setdefault", "join",
}  # fmt: skip
_BUILTINS = {
    "type", "isinstance", "int", "float", "str", "len", "zip", "map", "list", "tuple", "ValueError", "TypeError",
}  # fmt: skip
_MODULES = {"numpy", "scipy.special", "__future__"}


def check_source(source: str, imports: Mapping[str, set[str]]) -> None:
    """Raise PushforwardError unless every node, attribute, call and import is of the expected kind."""
    tree = ast.parse(source)
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    parameters = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    callable_names = defined | parameters | _BUILTINS | {name for names in imports.values() for name in names}
    for node in ast.walk(tree):
        problem = _problem(node, callable_names)
        if problem:
            raise PushforwardError(f"the generated source holds {problem}; nothing was written or loaded")


def _problem(node: ast.AST, callable_names: set[str]) -> str:
    if not isinstance(node, _NODES):
        return f"an unexpected {type(node).__name__}"
    if isinstance(node, ast.Attribute) and node.attr not in _ATTRIBUTES:
        return f"the attribute {node.attr!r}"
    if isinstance(node, ast.Name) and node.id.startswith("__"):
        return f"the name {node.id!r}"
    if isinstance(node, ast.ImportFrom) and node.module not in _MODULES:
        return f"an import of {node.module!r}"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id not in callable_names:
        return f"a call of {node.func.id!r}"
    if isinstance(node, ast.Call) and not isinstance(node.func, ast.Name | ast.Attribute):
        return "a call of an expression"
    return ""
