"""What a process writes on its standard streams, caught in the order in which it was written.

Python, libraries in C and other processes write to the same two files, so that no thread has to
read along, and nothing comes late.
"""

from __future__ import annotations

import codecs
import io
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

NAMES = ("stdout", "stderr")


class Catch:
    """The text that was written since it was last taken."""

    def __init__(self, files: dict[str, io.FileIO]) -> None:
        self._files = files
        self._decoders = {
            # What is no UTF-8 shows as a kernel shows it.
            name: codecs.getincrementaldecoder("utf-8")(errors="replace")
            for name in files
        }

    def take(self) -> list[tuple[str, str]]:
        """Return the streams that have something new, with it; what Python holds back is written.

        Returns
        -------
        list of (str, str)
            ``stdout`` or ``stderr``, and the text.
        """
        taken = []
        for name, file in self._files.items():
            getattr(sys, name).flush()
            text = self._decoders[name].decode(file.read())
            if text:
                taken.append((name, text))
        return taken


@contextmanager
def catch_streams() -> Iterator[Catch]:
    r"""Catch standard output and error, also of C and of processes that are started meanwhile.

    Examples
    --------
    >>> with catch_streams() as caught:
    ...     print("甲")
    ...     _ = os.system("echo 乙; echo 丙 >&2")
    ...     taken = caught.take()
    >>> taken
    [('stdout', '甲\n乙\n'), ('stderr', '丙\n')]
    """
    with ExitStack() as stack:
        folder = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="h1224-", ignore_cleanup_errors=True)
        )
        files = {
            name: stack.enter_context(_redirect(name, number, Path(folder) / name))
            for number, name in enumerate(NAMES, 1)
        }
        yield Catch(files)


@contextmanager
def _redirect(name: str, number: int, path: Path) -> Iterator[io.FileIO]:
    """Let a stream, and what lies under it, write to a file; give the file to read it from."""
    before = getattr(sys, name)
    before.flush()
    kept = os.dup(number)
    # Appended to, since other processes write to it too.
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(opened, number)
    os.close(opened)
    raw = io.FileIO(number, "w", closefd=False)
    # Nothing is held back, or the writings of other processes would come first.
    stream = io.TextIOWrapper(raw, "utf-8", "backslashreplace", newline="\n", write_through=True)
    setattr(sys, name, stream)
    try:
        with io.FileIO(path, "r") as file:
            yield file
    finally:
        setattr(sys, name, before)
        stream.detach()
        os.dup2(kept, number)
        os.close(kept)
