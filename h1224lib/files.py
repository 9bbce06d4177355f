"""Files that appear whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import sys
from collections.abc import Iterable
from pathlib import Path

# Random bytes in the name of a file that is being written.
_TOKEN = 8


def write_whole(path: Path, content: str | bytes) -> Path:
    """Write a file beside its place and move it there, making folders as needed.

    Parameters
    ----------
    path : Path
        Where the file shall stand; what stands there is replaced.
    content : str or bytes
        Text is written as UTF-8, its line ends as they are.

    Returns
    -------
    Path
        The same path.

    Raises
    ------
    OSError
        The folder or the file cannot be written; no half of it is left.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    # No mkstemp: its files are private, and what a run leaves is as public as its folder.
    part = path.with_name(f".{secrets.token_hex(_TOKEN)}.part")
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return path


def is_part(name: str) -> bool:
    """Tell whether `write_whole` has named a file so, which it has not finished.

    Examples
    --------
    >>> is_part(".0123456789abcdef.part"), is_part(".mine.part")
    (True, False)
    """
    return re.fullmatch(rf"\.[0-9a-f]{{{2 * _TOKEN}}}\.part", name) is not None


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def keep_entries(folders: Iterable[Path]) -> None:
    """Bring onto the disk which files folders hold: after a loss of power they are there.

    Raises
    ------
    OSError
        A folder is not there.
    """
    if sys.platform == "win32":
        # It does so itself, and opens no folder.
        return
    for folder in folders:
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
