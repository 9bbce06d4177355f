"""Where figures are drawn: in this process, unless another one does it on its behalf."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

# Takes a specification and formats; gives what `h1224lib.charts.export.convert` does, or None.
Draw = Callable[[dict[str, Any], Sequence[str]], dict[str, bytes] | None]
_drawing: list[Draw] = []


def let_draw(draw: Draw | None) -> None:
    """Let another process draw the figures of this one; None: no more.

    Parameters
    ----------
    draw : callable or None
        Asks it. Where it returns None, the figure is drawn here, and fails here if it must.
    """
    _drawing[:] = [draw] if draw else []


def ask(spec: dict[str, Any], formats: Sequence[str]) -> dict[str, bytes] | None:
    """Return the files of a figure as another process makes them; None where none does.

    Examples
    --------
    >>> ask({}, ["svg"]) is None
    True
    """
    return _drawing[0](spec, formats) if _drawing else None
