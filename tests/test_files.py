"""Files appear whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from h1224lib.files import sha256, write_whole


def test_makes_folders_and_keeps_line_ends(tmp_path: Path) -> None:
    path = write_whole(tmp_path / "新 folder" / "a.csv", "一,1\n二,2\r\n")
    assert path.read_bytes() == "一,1\n二,2\r\n".encode()


def test_replaces_and_leaves_nothing_beside(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_whole(path, b"old")
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_whole(tmp_path / "a", b"old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"half")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_sha256(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    # The example of FIPS 180-2.
    assert sha256(tmp_path / "a").startswith("ba7816bf8f01cfea414140de5dae2223")
