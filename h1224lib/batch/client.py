"""The fast engine: papermill's client, with the kernel in its own process."""

from __future__ import annotations

import asyncio
from typing import Any

from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbclient.util import run_hook
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager
from papermill.log import logger

from h1224lib.batch.shell import Shell, open_shell

# What NotebookClient takes of what papermill gives to every engine.
_TAKEN = (
    *("log_output", "stdout_file", "stderr_file", "allow_errors", "allow_error_names"),
    *("force_raise_errors", "skip_cells_with_tag", "store_widget_state", "on_cell_execute"),
)


class ShellEngine(Engine):
    """Runs the cells of a Python notebook here."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **options: Any
    ) -> Any:
        """Run the cells; papermill keeps their states and saves the notebook after each.

        Raises
        ------
        ValueError
            The notebook is not written in Python.
        """
        language = nb_man.nb.metadata.get("kernelspec", {}).get("language", "python")
        if language != "python":
            raise ValueError(f"the engine runs Python, not {language}")
        taken = {name: options[name] for name in _TAKEN if options.get(name) is not None}
        return ShellClient(nb_man, kernel_name=kernel_name, log=logger, **taken).execute()


class ShellClient(PapermillNotebookClient):
    """Reads what cells give as nbclient does, from a shell in this process."""

    shell: Shell

    def execute(self, **_: Any) -> Any:
        """Run every cell until one fails."""
        self.reset_execution_trackers()
        with open_shell() as self.shell:
            self.papermill_execute_cells()
            self.nb.metadata["language_info"] = self.shell.language
            self.set_widgets_metadata()
        return self.nb

    def execute_cell(self, cell: Any, cell_index: int, **_: Any) -> Any:
        """Run one cell, and put what it gives into its outputs.

        Raises
        ------
        CellExecutionError
            The cell failed, and was not expected to.
        DeadKernelError
            A cell before has ended the shell.
        """
        if cell.cell_type != "code" or not cell.source.strip():
            return cell
        if self.skip_cells_with_tag in cell.metadata.get("tags", []):
            return cell
        if self.shell.ended:
            raise DeadKernelError("Kernel died")
        hook = {"cell": cell, "cell_index": cell_index}
        asyncio.run(run_hook(self.on_cell_execute, **hook))
        cell.outputs = []
        cell["execution_count"] = self.shell.count
        self.clear_before_next_output = False
        messages, reply = self.shell.run(cell.source)
        for message in messages:
            self.process_message(message, cell, cell_index)
        self.code_cells_executed += 1
        if reply["status"] == "error" and not self._allows(cell, reply):
            raise CellExecutionError.from_cell_and_msg(cell, reply)
        return cell

    def _allows(self, cell: Any, reply: dict[str, Any]) -> bool:
        """Tell whether a failing cell was expected to fail."""
        expected = "raises-exception" in cell.metadata.get("tags", [])
        named = reply.get("ename") in self.allow_error_names
        return not self.force_raise_errors and (self.allow_errors or named or expected)
