"""One run at a time in a folder of outputs."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from h1224lib.batch.lock import LOCK, hold_folder
from h1224lib.errors import OutputError

ABOUT = {"plan": "huzhou-1224", "periods": ["2023Q1", "2025Q4"], "private": "/tmp/x"}
HOLDS = """import sys, time
from pathlib import Path
from h1224lib.batch.lock import hold_folder
with hold_folder(Path(sys.argv[1]), {"plan": "p", "periods": ["2024Q2"]}):
    print("holds", flush=True)
    time.sleep(600)"""


def hold_elsewhere(out: Path) -> subprocess.Popen[bytes]:
    """Hold a folder in another process."""
    other = subprocess.Popen([sys.executable, "-c", HOLDS, str(out)], stdout=subprocess.PIPE)
    assert other.stdout is not None
    assert other.stdout.readline().strip() == b"holds"
    return other


def test_a_second_run_is_told_who_holds_the_folder(tmp_path: Path) -> None:
    with hold_elsewhere(tmp_path) as other:
        with pytest.raises(OutputError) as caught, hold_folder(tmp_path, ABOUT):
            raise AssertionError
        for lang in ("zh", "en"):
            [line] = caught.value.say(lang)
            for said in (str(tmp_path), str(other.pid), socket.gethostname(), "p", "2024Q2"):
                assert said in line
        other.kill()
    # The system lets go of what a process held that died; who comes next knows of it.
    with hold_folder(tmp_path, ABOUT) as dead:
        assert dead is not None
        assert (dead["pid"], dead["plan"]) == (other.pid, "p")
    assert list(tmp_path.iterdir()) == []


def test_it_is_let_go_of_also_after_an_error(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt), hold_folder(tmp_path / "new" / "out", ABOUT) as dead:
            assert dead is None
            raise KeyboardInterrupt
    assert list((tmp_path / "new" / "out").iterdir()) == []


def test_two_folders_are_two_locks(tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    with (
        hold_folder(a, ABOUT),
        hold_folder(b, ABOUT),
        pytest.raises(OutputError, match="2023Q1"),
        hold_folder(a, ABOUT),
    ):
        raise AssertionError


@pytest.mark.parametrize("said", [b"", b"{", b"[]", b"\xff\xff", b"\0\0\0"])
def test_whatever_stands_in_the_file_the_lock_decides(tmp_path: Path, said: bytes) -> None:
    (tmp_path / LOCK).write_bytes(said)
    with hold_folder(tmp_path, ABOUT) as dead:
        assert dead == ({} if said else None)
        (tmp_path / LOCK).write_bytes(said)
        with pytest.raises(OutputError) as caught, hold_folder(tmp_path, ABOUT):
            raise AssertionError
        assert all(str(tmp_path) in caught.value.say(lang)[0] for lang in ("zh", "en"))


@pytest.mark.skipif(sys.platform == "win32", reason="there the file stays")
def test_who_waits_with_the_file_open_does_not_get_a_file_that_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from h1224lib.batch import lock

    usual, number = lock._lock, []

    def slow(opened: int) -> bool:
        if not number:
            # Between opening and locking, the run before ends and takes its file away.
            number.append(opened)
            (tmp_path / LOCK).unlink()
        return usual(opened)

    monkeypatch.setattr(lock, "_lock", slow)
    with hold_folder(tmp_path, ABOUT):
        monkeypatch.undo()
        with pytest.raises(OutputError), hold_folder(tmp_path, ABOUT):
            raise AssertionError


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_process_that_is_stopped_still_holds_it(tmp_path: Path) -> None:
    with hold_elsewhere(tmp_path) as other:
        os.kill(other.pid, signal.SIGSTOP)
        with pytest.raises(OutputError), hold_folder(tmp_path, ABOUT):
            raise AssertionError
        other.kill()
