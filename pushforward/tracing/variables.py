"""The names that a function's own variables give to values, read off its frame while it runs and when it has ended.

Nothing is hooked into Python: a frame that somebody holds keeps its variables after the function has returned. So
debuggers, coverage and profilers are not disturbed.
"""

from __future__ import annotations

import dis
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from symbolic.nodes import Node


class Variables:
    """What each variable of the outermost frame under `root` that runs `code` was bound to, in order.

    `node_of`: the matrix that a Python value stands for, or None.
    """

    def __init__(self, code: CodeType | None, node_of: Callable[[Any], Node | None]) -> None:
        self.code = code
        self.node_of = node_of
        self.history: dict[str, list[Node]] = {}
        self.frame: FrameType | None = None
        self.root: FrameType | None = None
        self.borrowed = _names_of_comprehensions(code)

    def start(self, root: FrameType) -> None:
        """From now on `root` is the frame that calls the function."""
        self.root = root

    def look(self, frame: FrameType | None) -> None:
        """Note the variables as they are now; `frame`: the innermost one."""
        found = self._outermost(frame) if self.code is not None else None
        if found is not None:
            if self.frame not in (None, found):
                self.finish_frame()
            self.frame = found
            self._note(found, self.borrowed)

    def finish_frame(self) -> None:
        """Note the variables of a call that has returned."""
        if self.frame is not None:
            self._note(self.frame, frozenset())

    def finish(self) -> None:
        """Note them for the last time, and let go of the frame."""
        self.finish_frame()
        self.frame = self.root = self.code = None

    @property
    def line(self) -> int:
        """The line that the function is at; 0 where it is not known."""
        return (self.frame.f_lineno or 0) if self.frame is not None else 0

    def _note(self, frame: FrameType, left_out: frozenset[str]) -> None:
        for name, value in dict(frame.f_locals).items():
            node = self.node_of(value)
            if node is None or name in left_out:
                continue
            history = self.history.setdefault(name, [])
            if not history or history[-1] is not node:
                history.append(node)

    def _outermost(self, frame: FrameType | None) -> FrameType | None:
        found = None
        while frame is not None and frame is not self.root:
            if frame.f_code is self.code:
                found = frame
            frame = frame.f_back
        return found if frame is not None else None


def _names_of_comprehensions(code: CodeType | None) -> frozenset[str]:
    """The x of [f(x) for x in xs]: from Python 3.12 on it is among the function's variables while that is made."""
    instructions = dis.get_instructions(code) if code is not None else ()
    return frozenset(step.argval for step in instructions if step.opname == "LOAD_FAST_AND_CLEAR")
