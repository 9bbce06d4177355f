"""Credit: how much of a project each area is given, whether in one cell or in rows of its own."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from h1224lib.ledger.columns import Column, read_values, show
from h1224lib.ledger.marks import Mark
from h1224lib.ledger.vocabulary import Fault, is_nothing, narrow_text

Objects = npt.NDArray[np.object_]
Rows = npt.NDArray[np.bool_]

_PART = re.compile(r"(\d+(?:\.\d+)?)(?:/(\d+)(?![\d.]))?(%?)")
_TOLERANCE = 1e-9
_DIGITS = 6  # behind the point of a percentage


def read_shares(text: str) -> tuple[Fraction, ...]:
    """Read the shares that a cell says, exact.

    Parameters
    ----------
    text : str
        ``60%``, ``0.6``, ``60``, ``1/3``; of several areas ``60%、40%``, ``60/40``, ``6:4``,
        ``吴兴区60%、德清县40%``, ``各50%``.

    Returns
    -------
    tuple of Fraction
        In their order; none where the text says no share. A single number above 1, and
        several that sum to 100 or are set against each other by a colon, are parts of 100 or
        of their sum.

    Examples
    --------
    >>> read_shares("60%"), read_shares("1/3"), read_shares("60/40")
    ((Fraction(3, 5),), (Fraction(1, 3),), (Fraction(3, 5), Fraction(2, 5)))
    >>> read_shares("6:4"), read_shares("吴兴区60%、德清县40%") == read_shares("60%;40%")
    ((Fraction(3, 5), Fraction(2, 5)), True)
    >>> read_shares("各50%")
    (Fraction(1, 2), Fraction(1, 2))
    """
    said = narrow_text(text)
    if re.fullmatch(r"\d+(?:\.\d+)?(?:/\d+(?:\.\d+)?)+", said) and not said.startswith("1/"):
        said = said.replace("/", "、")
    parts = [
        (Fraction(top) / int(bottom or 1), bool(percent))
        for top, bottom, percent in _PART.findall(said)
        if int(bottom or 1)
    ]
    numbers = [value / 100 if percent else value for value, percent in parts]
    if len(numbers) == 1 and said.startswith(("各", "均")) and 0 < numbers[0] < 1:
        count = round(1 / numbers[0])
        return tuple(numbers * count)
    plain = numbers and not any(percent for _, percent in parts)
    if plain and ":" in said and sum(numbers):
        return tuple(n / sum(numbers) for n in numbers)
    if plain and (sum(numbers) == 100 or (len(numbers) == 1 and 1 < numbers[0] <= 100)):
        return tuple(n / 100 for n in numbers)
    return tuple(numbers)


def clean_shares(column: Column) -> tuple[Objects, list[Mark]]:
    """Read a column of shares into a tuple of fractions a row, None without one.

    Examples
    --------
    >>> from h1224lib.ledger.columns import make_column
    >>> shares, marks = clean_shares(make_column("credit_share", "分成", "A", [0.6, "五五"], {}))
    >>> shares.tolist(), marks[0].kind
    ([(Fraction(3, 5),), None], 'ledger_share_unreadable')
    """
    found, faults = read_values(column, _read_cell)
    table = np.empty(len(found) + 1, dtype=object)
    for number, shares in enumerate(found):
        table[number] = shares
    return table[column.codes], list(column.mark(faults))


def _read_cell(value: Any) -> Any:
    text = show(value)
    if is_nothing(text):
        return None
    shares = read_shares(text)
    good = shares and all(0 < share <= 1 for share in shares)
    return shares if good and not isinstance(value, bool) else Fault("ledger_share_unreadable", {})


def whole(total: float) -> bool:
    """Tell whether shares add up to the whole."""
    return abs(total - 1) < _TOLERANCE


def is_rounded(share: float, count: int) -> bool:
    """Tell whether a share is one of so many equal ones, rounded or cut off as percentages are.

    Examples
    --------
    >>> is_rounded(0.333, 3), is_rounded(0.33, 3), is_rounded(0.167, 6), is_rounded(0.3, 3)
    (True, True, True, False)
    """
    if not 0 < share < 1:
        return False
    for digits in range(_DIGITS + 1):
        exact = 100 * 10**digits / count
        if any(abs(100 * share * 10**digits - n) < _TOLERANCE for n in (round(exact), int(exact))):
            return True
    return False


def say_shares(shares: tuple[Fraction, ...] | None) -> str:
    """Write shares as percentages.

    Examples
    --------
    >>> say_shares((Fraction(1, 3), Fraction(2, 3)))
    '33.3333%、66.6667%'
    """
    return "、".join(f"{float(100 * share):.6g}%" for share in shares or ())


def take_beside(column: Column, shared: Objects, shares: Objects | None) -> Objects | None:
    """Take the shares that stand beside areas, 吴兴区60%、德清县40%, to those of their column.

    Where both say some and not the same, all are kept: too many for the areas.

    Parameters
    ----------
    column : Column
        The areas.
    shared : array of object
        For each row the areas' codes where it names several, else None.
    shares : array of object, optional
        For each row what its own column says.
    """
    found = [read_shares(show(v)) if "%" in narrow_text(show(v)) else () for v in column.values]
    if not any(found):
        return shares
    filled = np.full(len(shared), None, dtype=object) if shares is None else shares.copy()
    for row in np.flatnonzero(_names_several(shared)):
        beside = found[column.codes[row]]
        if beside and filled[row] != beside:
            filled[row] = (filled[row] or ()) + beside
    return filled


def check_cells(column: Column, shared: Objects, shares: Objects | None) -> list[Mark]:
    """Find rows whose one cell names several areas without shares that add up to the whole.

    Parameters
    ----------
    column : Column
        The areas.
    shared : array of object
        For each row the areas' codes where it names several, else None.
    shares : array of object, optional
        For each row its shares.
    """
    found: dict[str, list[int]] = {}
    for row in np.flatnonzero(_names_several(shared)).tolist():
        said = shares[row] if shares is not None else None
        if said is None or len(said) != len(shared[row]):
            found.setdefault("ledger_share_missing", []).append(row)
        elif not whole(float(sum(said))):
            equal = len(set(said)) == 1 and is_rounded(float(said[0]), len(said))
            kind = "ledger_share_rounded" if equal else "ledger_share_sum"
            found.setdefault(kind, []).append(row)
    return [_mark_shares(kind, rows, column, shares) for kind, rows in found.items()]


def _mark_shares(kind: str, rows: list[int], column: Column, shares: Objects | None) -> Mark:
    at = np.array(rows)
    if kind == "ledger_share_missing" or shares is None:
        return Mark(kind, column.name, at, [show(column.at(row)) for row in rows])
    each = {"total": [float(sum(shares[row])) for row in rows]}
    return Mark(kind, "credit_share", at, [say_shares(shares[row]) for row in rows], {}, each)


def give_credit(
    frame: pd.DataFrame, shares: Objects | None, shared: Objects | None, several: Rows, kept: Rows
) -> pd.DataFrame:
    """Return what each area is credited with of the projects that areas share.

    Parameters
    ----------
    frame : DataFrame
        project_id, area, sheet, row of every row.
    shares : array of object, optional
        For each row its shares of credit, None without.
    shared : array of object, optional
        For each row the areas where one cell names several, else None.
    several : array of bool
        Rows that together are one project, each for one area.
    kept : array of bool
        Rows that are not rejected.

    Returns
    -------
    DataFrame
        project_id, area, credit_share, sheet, row: one row a project and area. Shares that
        were rounded (33.3 % three times) become parts of their own sum.
    """
    rows: list[tuple[int, Any, float]] = []
    if shares is not None:
        areas = np.asarray(frame["area"], dtype=object)
        rows = [(int(at), areas[at], float(shares[at][0])) for at in np.flatnonzero(several)]
        rows = _round_out(rows, frame["project_id"])
        for at in np.flatnonzero(_names_several(shared) & kept) if shared is not None else ():
            pairs = zip(shared[at], shares[at], strict=True)  # type: ignore[index]
            rows += [(int(at), area, float(share / sum(shares[at]))) for area, share in pairs]
    whose = frame.iloc[[at for at, _, _ in rows]].reset_index(drop=True)
    values = {
        "project_id": whose["project_id"],
        "area": pd.Categorical([area for _, area, _ in rows], frame["area"].cat.categories),
        "credit_share": np.array([share for _, _, share in rows], dtype=np.float64),
        "sheet": whose["sheet"],
        "row": whose["row"],
    }
    return pd.DataFrame(values)


def _round_out(rows: list[tuple[int, Any, float]], ids: pd.Series) -> list[tuple[int, Any, float]]:
    """Make the shares of each project parts of their sum, where that is not 1 for rounding."""
    sums: dict[str, float] = {}
    for at, _, share in rows:
        sums[ids.iat[at]] = sums.get(ids.iat[at], 0.0) + share
    return [
        (at, area, share if whole(sums[ids.iat[at]]) else share / sums[ids.iat[at]])
        for at, area, share in rows
    ]


def _names_several(shared: Objects) -> Rows:
    return np.array([areas is not None for areas in shared], dtype=bool)
