"""A Jupyter kernel without sockets: its messages are heard in the process that it runs in."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import logging
import os
import sys
import tempfile
import types
from collections.abc import Iterator
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.profiledir import ProfileDir
from jupyter_client.session import Session

from h1224lib.batch.streams import Catch, catch_streams

# What pandas takes for columns to show: as many as fit, or so many.
_TERMINAL_COLUMNS, _KERNEL_COLUMNS = 0, 20


class Messages(Session):
    """Keeps what a kernel would send, as a client would read it."""

    def listen(self, caught: Catch) -> None:
        """Start to hear, standard streams too."""
        self.heard: list[dict[str, Any]] = []
        self.caught = caught

    def send(
        self,
        stream: Any,
        msg_or_type: dict[str, Any] | str,
        content: dict[str, Any] | None = None,
        parent: dict[str, Any] | None = None,
        ident: Any = None,
        buffers: Any = None,
        track: bool = False,
        header: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Keep a message, after what was written before it."""
        message = msg_or_type
        if isinstance(message, str):
            message = self.msg(message, content, parent, header, metadata)
        self._hear_streams()
        # What JSON cannot say is said otherwise or refused, as on a socket.
        plain = self.unpack(self.pack(message["content"]))
        self.heard.append({**message, "content": plain, "buffers": buffers or []})
        return message

    def take(self) -> list[dict[str, Any]]:
        """Return the messages since the last time, streams included."""
        self._hear_streams()
        taken, self.heard = self.heard, []
        return taken

    def _hear_streams(self) -> None:
        for name, text in self.caught.take():
            self.heard.append(self.msg("stream", {"name": name, "text": text}))


class Kernel(IPythonKernel):
    """Runs cells one by one, each to its end."""

    # No thread brings messages: nobody interrupts a cell and goes on.
    shell_channel_thread = types.SimpleNamespace(parent_thread=None)


class Shell:
    """Where the cells of one notebook run, with what they leave for those after them."""

    def __init__(self, kernel: Kernel, loop: asyncio.AbstractEventLoop) -> None:
        self.language: dict[str, Any] = kernel.language_info
        self._kernel = kernel
        self._loop = loop

    @property
    def count(self) -> int:
        """The number of the cell that runs next, as Jupyter shows it in brackets."""
        return int(self._kernel.execution_count or 0)

    @property
    def ended(self) -> bool:
        """Whether a cell has asked to end the kernel."""
        return bool(getattr(self._kernel.shell, "exit_now", False))

    def run(self, code: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Run a cell.

        Returns
        -------
        list of dict, dict
            The messages that a kernel would publish, and the content of its reply.
        """
        messages: Messages = self._kernel.session  # type: ignore[assignment]
        reply = self._loop.run_until_complete(
            self._kernel.do_execute(code, silent=False, store_history=True, allow_stdin=False)
        )
        return messages.take(), reply


@contextlib.contextmanager
def open_shell() -> Iterator[Shell]:
    r"""Make this process run cells as a kernel does; streams and modules are put back after.

    Examples
    --------
    >>> with open_shell() as shell:
    ...     messages, reply = shell.run("print(1)\n2")
    >>> [message["content"].get("text", reply["status"]) for message in messages]
    ['1\n', 'ok']
    """
    loop = asyncio.new_event_loop()
    with contextlib.ExitStack() as stack:
        caught = stack.enter_context(catch_streams())
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="h1224-"))
        session = Messages(key=b"")
        session.listen(caught)
        session.config.HistoryManager.enabled = False
        sys.path.insert(0, "")
        stack.callback(sys.path.remove, "")
        kernel = Kernel.instance(
            config=session.config,
            session=session,
            iopub_socket=object(),
            profile_dir=ProfileDir.create_profile_dir_by_name(folder, "default"),
            log=logging.getLogger("ipykernel"),
        )
        stack.callback(loop.close)
        stack.callback(_forget, kernel)
        os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
        assert isinstance(kernel.shell, ZMQInteractiveShell)
        kernel.shell.run_line_magic("load_ext", "storemagic")
        _widen_tables()
        session.take()
        yield Shell(kernel, loop)


def _widen_tables() -> None:
    """Let pandas show what it shows in a kernel, also where it was loaded before there was one.

    When it is loaded, it looks whether there is a terminal, whose width limits its tables.
    """
    pandas = sys.modules.get("pandas")
    if pandas is not None and pandas.get_option("display.max_columns") == _TERMINAL_COLUMNS:
        pandas.set_option("display.max_columns", _KERNEL_COLUMNS)


def _forget(kernel: Kernel) -> None:
    """Let another notebook have a kernel of its own in this process."""
    shell = kernel.shell
    assert isinstance(shell, ZMQInteractiveShell)
    shell.restore_sys_module_state()
    atexit.unregister(shell.atexit_operations)
    shell.atexit_operations()
    type(shell).clear_instance()
    type(kernel).clear_instance()
