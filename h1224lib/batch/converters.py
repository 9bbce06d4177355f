"""Processes that draw the figures of all notebooks: the first drawing of a process is slow."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import current_process
from multiprocessing.connection import Client, Connection, Listener
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from h1224lib.batch.isolation import begin, kill
from h1224lib.batch.server import launch
from h1224lib.charts.elsewhere import Draw

# A notebook shows what it has just written: the same drawing, asked for twice.
_REMEMBERED = 4


class Converter:
    """A process that draws, started anew where it has died.

    It is spawned: so it loads what it needs, and draws for a first time, while the server of forks
    still loads what notebooks need; and a fork of a process that has drawn hangs.

    Parameters
    ----------
    folder : Path
        Where it listens: a private folder.
    number : int
        Tells it from others.
    """

    def __init__(self, folder: Path, number: int) -> None:
        self._name = f"{folder.name}-{number}" if sys.platform == "win32" else f"c{number}"
        self._folder = folder
        self._started = 0
        self._starts: Connection | None = None
        self._process: BaseProcess | None = None
        self.address = ""

    def start(self) -> None:
        """Start it, if it does not run; it may take a while until it listens."""
        if self._process is not None and self._process.is_alive():
            return
        self.stop()
        self._started += 1
        name = f"{self._name}-{self._started}"
        pipe = rf"\\.\pipe\{name}"
        self.address = pipe if sys.platform == "win32" else str(self._folder / name)
        context = multiprocessing.get_context("spawn")
        self._starts, says = context.Pipe(duplex=False)
        with says:
            given = (self.address, says)
            self._process = context.Process(target=_serve, args=given, name="converter")
            launch(self._process)

    def ready(self) -> str:
        """Return where it listens, having started it if need be."""
        self.start()
        if self._starts is not None:
            # Where it dies before it listens, notebooks draw their figures themselves.
            with self._starts, contextlib.suppress(EOFError):
                self._starts.recv()
            self._starts = None
        return self.address

    def stop(self) -> None:
        """End it, whatever it does."""
        if self._process is not None:
            kill(self._process)
        if self._starts is not None:
            self._starts.close()
        self._starts = self._process = None


@contextlib.contextmanager
def open_converters(number: int, folder: Path) -> Iterator[list[Converter]]:
    """Start converters, and end them."""
    converters = [Converter(folder, n) for n in range(number)]
    try:
        for converter in converters:
            converter.start()
        yield converters
    finally:
        for converter in converters:
            converter.stop()


def ask_converter(address: str) -> Draw:
    """Return what draws through a converter, for `h1224lib.charts.elsewhere.let_draw`.

    Parameters
    ----------
    address : str
        Where it listens; it is reached at the first figure. Where it has died, or cannot draw a
        figure, the answer is None.
    """
    connections: list[Connection] = []

    def draw(spec: dict[str, Any], formats: Sequence[str]) -> dict[str, bytes] | None:
        try:
            if not connections:
                connections.append(Client(address, authkey=bytes(current_process().authkey)))
            connections[0].send((json.dumps(spec), tuple(formats)))
            made: dict[str, bytes] | None = connections[0].recv()
        except (OSError, EOFError, TypeError):
            return None
        return made

    return draw


def _serve(address: str, says: Connection) -> None:
    """Be a converter."""
    begin()
    with Listener(address, authkey=bytes(current_process().authkey)) as listener:
        with says:
            says.send("listening")
        lock = threading.Lock()
        convert = _remember()
        threading.Thread(target=_warm, args=(lock,), daemon=True).start()
        while True:
            # A client that is killed while it says who it is concerns no other.
            with contextlib.suppress(OSError, EOFError):
                client = listener.accept()
                given = (client, convert, lock)
                threading.Thread(target=_answer, args=given, daemon=True).start()


def _answer(
    client: Connection,
    convert: Callable[[str, tuple[str, ...]], dict[str, bytes]],
    lock: threading.Lock,
) -> None:
    """Draw for one client until it leaves."""
    with contextlib.suppress(OSError, EOFError), client:
        while True:
            text, formats = client.recv()
            with lock:
                try:
                    made = convert(text, formats)
                except Exception:
                    # The client draws it itself, and sees why that fails.
                    made = None
            client.send(made)


def _remember() -> Callable[[str, tuple[str, ...]], dict[str, bytes]]:
    """Return a conversion that does not draw anew what it has drawn just now."""
    from h1224lib.charts.export import convert

    last: dict[str, dict[str, bytes]] = {}

    def remembered(text: str, formats: tuple[str, ...]) -> dict[str, bytes]:
        known = last.pop(text, {})
        lacking = [form for form in formats if form not in known]
        if lacking:
            known |= convert(json.loads(text), lacking)
        last[text] = known
        while len(last) > _REMEMBERED:
            del last[next(iter(last))]
        return {form: known[form] for form in formats}

    return remembered


def _warm(lock: threading.Lock) -> None:
    """Draw something, so that the first figure does not wait for what is loaded once."""
    from h1224lib.charts.export import FORMATS, convert

    with lock, contextlib.suppress(Exception):
        convert({"data": {"values": [{}]}, "mark": {"type": "text", "text": "1"}}, FORMATS)
