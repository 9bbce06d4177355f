"""The processes of a run: forked from a server that has loaded everything, else spawned."""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
import types
from collections.abc import Iterator
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from h1224lib.batch.isolation import IS_SERVER, ONE_THREAD
from h1224lib.batch.sockets import meet_there

_PRELOAD = "h1224lib.batch.preload"
# For the server alone: modules in the folder that it starts in must not stand in for others.
_SERVER = {**ONE_THREAD, IS_SERVER: "1", "PYTHONSAFEPATH": "1", "PYTHONUTF8": "1"}
# Seconds.
_LONGEST_END = 2.0
_started: list[str] = []


def forks() -> bool:
    """Tell whether a process can be forked from a server here.

    Not on macOS: its own libraries start threads that a fork does not have.
    """
    return sys.platform != "darwin" and "forkserver" in multiprocessing.get_all_start_methods()


def start_server(method: str = "") -> BaseContext:
    """Return what starts processes; where they are forked, begin to load what they need.

    Parameters
    ----------
    method : str
        ``forkserver`` or ``spawn``; by default the first where it works.

    Returns
    -------
    BaseContext
        The same server serves until the library has changed.
    """
    method = method or ("forkserver" if forks() else "spawn")
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        server: Any = forkserver._forkserver
        stamp = stamp_library()
        if _started and _started != [stamp]:
            # What it has loaded is not what a notebook would import.
            server._stop()
        _started[:] = [stamp]
        context.set_forkserver_preload([_PRELOAD])
        meet_there()
        with _alone():
            forkserver.ensure_running()
        atexit.unregister(stop_server)
        atexit.register(stop_server)
    return context


def stop_server() -> None:
    """End the server, and what `multiprocessing` has started beside it; both hold nothing now."""
    server: Any = forkserver._forkserver
    if server._forkserver_pid is not None:
        # It may still be loading, which nobody waits for.
        with contextlib.suppress(ProcessLookupError):
            os.kill(server._forkserver_pid, signal.SIGKILL)
        server._stop()
    tracker: Any = resource_tracker._resource_tracker
    if tracker._fd is None or tracker._pid is None:
        return
    os.close(tracker._fd)
    # It ends when nobody holds its pipe; who else uses it in this process keeps it.
    end = time.monotonic() + _LONGEST_END
    while not os.waitpid(tracker._pid, os.WNOHANG)[0] and time.monotonic() < end:
        time.sleep(0.005)
    tracker._fd = tracker._pid = None


def launch(process: BaseProcess) -> None:
    """Start a process, and its server too where that has died; signals wait until it is known."""
    with defer_signals(), _alone():
        process.start()


@contextlib.contextmanager
def defer_signals() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM do what they do, but not before the end."""
    came: list[tuple[int, Any]] = []
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {
        number: signal.signal(number, lambda *given: came.append(given))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    for given, frame in came:
        number = signal.Signals(given)
        handler = before[number]
        if callable(handler):
            handler(number, frame)
        elif handler == signal.SIG_DFL:
            signal.raise_signal(number)


def stamp_library() -> str:
    """Return what changes whenever a file of this library does: the server keeps them all."""
    folder = Path(__file__).parents[1]
    own = (path for path in folder.rglob("*") if path.parent.name != "__pycache__")
    found = [(path, path.stat()) for path in sorted(own) if path.is_file()]
    return repr([(str(path), stat.st_mtime_ns, stat.st_size) for path, stat in found])


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Keep what is started from reading the user's modules, and from running his script."""
    own, before = sys.modules["__main__"], dict(os.environ)
    sys.modules["__main__"] = types.ModuleType("__main__")
    os.environ.update(_SERVER)
    try:
        yield
    finally:
        sys.modules["__main__"] = own
        os.environ.clear()
        os.environ.update(before)
