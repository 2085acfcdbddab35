"""Files written whole or not at all, and left alone when nothing changed."""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import secrets
from pathlib import Path

_PREFIX, _SUFFIX = ".pushforward-", ".tmp"


def write_text(path: str | Path, text: str) -> bool:
    """Write `text` as UTF-8; True if the file changed. Raises OSError, leaving what was there."""
    return write_bytes(path, text.encode())


def write_bytes(path: str | Path, content: bytes) -> bool:
    """Write a file; True if it changed. Raises OSError, leaving what was there.

    The content goes to a temporary file beside the target, is forced to the disk, and then takes its name. A link
    is followed; a device or pipe is written to directly, since it cannot be replaced.
    """
    path = Path(os.path.realpath(path))
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return True
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_strays(path)
    _replace(path, content)
    return True


def _replace(path: Path, content: bytes) -> None:
    name = f"{_PREFIX}{path.name}-{os.getpid()}-"
    temporary = str(path.parent / f"{name}{secrets.token_hex(8)}{_SUFFIX}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            os.chmod(temporary, path.stat().st_mode & 0o777)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _remove_strays(path: Path) -> None:
    """Temporary files for this very target whose process was killed before it could finish or tidy up."""
    prefix = f"{_PREFIX}{path.name}-"
    for stray in path.parent.glob(f"{glob.escape(prefix)}*{_SUFFIX}"):
        process = stray.name.removeprefix(prefix).partition("-")[0]
        if process.isdecimal() and not _is_running(int(process)):
            with contextlib.suppress(OSError):
                stray.unlink()


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
