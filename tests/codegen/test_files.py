"""Files are written whole or not at all, and left alone when nothing changed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from codegen.files import write_text

OLD, NEW = "old\n" * 1000, "new, and longer\n" * 5000


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o027)
    yield
    os.umask(before)


def _listed(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_writes_utf8_and_says_that_it_did(tmp_path: Path) -> None:
    target = tmp_path / "kernel.py"
    assert write_text(target, "δX₄ = f'(X₃) ⊙ δX₃\n") is True
    assert target.read_bytes() == "δX₄ = f'(X₃) ⊙ δX₃\n".encode()
    assert _listed(tmp_path) == ["kernel.py"]


def test_takes_the_path_as_text(tmp_path: Path) -> None:
    assert write_text(str(tmp_path / "kernel.py"), NEW)
    assert (tmp_path / "kernel.py").read_text() == NEW


def test_makes_missing_folders(tmp_path: Path) -> None:
    write_text(tmp_path / "a" / "b" / "kernel.py", NEW)
    assert (tmp_path / "a" / "b" / "kernel.py").read_text() == NEW


def test_unchanged_content_is_not_written_again(tmp_path: Path) -> None:
    target = tmp_path / "kernel.py"
    write_text(target, NEW)
    os.utime(target, ns=(10**18, 10**18))
    before = target.stat()
    assert write_text(target, NEW) is False
    after = target.stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_changed_content_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "kernel.py"
    write_text(target, NEW)
    assert write_text(target, OLD) is True
    assert target.read_text() == OLD


@pytest.mark.usefixtures("umask")
def test_a_new_file_has_the_mode_of_any_new_file(tmp_path: Path) -> None:
    write_text(tmp_path / "kernel.py", NEW)
    (tmp_path / "plain").write_text(NEW)
    mode = (tmp_path / "kernel.py").stat().st_mode & 0o7777
    assert mode == (tmp_path / "plain").stat().st_mode & 0o7777 == 0o640


@pytest.mark.parametrize("mode", [0o600, 0o755])
def test_a_replaced_file_keeps_its_mode(tmp_path: Path, mode: int) -> None:
    target = tmp_path / "kernel.py"
    target.write_text(OLD)
    target.chmod(mode)
    write_text(target, NEW)
    assert target.stat().st_mode & 0o7777 == mode


class TestStrayTemporaries:
    """What a killed run left is removed by the next run for the same target, and by no other."""

    @pytest.mark.parametrize("name", ["kernel.py", "kernel[1].py", "a*b.py"])
    def test_of_this_target_are_removed(self, tmp_path: Path, name: str) -> None:
        _killed_at("fsync", tmp_path / name)
        assert len(_listed(tmp_path)) == 1
        write_text(tmp_path / name, NEW)
        assert _listed(tmp_path) == [name]

    def test_of_other_targets_stay(self, tmp_path: Path) -> None:
        _killed_at("fsync", tmp_path / "other.py")
        (stray,) = _listed(tmp_path)
        write_text(tmp_path / "kernel.py", NEW)
        assert _listed(tmp_path) == sorted([stray, "kernel.py"])


class TestFailure:
    @pytest.mark.parametrize("call", ["fsync", "chmod", "replace"])
    def test_leaves_what_was_there_and_no_temporary(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
    ) -> None:
        target = tmp_path / "kernel.py"
        target.write_text(OLD)

        def full(*arguments: object) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch, pytest.raises(OSError, match="No space left"):
            patch.setattr(os, call, full)
            write_text(target, NEW)
        assert target.read_text() == OLD
        assert _listed(tmp_path) == ["kernel.py"]

    def test_below_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text(OLD)
        with pytest.raises(OSError):
            write_text(tmp_path / "file" / "kernel.py", NEW)
        assert (tmp_path / "file").read_text() == OLD

    def test_a_folder_of_that_name(self, tmp_path: Path) -> None:
        """Nothing is left beside the folder, and the error names it rather than a temporary."""
        (tmp_path / "folder").mkdir()
        with pytest.raises(OSError) as error:
            write_text(tmp_path / "folder", NEW)
        assert _listed(tmp_path) == ["folder"]
        assert str(error.value.filename) == str(tmp_path / "folder")


class TestWhatIsNoPlainFile:
    def test_a_link_stays_a_link(self, tmp_path: Path) -> None:
        (tmp_path / "real.py").write_text(OLD)
        (tmp_path / "link.py").symlink_to("real.py")
        write_text(tmp_path / "link.py", NEW)
        assert (tmp_path / "link.py").is_symlink()
        assert (tmp_path / "real.py").read_text() == NEW

    def test_a_pipe_is_never_replaced(self, tmp_path: Path) -> None:
        """As /dev/null and /dev/stdout must not be: written to or refused, but what it was."""
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        reader = os.open(pipe, os.O_RDWR)
        try:
            write_text(pipe, "short\n")
        except OSError:
            pass
        else:
            assert pipe.is_fifo()
            assert os.read(reader, 100) == b"short\n"
        finally:
            os.close(reader)
        assert pipe.is_fifo()


KILLED = """
import os, signal, sys
from codegen.files import write_text
setattr(os, sys.argv[1], lambda *arguments: os.kill(os.getpid(), signal.SIGKILL))
write_text(sys.argv[2], "new, and longer\\n" * 5000)
"""

WRITES_FOREVER = """
import sys
from codegen.files import write_text
print("started", flush=True)
while True:
    write_text(sys.argv[1], "new, and longer\\n" * 5000)
    write_text(sys.argv[1], "old\\n" * 1000)
"""


def _killed_at(call: str, target: Path) -> None:
    """A run that is killed inside one of its system calls."""
    done = subprocess.run([sys.executable, "-c", KILLED, call, str(target)], capture_output=True, timeout=60)
    assert done.returncode == -signal.SIGKILL, done.stderr


class TestKilled:
    @pytest.mark.parametrize("call", ["fsync", "chmod", "replace"])
    def test_at_each_step_the_old_file_stands(self, tmp_path: Path, call: str) -> None:
        target = tmp_path / "kernel.py"
        target.write_text(OLD)
        _killed_at(call, target)
        assert target.read_text() == OLD
        assert len(_listed(tmp_path)) == 2

    def test_at_any_moment_a_file_is_whole(self, tmp_path: Path) -> None:
        target = tmp_path / "kernel.py"
        seconds = random.Random(1)
        for _ in range(8):
            writer = subprocess.Popen([sys.executable, "-c", WRITES_FOREVER, str(target)], stdout=subprocess.PIPE)
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"started\n"
            while not target.exists():
                time.sleep(0.001)
            time.sleep(seconds.uniform(0, 0.03))
            writer.kill()
            writer.wait()
            writer.stdout.close()
            assert target.read_text() in (OLD, NEW)
        write_text(target, "last\n")
        assert _listed(tmp_path) == ["kernel.py"]


def test_two_writers_of_one_file_do_not_disturb_each_other(tmp_path: Path) -> None:
    target = tmp_path / "kernel.py"
    code = WRITES_FOREVER.replace("while True", "for _ in range(150)")
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(target)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    complaints = [writer.communicate(timeout=60)[1].decode() for writer in writers]
    assert complaints == ["", ""]
    assert target.read_text() in (OLD, NEW)
    assert _listed(tmp_path) == ["kernel.py"]
