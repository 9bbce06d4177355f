"""One run at a time in a folder of outputs; a second one is told who is there."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import socket
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from h1224lib.errors import OutputError

LOCK = ".h1224.lock"
# On Windows what is locked cannot be read: a byte behind all that is written.
_BYTE = 1 << 30


@contextlib.contextmanager
def hold_folder(folder: Path, about: Mapping[str, Any]) -> Iterator[dict[str, Any] | None]:
    """Hold a folder of outputs for this run alone; the system lets go of it when the run dies.

    Parameters
    ----------
    folder : Path
        Made where it is not there.
    about : dict
        `plan` and `periods`, as another run shall say them, and what that one is to know of this
        one if it dies.

    Yields
    ------
    dict or None
        What the run before this one has said of itself, if it died.

    Raises
    ------
    OutputError
        Another run holds it; the error says which.
    OSError
        It cannot be written, or its file system knows no locks.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as out, hold_folder(Path(out), {"plan": "x"}) as dead:
    ...     dead, [path.name for path in Path(out).iterdir()]
    (None, ['.h1224.lock'])
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / LOCK
    number = _open(path)
    try:
        dead = _read(path) if os.fstat(number).st_size else None
        os.ftruncate(number, 0)
        os.write(number, json.dumps({**_describe(), **about}).encode("ascii"))
        yield dead
    finally:
        # Empty, and gone where a file that is open can be taken away.
        os.ftruncate(number, 0)
        if sys.platform != "win32":
            path.unlink(missing_ok=True)
        os.close(number)


def _open(path: Path) -> int:
    """Open the lock's file and lock it."""
    while True:
        number = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        try:
            if not _lock(number):
                who = dict.fromkeys(("pid", "host", "started", "plan", "periods"), "") | _read(path)
                raise OutputError("out_is_held", folder=path.parent, who=who)
            with contextlib.suppress(FileNotFoundError):
                # Who held it before may have taken the file away after it was opened here.
                if sys.platform == "win32" or os.path.samestat(os.fstat(number), path.stat()):
                    return number
        except BaseException:
            os.close(number)
            raise
        os.close(number)


def _lock(number: int) -> bool:
    """Lock an open file; tell whether that is done."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(number, _BYTE, os.SEEK_SET)
            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
            os.lseek(number, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _describe() -> dict[str, Any]:
    started = dt.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return {"pid": os.getpid(), "host": socket.gethostname(), "started": started}


def _read(path: Path) -> dict[str, Any]:
    """Read what a run has said of itself; nothing of one that has not done so yet."""
    try:
        said = json.loads(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
