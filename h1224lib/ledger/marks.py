"""Marks: problems of many cells at once, put into words only when somebody reads them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from h1224lib.findings import Problem, problem
from h1224lib.ledger.vocabulary import severity_of

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Mark:
    """One rule broken in one column, in one row or in many.

    Attributes
    ----------
    kind : str
        The rule, and the catalogue's entry.
    column : str
        The ledger's name of the column, or a further column's header.
    at : array of int
        Rows, counted from 0 through all rows below headers.
    found : object
        What stands there: one text for all, or one a row.
    numbers : dict
        What the sentence names, the same for all.
    each : dict
        What it names, one a row.
    """

    kind: str
    column: str
    at: Positions
    found: Any = ""
    numbers: Mapping[str, Any] = field(default_factory=dict)
    each: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    @property
    def severity(self) -> str:
        """How grave the rule takes it."""
        return severity_of(self.kind)


@dataclass(frozen=True)
class Origins:
    """Where the rows below the headers come from.

    Attributes
    ----------
    file : str
        Name of the ledger's file.
    sheets : list of str
        Names of the sheets.
    sheet, row : array of int
        For each row: which sheet, and its number there, counted from 1.
    columns : list of dict
        For each sheet: the ledger's name of a column -> its header and its letter.
    """

    file: str
    sheets: list[str]
    sheet: npt.NDArray[np.int32]
    row: npt.NDArray[np.int32]
    columns: list[dict[str, tuple[str, str]]]


def book_of(file: str, sheet: str) -> str:
    """Name a sheet of a book as formulas do.

    Examples
    --------
    >>> book_of("台账.xlsx", "吴兴区")
    '[台账.xlsx]吴兴区'
    """
    return f"[{file}]{sheet}"


def make_problem(kind: str, file: str, row: Any, column: str, found: Any, **more: Any) -> Problem:
    """Make a problem of the severity that the rules give it."""
    made = problem(kind, file, row, column, found, **more)
    severity = severity_of(kind)
    return made if severity == "error" else dataclasses.replace(made, severity=severity)


def word_marks(marks: Sequence[Mark], origins: Origins) -> Iterator[Problem]:
    """Yield the problem of every cell that a mark is about."""
    for mark in marks:
        many = not isinstance(mark.found, str)
        for number, at in enumerate(mark.at.tolist()):
            sheet = int(origins.sheet[at])
            header, letter = origins.columns[sheet].get(mark.column, (mark.column, ""))
            row = int(origins.row[at])
            each = {name: values[number] for name, values in mark.each.items()}
            found = mark.found[number] if many else mark.found
            yield make_problem(
                mark.kind,
                book_of(origins.file, origins.sheets[sheet]),
                row,
                header,
                found,
                cell=f"{letter}{row}" if letter else "",
                **mark.numbers,
                **each,
            )


def rows_with(marks: Sequence[Mark], severity: str, count: int) -> npt.NDArray[np.bool_]:
    """Tell which of `count` rows have a mark of a severity.

    Examples
    --------
    >>> rows_with([Mark("ledger_blank", "name", np.array([1]))], "error", 3).tolist()
    [False, True, False]
    """
    found = np.zeros(count, dtype=bool)
    for mark in marks:
        if mark.severity == severity:
            found[mark.at] = True
    return found
