"""Compiled libraries on the disk, found by what they were made of.

A file is named after the hash of what it was made of and the hash of its own content: one that was cut off does not
have the content that its name tells of, and is made again. It takes its name in one step, so that processes that make
the same one at the same time do not see each other's work half done.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from codegen.files import write_bytes
from codegen.native.compiler import SUFFIX
from symbolic.errors import PushforwardError

VARIABLE = "PUSHFORWARD_CACHE"
_DIGITS = 32
_WORKSHOP = ".making-"
_ABANDONED = 3600.0
"""Seconds after which nobody is still at work."""


def cached_library(made_of: tuple[str, ...], build: Callable[[Path], None]) -> Path:
    """The library made of these texts, built where it is not there: `build(path)` writes it.

    Raises PushforwardError where PUSHFORWARD_CACHE names a folder that cannot be used, or where a file cannot be
    written, as on a full disk; and what `build` raises.
    """
    folder = cache_folder()
    key = _digest("\0".join(made_of).encode())
    for path in sorted(folder.glob(f"{key}-*{SUFFIX}")):
        if _is_whole(path):
            return path
        with contextlib.suppress(OSError):
            path.unlink()
    _remove_abandoned(folder)
    try:
        content = _built(folder, build)
        path = folder / f"{key}-{_digest(content)}{SUFFIX}"
        write_bytes(path, content)
    except OSError as error:
        raise PushforwardError(
            f"a compiled kernel cannot be kept in {folder}: {error.strerror or error}; {VARIABLE} names another folder"
        ) from None
    return path


def _built(folder: Path, build: Callable[[Path], None]) -> bytes:
    """The content of a library, built beside those that are there."""
    workshop = Path(tempfile.mkdtemp(prefix=_WORKSHOP, dir=folder))
    try:
        built = workshop / f"library{SUFFIX}"
        build(built)
        return built.read_bytes()
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def cache_folder() -> Path:
    """PUSHFORWARD_CACHE, else the user's cache folder, else, where that cannot be written, one of this process alone.

    Raises PushforwardError where the first is set and cannot be used, or could be written by somebody else.
    """
    chosen = os.environ.get(VARIABLE)
    folder = Path(chosen).absolute() if chosen else _users_folder()
    try:
        return _checked(folder)
    except OSError as error:
        if chosen:
            raise PushforwardError(
                f"{VARIABLE} is {chosen!r}, which cannot be used to keep compiled kernels: {error.strerror or error}"
            ) from None
    return _folder_of_this_process(os.getpid())


def _users_folder() -> Path:
    """Where the system keeps what can be made again."""
    home = Path(os.path.expanduser("~"))
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "pushforward" / "Cache"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "pushforward"
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if os.path.isabs(base) else home / ".cache") / "pushforward"


def _checked(folder: Path) -> Path:
    """The folder, made if need be, for its owner alone: what lies in it is run. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if hasattr(os, "getuid"):
        for status in (folder.lstat(), folder.stat()):
            if status.st_uid != os.getuid():
                raise PermissionError(0, "it belongs to another user")
        if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise PermissionError(0, "other users may write to it; chmod 700 it")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise PermissionError(0, "it may not be read and written")
    return folder


@lru_cache(maxsize=1)
def _folder_of_this_process(process: int) -> Path:
    """A new folder that is removed when this process ends, and not when a process that it forked does."""
    folder = Path(tempfile.mkdtemp(prefix="pushforward-"))
    atexit.register(_remove_folder_of, process, folder)
    return folder


def _remove_folder_of(process: int, folder: Path) -> None:
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)


def _is_whole(path: Path) -> bool:
    try:
        return path.name == f"{path.name[:_DIGITS]}-{_digest(path.read_bytes())}{SUFFIX}"
    except OSError:
        return False


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_DIGITS]


def _remove_abandoned(folder: Path) -> None:
    """What processes that were killed have left: folders in which they worked, and files without their name yet."""
    for path in folder.glob(".*"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _ABANDONED:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
