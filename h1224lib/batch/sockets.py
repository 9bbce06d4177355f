"""Where processes meet: in a folder whose path is short enough for their sockets."""

from __future__ import annotations

import os
import tempfile
from multiprocessing import util

# A socket's path has at most 107 bytes on Linux, 103 on macOS; names below the folder take 45.
_LONGEST = 58
_SHORT = "/tmp"


def find_short_folder() -> str:
    """Return the folder of temporary files, or the system's where its path is too long.

    Examples
    --------
    >>> len(os.fsencode(find_short_folder())) <= 58 or not os.path.isdir("/tmp")
    True
    """
    usual = tempfile.gettempdir()
    long = len(os.fsencode(usual)) > _LONGEST
    return _SHORT if long and os.access(_SHORT, os.W_OK) else usual


def meet_there() -> None:
    """Let `multiprocessing` make its sockets there; once it has made some, it stays with them."""
    before, tempfile.tempdir = tempfile.tempdir, find_short_folder()
    try:
        util.get_temp_dir()
    finally:
        tempfile.tempdir = before
