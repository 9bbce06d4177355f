"""Jupyter kernels that run this very Python, and end with who started them."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import zmq
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

from h1224lib.batch.isolation import ONE_THREAD, die_with_parent

# A socket's path may have 107 bytes, on macOS 103; a kernel puts "-1" to "-5" behind it.
_LONGEST_SOCKET = 100


class ThisPython(AsyncKernelManager):
    """Starts this very Python as the kernel, whatever kernels are installed or none."""

    environment: ClassVar[Mapping[str, str]] = {}
    sockets: ClassVar[str] = ""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        if self.sockets:
            # A free port that one process has found may be taken by another before it is used.
            self.transport, self.ip = "ipc", self.sockets
        elif zmq.has("curve"):
            # Other users of the machine shall not read what passes between here and the kernel.
            self.transport_encryption = "auto"

    @property
    def kernel_spec(self) -> KernelSpec:
        """The command that starts the kernel; text is UTF-8 in it whatever the locale says."""
        return KernelSpec(
            argv=[sys.executable, "-m", "h1224lib.batch.kernels", "-f", "{connection_file}"],
            display_name="Python 3 (ipykernel)",
            language="python",
            metadata={"supported_encryption": "curve"},
            env={
                "PYTHONUTF8": "1",
                "PYDEVD_DISABLE_FILE_VALIDATION": "1",
                **ONE_THREAD,
                **self.environment,
            },
        )

    @classmethod
    def within(cls, environment: Mapping[str, str], folder: Path) -> type[ThisPython]:
        """Return the same for kernels with further variables, and a private folder."""
        # Papermill takes a class, and makes the manager itself.
        sockets = str(folder / "kernel")
        usable = sys.platform != "win32" and len(os.fsencode(sockets)) <= _LONGEST_SOCKET
        own = {"environment": dict(environment), "sockets": sockets if usable else ""}
        return type(cls.__name__, (cls,), own)


def launch() -> None:
    """Be a kernel; the command line says where to listen."""
    from ipykernel import kernelapp

    die_with_parent()
    # The folder that it starts in holds no modules for it.
    sys.path[:] = [path for path in sys.path if path not in ("", str(Path.cwd()))]
    kernelapp.launch_new_instance()


if __name__ == "__main__":
    launch()
