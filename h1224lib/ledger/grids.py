"""Grids: the sheets of any book as rows of values, with merged ranges and what cannot be read."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Any

from openpyxl.utils import get_column_letter

Place = tuple[int, int]


@dataclass(frozen=True)
class Grid:
    """One sheet.

    Attributes
    ----------
    name : str
        Its name; of a text file, the file's name without suffix.
    rows : list of list
        Values by row and column: str, int, float, date, datetime, time; ``""`` where blank.
    merged : list of tuple
        Ranges (top, left, bottom, right), counted from 0, both ends within.
    troubles : dict
        Place (row, column), counted from 0 -> a rule, where the file holds no usable value.
    hidden : bool
        The sheet is hidden.
    text_only : bool
        It comes from a text file: every value is the text of what may have been a number.
    from_1904 : bool
        Its serial numbers of days are counted from 1904, as on an old Mac.
    hidden_rows, hidden_columns : set of int
        Those that are not shown, counted from 0.
    formats : dict
        Place -> the number format, where it may show something else than what is stored.
    properties : tuple of str
        What the properties of its book say: title, subject, keywords and the like.
    first : int
        Row, counted from 0, before which another table of the sheet stands.
    """

    name: str
    rows: list[list[Any]]
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    troubles: dict[Place, str] = field(default_factory=dict)
    hidden: bool = False
    text_only: bool = False
    from_1904: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    formats: dict[Place, str] = field(default_factory=dict)
    properties: tuple[str, ...] = ()
    first: int = 0

    @functools.cached_property
    def width(self) -> int:
        """How many columns the widest row has."""
        return max(map(len, self.rows), default=0)

    @functools.cached_property
    def origins(self) -> dict[Place, Place]:
        """The first place of the merged range for every other place in it."""
        height, width = len(self.rows), self.width
        return {
            (row, column): (top, left)
            for top, left, bottom, right in self.merged
            for row in range(top, min(bottom, height - 1) + 1)
            for column in range(left, min(right, width - 1) + 1)
            if (row, column) != (top, left)
        }

    def origin(self, row: int, column: int) -> Place:
        """Return the place that a place shows: the first of its merged range, or itself."""
        return self.origins.get((row, column), (row, column))

    def at(self, row: int, column: int) -> Any:
        """Return the value that a place shows."""
        row, column = self.origin(row, column)
        cells = self.rows[row] if row < len(self.rows) else []
        return cells[column] if column < len(cells) else ""

    def text(self, row: int, column: int) -> str:
        """Return the text that a place shows, or nothing where it shows a number or a date."""
        value = self.at(row, column)
        return value.strip() if isinstance(value, str) else ""


def letter(column: int) -> str:
    """Name a column, counted from 0, as workbooks do.

    Examples
    --------
    >>> letter(27)
    'AB'
    """
    return str(get_column_letter(column + 1))
