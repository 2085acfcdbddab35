"""Source → function: an ordinary module from a string, so that tracebacks show the kernel's lines."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import linecache
from collections.abc import Callable, Mapping
from importlib.abc import InspectLoader
from types import CodeType
from typing import Any

from symbolic.errors import PushforwardError


class _CodeLoader(InspectLoader):
    """Loads a module from its code; it lives as long as the module, and so does not hold the syntax tree."""

    def __init__(self, source: str, code: CodeType) -> None:
        self.source, self.code = source, code

    def get_source(self, fullname: str) -> str:
        return self.source

    def get_code(self, fullname: str) -> CodeType:
        return self.code


def compiled(source: str, tree: ast.Module, function: str) -> CodeType:
    """The code of the kernel `function`, from the syntax tree of its source, which has been checked."""
    digest = hashlib.sha256(source.encode()).hexdigest()[:16]
    return InspectLoader.source_to_code(tree, f"<pushforward_kernel_{function} {digest}>")


def load(source: str, code: CodeType, function: str, namespace: Mapping[str, Any] | None = None) -> Callable[..., Any]:
    """The function of that name in a kernel's source, from the source's code.

    `namespace`: what the module has besides its own names.

    Raises PushforwardError when a library that the kernel needs is missing.
    """
    name = f"pushforward_kernel_{function}"
    filename = code.co_filename
    loader = _CodeLoader(source, code)
    spec = importlib.util.spec_from_loader(name, loader, origin=filename)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    vars(module).update(namespace or {})
    try:
        loader.exec_module(module)
    except ModuleNotFoundError as error:
        raise PushforwardError(f"this kernel needs {error.name}: pip install {error.name}") from None
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    loaded: Callable[..., Any] = getattr(module, function)
    return loaded
