"""How a process is kept apart from others, and ends with them."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

# A library for linear algebra starts a thread for each core, which no fork outlives; and sums
# in another order with each number of threads.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
# Tells the server of forks what it is.
IS_SERVER = "H1224_IS_SERVER"
_PR_SET_PDEATHSIG = 1


def begin() -> None:
    """Make this process, started by `multiprocessing`, the head of a group that ends with it."""
    if sys.platform == "win32":
        return
    # Ctrl-C reaches the process that the user started, which ends the others.
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    die_with_parent()
    _close_alive()
    # Standard output belongs to who started the run.
    os.dup2(2, 1)


def die_with_parent() -> None:
    """Let the system kill this process when the one that started it has died; on Linux."""
    if sys.platform != "linux":
        return
    import ctypes

    parent = os.getppid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:
        os._exit(1)


def _close_alive() -> None:
    """Do not keep the server alive, which ends when all that hold this pipe have ended."""
    server: Any = forkserver._forkserver
    if server._forkserver_alive_fd is not None:
        os.close(server._forkserver_alive_fd)
        server._forkserver_alive_fd = None


def kill(process: BaseProcess) -> None:
    """Kill a process that `begin` has set apart, with all that it has started."""
    if process.pid is None:
        return
    if sys.platform != "win32":
        # A Jupyter kernel has a group of its own, and so what a notebook starts there.
        below = list_below(process.pid)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        for pid in below:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
    # Also where it had no time yet to begin.
    process.kill()
    process.join()


def list_below(pid: int) -> list[int]:
    """List what a process has started, and what that has started in turn; on Linux alone."""
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        # It may end meanwhile.
        with contextlib.suppress(OSError):
            for child in map(int, path.read_text(encoding="ascii").split()):
                found += [child, *list_below(child)]
    return found
