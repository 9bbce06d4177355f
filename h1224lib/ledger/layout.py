"""Layout: how wide the template's columns are, how high its headers, and how its sheets print."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from h1224lib.ledger.template import Sheet

_PAPER_A4 = 9
# Points of a line of the template's type, and what a bold sign is wider than one that is not.
_LINE, _BOLD = 15.0, 1.15
# The arrow of the filter covers so many signs of a header.
_ARROW = 2.5
# Type of 11 points at three quarters is above 8.
_SCALE = 75


def measure(text: str) -> int:
    """Return how many signs of Latin script a text is as wide as.

    Examples
    --------
    >>> measure("区县"), measure("Area")
    (4, 4)
    """
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def fit_width(text: str, width: float) -> float:
    """Widen a column until no word of its header breaks.

    Parameters
    ----------
    text : str
        The header; Chinese may break anywhere.
    width : float
        What the cells below need, in signs.

    Examples
    --------
    >>> fit_width("Headquarters", 8), fit_width("招引方向", 8)
    (16.3, 8)
    """
    longest = max(measure(word) for word in text.split() or [""])
    whole = longest if measure(text) == len(text) else 2
    return max(width, round(_BOLD * whole + _ARROW, 1))


def count_lines(text: str, width: float, sign: float = _BOLD) -> int:
    """Return how many lines a text takes in a column so wide, of signs so wide.

    Examples
    --------
    >>> count_lines("Investment (CNY 100 million)", 16), count_lines("总投资（亿元）", 10)
    (3, 2)
    """
    spaced = measure(text) == len(text)
    lines, used = 1, 0.0
    for part in text.split(" ") if spaced else text:
        own = sign * measure(part)
        if used and used + own > width:
            lines, used = lines + 1, 0.0
        used += own + (sign if spaced else 0)
    return lines


def fit_head(headers: list[tuple[str, float]]) -> float:
    """Return the height, in points, of headers with filters, each with its column's width."""
    return _LINE * max(2, *(count_lines(text, width - _ARROW) for text, width in headers)) + 4


def fit_row(cells: list[tuple[str, float]]) -> float:
    """Return the height, in points, of a row of texts, each given with its column's width."""
    return _LINE * max(count_lines(text, width, 1.0) for text, width in cells)


def set_up_print(
    sheet: Sheet, page: Any, head: int, title: str, banner: str, breaks: Sequence[int] = ()
) -> None:
    """Print landscape on A4 in a size that can be read, header and title on each page.

    Parameters
    ----------
    sheet : Sheet
        The template that is being written.
    page : xlsxwriter worksheet
        Its sheet.
    head : int
        The row of its header, counted from 0.
    title, banner : str
        What stands above each page, left and right.
    breaks : sequence of int
        Columns, counted from 0, before which a page ends; others are as many as fit.
    """
    page.set_print_scale(_SCALE)
    page.repeat_rows(head)
    page.set_v_pagebreaks(breaks)
    page.set_landscape()
    page.set_paper(_PAPER_A4)
    page.set_header(f"&L{title.replace('&', '&&')}&R{banner.replace('&', '&&')}")
    page.set_footer(f"&C{sheet.say('page')}")
