"""Prose of a notebook: it comes in pairs tagged ``zh`` and ``en``, and a reader gets one."""

from __future__ import annotations

import copy
import re

from nbformat import NotebookNode

from h1224lib.wording import LANGUAGES


def keep_language(content: NotebookNode, lang: str) -> NotebookNode:
    """Drop the prose of the other language; cells without such a tag stay.

    Parameters
    ----------
    content : NotebookNode
        A notebook; it is not changed.
    lang : str
        ``zh`` or ``en``.

    Examples
    --------
    >>> from nbformat.v4 import new_markdown_cell, new_notebook
    >>> cells = [new_markdown_cell(t, metadata={"tags": [t]}) for t in ("zh", "en")]
    >>> [cell.source for cell in keep_language(new_notebook(cells=cells), "en").cells]
    ['en']
    """
    others = set(LANGUAGES) - {lang}
    kept = copy.copy(content)
    kept.cells = [c for c in content.cells if not others & set(c.metadata.get("tags", []))]
    return kept


def set_language(content: NotebookNode, lang: str) -> None:
    """Set the literal of the parameter `lang`, in place.

    Examples
    --------
    >>> from nbformat.v4 import new_code_cell, new_notebook
    >>> cell = new_code_cell('lang = "zh"  # language', metadata={"tags": ["parameters"]})
    >>> set_language(new_notebook(cells=[cell]), "en")
    >>> cell.source
    'lang = "en"  # language'
    """
    for cell in content.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source = re.sub(r'(?m)^lang = "\w+"', f'lang = "{lang}"', cell.source)
