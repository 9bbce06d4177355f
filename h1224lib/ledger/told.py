"""What a check of a ledger tells: what became of its rows, and its problems as a table."""

from __future__ import annotations

import pandas as pd

from h1224lib import wording
from h1224lib.findings import Finding, Problem
from h1224lib.ledger.model import Ledger
from h1224lib.synthetic import is_synthetic

COLUMNS = [
    "severity", "sheet", "row", "column", "cell", "found", "problem", "expected", "remedy", "kind",
]  # fmt: skip


def tell_ledger(ledger: Ledger) -> list[Finding]:
    """Return what a reader should know first: if it is made up, its rows, problems and rule."""
    made = [Finding("ledger_synthetic", "warning", {"file": ledger.file})]
    return [*(made if is_synthetic(ledger.projects) else []), *ledger.findings]


def list_problems(ledger: Ledger, lang: str) -> pd.DataFrame:
    """Put every problem into a row, its words in one language.

    Parameters
    ----------
    ledger : Ledger
        As `read_ledger` returns it.
    lang : str
        ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        severity, sheet, row (as the sheet counts it, <NA> for a sheet or file as a whole), column
        (its header), cell, found, problem, expected, remedy, kind (the rule).
    """
    rows = [
        (
            problem.severity,
            sheet_of(problem),
            problem.row,
            problem.column,
            problem.numbers.get("cell", ""),
            problem.found,
            word_problem(problem, lang),
            problem.expected(lang),
            problem.remedy(lang),
            problem.kind,
        )
        for problem in ledger.problems
    ]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.assign(row=frame["row"].astype("Int64"))


def sheet_of(problem: Problem) -> str:
    """Return the sheet of a problem, or nothing where it is about the file as a whole.

    Examples
    --------
    >>> from h1224lib.ledger.marks import make_problem
    >>> sheet_of(make_problem("ledger_blank", "[a.xlsx]吴兴区", 3, "区县", ""))
    '吴兴区'
    """
    return problem.file.partition("]")[2]


def word_problem(problem: Problem, lang: str) -> str:
    """Word what is wrong, without its place and what to do about it."""
    return wording.say(problem.kind, lang, **problem.worded(lang))
