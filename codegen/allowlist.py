"""What emitted Python may contain, checked on its syntax tree before it is written or loaded."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from symbolic.errors import PushforwardError

_NODES = (
    ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.Expr, ast.If, ast.For,
    ast.Raise, ast.ImportFrom, ast.alias, ast.Call, ast.keyword, ast.Name, ast.Attribute, ast.Constant, ast.Tuple,
    ast.List, ast.Dict, ast.Subscript, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.JoinedStr,
    ast.FormattedValue, ast.Delete, ast.DictComp, ast.ListComp, ast.GeneratorExp, ast.comprehension, ast.Starred,
    ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.expr_context,
)  # fmt: skip
_ATTRIBUTES = {
    "shape", "dtype", "ndim", "T", "dot", "copy", "kind", "items", "values", "astype", "reshape", "setdefault", "join",
}  # fmt: skip
_BUILTINS = {
    "type", "isinstance", "int", "float", "str", "len", "zip", "map", "list", "tuple", "ValueError", "TypeError",
}  # fmt: skip
_MODULES = {"numpy", "scipy.special", "__future__"}


def check_source(source: str, imports: Mapping[str, set[str]]) -> ast.Module:
    """The syntax tree of a source in which every node, attribute, call and import is of an expected kind.

    Raises PushforwardError otherwise.
    """
    tree = ast.parse(source)
    nodes = list(ast.walk(tree))
    callable_names = set(_BUILTINS).union(*imports.values())
    callable_names |= {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    callable_names |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    for node in nodes:
        problem = _problem(node, callable_names)
        if problem:
            raise PushforwardError(f"the generated source holds {problem}; nothing was written or loaded")
    return tree


def _problem(node: ast.AST, callable_names: set[str]) -> str:
    match node:
        case ast.Name(id=name) if name.startswith("__"):
            return f"the name {name!r}"
        case ast.Attribute(attr=name) if name not in _ATTRIBUTES:
            return f"the attribute {name!r}"
        case ast.ImportFrom(module=module) if module not in _MODULES:
            return f"an import of {module!r}"
        case ast.Call(func=ast.Name(id=name)) if name not in callable_names:
            return f"a call of {name!r}"
        case ast.Call(func=function) if not isinstance(function, ast.Name | ast.Attribute):
            return "a call of an expression"
    return "" if isinstance(node, _NODES) else f"an unexpected {type(node).__name__}"
