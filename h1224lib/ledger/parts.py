"""Parts: what one table of a sheet gives, filled column by column."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from h1224lib.findings import Problem
from h1224lib.ledger.dates import Dates
from h1224lib.ledger.marks import Mark, book_of, make_problem
from h1224lib.ledger.sheets import Sheet
from h1224lib.ledger.vocabulary import list_fields

Objects = npt.NDArray[np.object_]


@dataclass(eq=False)
class Part:
    """What one sheet gives: its values by column, and what is wrong with them.

    Attributes
    ----------
    sheet : Sheet
        Where they come from.
    file : str
        Name of the ledger's file.
    vintage : date, optional
        After which no date of it can lie.
    values : dict
        Column -> one value a row, typed.
    dates : dict
        Date column -> the days that each row may mean.
    further : dict
        Header -> the values of a column that is passed through.
    shares, shared : array of object, optional
        Shares of credit a row, and the areas where one cell names several.
    lost : bool
        A column is missing without which none of its rows can be counted.
    marks, problems : list
        Of cells, and of the sheet.
    """

    sheet: Sheet
    file: str
    vintage: dt.date | None = None
    values: dict[str, Any] = field(default_factory=dict)
    dates: dict[str, Dates] = field(default_factory=dict)
    further: dict[str, Any] = field(default_factory=dict)
    shares: Objects | None = None
    shared: Objects | None = None
    lost: bool = False
    marks: list[Mark] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.sheet.rows)

    def tell(self, kind: str, column: str = "", found: str = "", **more: Any) -> None:
        """Add a problem of the table as a whole, told at its header."""
        self.tell_at(self.sheet.header_row, kind, column, found, **more)

    def tell_at(
        self, row: int | None, kind: str, column: str = "", found: str = "", **more: Any
    ) -> None:
        """Add a problem of a row that is no project, counted from 1."""
        place = book_of(self.file, self.sheet.name)
        self.problems.append(make_problem(kind, place, row, column, found, **more))

    def lack(self, name: str) -> None:
        """Say that a sheet lacks a column without which none of its rows can be counted."""
        self.lost = True
        self.values.setdefault(name, pd.Series([None] * len(self), dtype="str"))
        self.tell("ledger_no_column", needed=list_fields()[name].label)
