"""The cache: what is found again, what is not, under which hands it survives."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from codegen.native import cache
from codegen.native.cache import cache_folder, cached_library
from symbolic.errors import PushforwardError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PUSHFORWARD_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


class Builder:
    def __init__(self, content: bytes = b"library") -> None:
        self.content, self.calls = content, 0

    def __call__(self, path: Path) -> None:
        self.calls += 1
        path.write_bytes(self.content)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_was_built_is_found_again(folder: Path) -> None:
    build = Builder()
    path = cached_library(("source", "flags"), build)
    assert path.read_bytes() == b"library" and path.parent == folder
    assert cached_library(("source", "flags"), build) == path
    assert build.calls == 1 and files(folder) == [path.name]


@pytest.mark.parametrize("other", [("source",), ("source", "flag"), ("sourceflags", ""), ("source", "flags", "")])
def test_anything_else_is_built_anew(folder: Path, other: tuple[str, ...]) -> None:
    build = Builder()
    assert cached_library(("source", "flags"), build) != cached_library(other, build)
    assert build.calls == 2


@pytest.mark.parametrize("spoilt", [b"", b"libr", b"library.", b"librarx"])
def test_what_is_not_whole_is_built_anew(folder: Path, spoilt: bytes) -> None:
    build = Builder()
    path = cached_library(("source",), build)
    path.write_bytes(spoilt)
    assert cached_library(("source",), build) == path
    assert path.read_bytes() == b"library" and build.calls == 2


def test_a_failure_leaves_nothing(folder: Path) -> None:
    def fails(path: Path) -> None:
        path.write_bytes(b"half")
        raise PushforwardError("no")

    with pytest.raises(PushforwardError, match="no"):
        cached_library(("source",), fails)
    assert files(folder) == []


def test_a_full_disk_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(PushforwardError, match=r"cannot be kept in .*No space left on device; PUSHFORWARD_CACHE"):
        cached_library(("source",), lambda path: full(path, b""))
    monkeypatch.setattr(cache, "write_bytes", full)
    with pytest.raises(PushforwardError, match="No space left"):
        cached_library(("source",), Builder())
    assert files(folder) == []


def test_what_killed_processes_left_is_removed_when_it_is_old(folder: Path) -> None:
    cached_library(("other",), Builder())
    old, young = folder / ".making-old", folder / ".making-young"
    for left in (old, young):
        left.mkdir()
        (left / "kernel.c").write_text("int x;")
    half = folder / ".pushforward-x-1-2.tmp"
    half.write_bytes(b"ha")
    for path in (old, half):
        os.utime(path, (time.time() - 7200,) * 2)
    cached_library(("source",), Builder())
    assert [name for name in files(folder) if name.startswith(".")] == [".making-young"]


# Where it is


def test_the_folder_is_for_its_owner_alone(folder: Path) -> None:
    assert cache_folder() == folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there the folder is another")
def test_the_usual_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PUSHFORWARD_CACHE", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    assert cache_folder() == tmp_path / "caches" / "pushforward"
    for unset in ("", "not/absolute"):
        monkeypatch.setenv("XDG_CACHE_HOME", unset)
        assert cache_folder() == tmp_path / "home" / ".cache" / "pushforward"


@pytest.mark.parametrize("platform, place", [("darwin", "Library/Caches/pushforward"), ("win32", "local/pushforward")])
def test_the_usual_folder_of_other_systems(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str, place: str
) -> None:
    monkeypatch.delenv("PUSHFORWARD_CACHE", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    monkeypatch.setattr(cache.sys, "platform", platform)
    assert str(cache_folder()).startswith(str(tmp_path / place))


def test_a_folder_of_this_process_where_the_usual_one_cannot_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.delenv("PUSHFORWARD_CACHE", raising=False)
    monkeypatch.setattr(cache, "_users_folder", lambda: tmp_path / "file" / "pushforward")
    folder = cache_folder()
    assert folder == cache_folder() and stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert cached_library(("source",), Builder()).parent == folder


def test_that_folder_is_gone_afterwards_and_a_forked_process_leaves_it(tmp_path: Path) -> None:
    code = (
        "import os, pathlib\n"
        "from codegen.native import cache\n"
        f"cache._users_folder = lambda: pathlib.Path({str(__file__)!r}) / 'x'\n"
        "folder = cache.cache_folder()\n"
        "child = os.fork()\n"
        "if not child: raise SystemExit\n"
        "os.waitpid(child, 0)\n"
        "print(folder, folder.is_dir())\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != "PUSHFORWARD_CACHE"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=60)
    place, there = done.stdout.split()
    assert there == "True" and not Path(place).exists(), done.stderr


def test_a_chosen_folder_that_cannot_be_used_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PUSHFORWARD_CACHE", str(tmp_path / "file"))
    with pytest.raises(PushforwardError, match=r"PUSHFORWARD_CACHE is .*file', which cannot be used"):
        cache_folder()


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777])
def test_a_folder_that_others_may_write_to_is_refused(folder: Path, mode: int) -> None:
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(PushforwardError, match="other users may write to it; chmod 700 it"):
        cache_folder()


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="files have no owners here")
def test_a_folder_of_another_user_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache_folder()
    someone = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: someone)
    with pytest.raises(PushforwardError, match="it belongs to another user"):
        cache_folder()


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root gives links away")
def test_a_link_of_another_user_is_refused(folder: Path) -> None:
    mine = folder.with_name("mine")
    mine.mkdir(mode=0o700)
    folder.symlink_to(mine)
    os.lchown(folder, 12345, -1)
    with pytest.raises(PushforwardError, match="it belongs to another user"):
        cache_folder()


# Several processes

WORKER = """
import sys, time
from codegen.native.cache import cached_library
def build(path):
    with path.open("wb") as file:
        for k in range(20):
            file.write(bytes([k]) * 5000)
            file.flush()
            time.sleep(0.002)
print(cached_library(("source", sys.argv[1]), build).read_bytes() == b"".join(bytes([k]) * 5000 for k in range(20)))
"""


def start(name: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", WORKER, name], stdout=subprocess.PIPE, text=True)


def test_eight_processes_at_once_and_some_of_them_killed(folder: Path) -> None:
    processes = [start("a") for _ in range(8)]
    deadline = time.monotonic() + 60
    while not list(folder.glob(".making-*")) and time.monotonic() < deadline:
        time.sleep(0.002)
    for process in processes[:3]:
        process.send_signal(signal.SIGKILL)
    said = [process.communicate(timeout=60)[0] for process in processes]
    assert said[3:] == ["True\n"] * 5
    assert len([name for name in files(folder) if not name.startswith(".")]) == 1
    assert start("a").communicate(timeout=60)[0] == "True\n"
