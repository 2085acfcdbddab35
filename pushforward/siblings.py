"""The packages `symbolic` and `codegen` have common names: are the ones imported our own?"""

from __future__ import annotations

import importlib
from pathlib import Path


def check_siblings() -> None:
    """Raise ImportError when another distribution's `symbolic` or `codegen` stands in front of ours."""
    home = Path(__file__).resolve().parent.parent
    for name in ("symbolic", "codegen"):
        found = importlib.import_module(name).__file__
        if found is None or Path(found).resolve().parent != home / name:
            raise ImportError(
                f"the package {name!r} comes from {found}, not from Pushforward in {home}: "
                f"another distribution or folder of that name stands in front of it on sys.path"
            )


check_siblings()
