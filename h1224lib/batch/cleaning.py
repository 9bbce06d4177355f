"""What an executed notebook keeps: nothing that differs from run to run and machine to machine."""

from __future__ import annotations

import itertools
import re

from nbformat import NotebookNode
from papermill.translators import PythonTranslator

from h1224lib.batch.jobs import Job

# Written by papermill and nbclient: times, paths and the environment of one machine.
_MACHINE = ("papermill", "execution", "widgets")
_INJECTED = "injected-parameters"
_ERROR_MARK = "papermill-error-cell-tag"
# The file that a kernel says a cell is in: of this process, in this machine's folder.
_CELL_FILE = re.compile(r"(?m)(?:^(?:/|[A-Za-z]:\\).*?|[^\s'\"]*)ipykernel_\d+[/\\](\d+\.py)")


def clean(content: NotebookNode, job: Job) -> None:
    """Take out what is of one run and one machine, in place.

    Parameters
    ----------
    content : NotebookNode
        As papermill saved it.
    job : Job
        Says how its parameters are shown.
    """
    for node in (content, *content.cells):
        for name in _MACHINE:
            node.metadata.pop(name, None)
    # The error is in the outputs, and the page words it.
    content.cells = [c for c in content.cells if _ERROR_MARK not in c.metadata.get("tags", [])]
    for cell in content.cells:
        if _INJECTED in cell.metadata.get("tags", []):
            # Papermill gives the cell that it adds a random id.
            cell.id = _INJECTED
            cell.source = PythonTranslator.codify(dict(job.shown), "Parameters")
        if cell.cell_type == "code":
            cell.outputs = join_streams(cell.outputs)
    content.metadata["kernelspec"] = {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    }
    content.metadata.get("language_info", {}).pop("version", None)


def join_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join the pieces of standard output and error that nothing else stands between.

    A kernel sends them in pieces, cut by the clock.

    Examples
    --------
    >>> from nbformat.v4 import new_output
    >>> said = [("stderr", "a"), ("stdout", "b"), ("stderr", "c")]
    >>> pieces = [new_output("stream", name=name, text=text) for name, text in said]
    >>> [(output.name, output.text) for output in join_streams(pieces)]
    [('stdout', 'b'), ('stderr', 'ac')]
    """
    joined = []
    for streams, group in itertools.groupby(outputs, lambda o: o.output_type == "stream"):
        found = list(group)
        if not streams:
            joined += found
            continue
        for name in ("stdout", "stderr"):
            text = "".join(output.text for output in found if output.name == name)
            if text:
                first = next(output for output in found if output.name == name)
                first.text = _CELL_FILE.sub(r"\1", text)
                joined.append(first)
    return joined
