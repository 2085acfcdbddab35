"""What a traced function may not do."""

from __future__ import annotations

from symbolic.errors import NotSupported


class TracingError(NotSupported):
    """A function does what cannot be read as a matrix program; the message says where, and what to write instead."""


class UnknownAttribute(TracingError, AttributeError):
    """An attribute of NumPy's arrays that is not read; `hasattr` and `getattr` with a default see none."""
