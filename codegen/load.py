"""Source → function: an ordinary module from a string, so that tracebacks show the kernel's lines."""

from __future__ import annotations

import importlib.util
import linecache
from collections.abc import Callable
from importlib.abc import InspectLoader
from types import ModuleType
from typing import Any

from symbolic.errors import PushforwardError


class _SourceLoader(InspectLoader):
    def __init__(self, source: str) -> None:
        self.source = source

    def get_source(self, fullname: str) -> str:
        return self.source

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)


def load(source: str, function: str, label: str) -> Callable[..., Any]:
    """The function of that name in a kernel's source, which `emit` has checked.

    Raises PushforwardError when a library that the kernel needs is missing.
    """
    name = f"pushforward_kernel_{label}"
    loader = _SourceLoader(source)
    spec = importlib.util.spec_from_loader(name, loader, origin=f"<{name}>")
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    try:
        loader.exec_module(module)
    except ModuleNotFoundError as error:
        raise PushforwardError(f"this kernel needs {error.name}: pip install {error.name}") from None
    linecache.cache["<string>"] = (len(source), None, source.splitlines(keepends=True), "<string>")
    loaded: Callable[..., Any] = getattr(module, function)
    return loaded
