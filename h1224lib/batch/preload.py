"""What the server of forks loads once, for every notebook.

The server imports the modules that it is told of, and so this one loads all others there.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import signal
from contextlib import suppress
from pathlib import Path

from h1224lib.batch.delays import delay_grammar
from h1224lib.batch.isolation import IS_SERVER, ONE_THREAD

# In this order, the longest first; what is not installed is left out.
MODULES = (
    *("pandas", "altair", "papermill", "nbconvert", "scipy.optimize", "scipy.stats"),
    *("fontTools.subset", "fontTools.ttLib", "jinja2.ext", "pygments.lexers.python"),
    *("h1224lib.batch.engine", "h1224lib.batch.client", "h1224lib.views", "h1224lib.charts"),
    *("h1224lib.record", "h1224lib.ledger.read", "h1224lib.results", "h1224lib.schedules"),
)


def count_threads() -> int:
    """Return how many threads this process has; 1 where the system does not tell."""
    folder = Path("/proc/self/task")
    return len(list(folder.iterdir())) if folder.is_dir() else 1


def load() -> None:
    """Load everything, and make it ready to be shared.

    Raises
    ------
    RuntimeError
        A library has started a thread: a fork would not have it, and might wait for it for ever.
    """
    # When the run has died, this server ends, and nobody else is left to do it.
    atexit.register(_end_children, os.getpid())
    os.environ.update(ONE_THREAD)
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    # Arrow's memory allocator would start a thread, before anything is allocated.
    os.environ["JE_ARROW_MALLOC_CONF"] = "background_thread:false"
    delay_grammar()
    # The server keeps quiet about a module that fails to load (3.11), also one of ours.
    for name in MODULES:
        with suppress(ModuleNotFoundError):
            importlib.import_module(name)
    _warm()
    if count_threads() != 1:
        raise RuntimeError(f"{count_threads()} threads in the server of forks")
    gc.collect()
    gc.freeze()


def _warm() -> None:
    """Do once what takes time the first time and is the same for every notebook."""
    import altair as alt

    from h1224lib.batch.render import load_exporter

    alt.Chart(alt.Data(values=[{}])).mark_point().encode(x="a:Q").to_dict()
    load_exporter()


def _end_children(server: int) -> None:
    """Kill what was forked from the server, with all that it has started."""
    if os.getpid() == server:
        listed = Path(f"/proc/self/task/{server}/children")
        for number in listed.read_text(encoding="ascii").split() if listed.exists() else ():
            with suppress(OSError):
                os.killpg(int(number), signal.SIGKILL)


if os.environ.pop(IS_SERVER, ""):
    load()
