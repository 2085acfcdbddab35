"""Files written whole or not at all, and left alone when nothing changed."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

_PREFIX, _SUFFIX = ".pushforward-", ".tmp"


def write_text(path: str | Path, text: str) -> bool:
    """Write `text` as UTF-8; True if the file changed. Raises OSError, leaving what was there.

    The text goes to a temporary file beside the target, is forced to the disk, and then takes its name.
    """
    path = Path(path)
    content = text.encode()
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_strays(path)
    handle, temporary = tempfile.mkstemp(prefix=f"{_PREFIX}{path.name}-", suffix=_SUFFIX, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    return True


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _remove_strays(path: Path) -> None:
    """Temporary files that a killed run left behind for this very target."""
    for stray in path.parent.glob(f"{_PREFIX}{path.name}-*{_SUFFIX}"):
        with contextlib.suppress(OSError):
            stray.unlink()
