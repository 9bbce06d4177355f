"""The name under which papermill finds the fast engine: ``papermill --engine fast``.

Papermill loads this module while it is itself half loaded, so that nothing of it is imported here.
"""

from __future__ import annotations

from typing import Any


class FastEngine:
    """Runs a notebook in this very process, one notebook a process."""

    @staticmethod
    def execute_notebook(content: Any, kernel_name: str | None, **options: Any) -> Any:
        """Run the cells, and return the notebook with its outputs."""
        from h1224lib.batch.client import ShellEngine

        return ShellEngine.execute_notebook(content, kernel_name, **options)

    @staticmethod
    def nb_kernel_name(content: Any, name: str | None = None) -> str:
        """Return the name of the kernel that the notebook asks for."""
        from papermill.utils import nb_kernel_name

        return str(nb_kernel_name(content, name))

    @staticmethod
    def nb_language(content: Any, language: str | None = None) -> str:
        """Return the language that the notebook is written in."""
        from papermill.utils import nb_language

        return str(nb_language(content, language))
