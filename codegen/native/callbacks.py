"""Functions of the caller, f and its derivatives, as C calls them: count entries from x to y."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

_FUNCTION = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_void_p)


class Callbacks:
    """Functions by their keywords, for entries of one type. `error`: what the first one that failed has raised."""

    def __init__(self, functions: Mapping[str, Callable[..., Any]], entries: Any) -> None:
        self.entries = entries
        self.error: BaseException | None = None
        self.pointers = [_FUNCTION(self._callback(name, function)) for name, function in functions.items()]

    def _callback(self, name: str, function: Callable[..., Any]) -> Callable[..., None]:
        def apply(context: Any, count: int, x: int, y: int) -> None:
            result = self._entries(count, y)
            try:
                result[:] = np.nan if self.error else self._applied(name, function, self._entries(count, x))
            except BaseException as error:
                self.error = error
                result[:] = np.nan

        return apply

    def addresses(self) -> list[int | None]:
        """Of the functions, and of their context, which they do not need."""
        return [ctypes.cast(pointer, ctypes.c_void_p).value for pointer in self.pointers] + [None] * bool(self.pointers)

    def _entries(self, count: int, address: int) -> Any:
        """The memory there as an array."""
        if not count:
            return np.empty(0, self.entries)
        return np.frombuffer((ctypes.c_char * (count * self.entries.itemsize)).from_address(address), self.entries)

    def _applied(self, name: str, function: Callable[..., Any], X: Any) -> Any:
        """function(X), which cannot change X. Raises ValueError where the result has another shape."""
        X.setflags(write=False)
        Y = np.asarray(function(X), dtype=self.entries)
        if Y.shape != X.shape:
            raise ValueError(f"{name} returned shape {Y.shape} for an argument of shape {X.shape}")
        return Y
