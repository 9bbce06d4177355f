"""Texts: identifiers kept to the sign, names, and what is passed through."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from h1224lib.ledger.columns import Column, Texts, mark_blank, show
from h1224lib.ledger.marks import Mark
from h1224lib.ledger.shown import show_number
from h1224lib.ledger.vocabulary import Fault, is_nothing

_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{2,}")
# White space but for single spaces between words, as `str.split` knows it.
_SPACES = (
    r"^ | $|  |[\t-\r\x{1c}-\x{1f}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}]"
    r"|[\x{202f}\x{205f}\x{3000}]"
)
_BREAKS = re.compile(r"[\r\n\t]+")
_QUOTE = "'"  # keeps Excel from reading a number, and stays in text files
_LONGEST = 10**15  # Excel keeps 15 digits of a number
_SHORT = 5  # characters that a text must have to be looked at no further

Texted = tuple[pd.Series, list[Mark]]


def clean_ids(column: Column) -> Texted:
    """Keep identifiers as exact text: leading zeros, twenty digits, signs of full width.

    Parameters
    ----------
    column : Column
        Its cells. A number cell of up to 15 digits becomes its digits, and a note; a longer
        one, one with decimals and ``1.2E+19`` have lost what was typed, and are errors.

    Returns
    -------
    Series of str, list of Mark
        <NA> where there is none.

    Examples
    --------
    >>> from h1224lib.ledger.columns import make_column
    >>> cells = ["00123", 7.0, 1.2e19, "12345678901234567890"]
    >>> ids, marks = clean_ids(make_column("project_id", "编号", "A", cells, {}))
    >>> ids[[0, 1, 3]].tolist(), [mark.kind for mark in marks]
    (['00123', '7', '12345678901234567890'], ['ledger_id_number', 'ledger_number_long'])
    """
    changed: dict[int, str | None] = {}
    faults: list[tuple[int, Fault]] = []
    for number in _find_unusual(column.values):
        changed[number], kind = _read_id(column.values[number])
        if kind:
            faults.append((number, Fault(kind, {})))
    # What stands for nothing is blank; what was lost has said so.
    nothing = {n for n, text in changed.items() if text is None} - {n for n, _ in faults}
    marks = [*column.mark(faults), *mark_blank(column, nothing), *_compare_shown(column)]
    return _texts(column, changed), marks


def _compare_shown(column: Column) -> Iterator[Mark]:
    """Yield a mark on number cells whose format shows another identifier: 00123 for 123."""
    rows = {
        row: (show(value), show_number(value, code))
        for row, code in sorted(column.formats.items())
        if isinstance(value := column.at(row), int | float) and abs(value) < _LONGEST
    }
    odd = {row: said for row, said in rows.items() if said[0] != said[1]}
    if odd:
        found, shown = zip(*odd.values(), strict=True)
        at = np.array(list(odd), dtype=np.int64)
        yield Mark("ledger_id_shown", column.name, at, list(found), {}, {"shown": list(shown)})


def _find_unusual(values: Sequence[Any]) -> list[int]:
    """Return the values that may be no plain text, or not be as they should."""
    if isinstance(values, Texts):
        stored = values.stored
        odd = pc.match_substring_regex(stored, _SPACES)
        odd = pc.or_(odd, pc.match_substring_regex(stored, f"^{_SCIENTIFIC.pattern}$"))
        odd = pc.or_(odd, pc.starts_with(stored, _QUOTE))
        odd = pc.or_(odd, pc.less(pc.utf8_length(stored), _SHORT))
        return np.flatnonzero(pc.fill_null(odd, False).to_numpy(zero_copy_only=False)).tolist()
    return [
        n
        for n, v in enumerate(values)
        if not isinstance(v, str)
        or len(v) < _SHORT
        or v[0] == _QUOTE
        or v != " ".join(v.split())
        or _SCIENTIFIC.fullmatch(v)
    ]


def _read_id(value: Any) -> tuple[str | None, str]:
    """Return an unusual identifier's text, and the rule that it breaks."""
    if isinstance(value, str):
        if is_nothing(value):
            return None, ""
        if _SCIENTIFIC.fullmatch(value.strip()):
            return None, "ledger_id_scientific"
        text = _BREAKS.sub("", value.strip())
        bare = text.removeprefix(_QUOTE)
        if bare not in ("", text):
            return bare, "ledger_id_quoted"
        return text, "" if value == text else "ledger_id_spaces"
    if not isinstance(value, int | float):
        return None, "ledger_id_not_text"
    # A whole number of a Parquet file is exact, however long.
    if isinstance(value, float) and abs(value) >= _LONGEST:
        return None, "ledger_number_long"
    if value != int(value):
        return None, "ledger_id_decimal"
    return str(int(value)), "ledger_id_number"


def _texts(column: Column, changed: Mapping[int, str | None]) -> pd.Series:
    """Return each row's text, with what some of the values have become."""
    if not isinstance(column.values, Texts):
        found = list(column.values)
        for number, text in changed.items():
            found[number] = text
        return pd.Series(column.spread(found, None, object), dtype="str")
    stored = column.values.stored
    rows = pa.array(column.codes, mask=column.blank)
    whole = len(stored) == len(rows) and not column.blank.any()
    texts = pd.Series(pd.array(stored if whole else stored.take(rows), dtype="str"))
    places = [(row, text) for n, text in changed.items() for row in column.rows_of(n).tolist()]
    if places:  # at once: each change of such a column copies it
        at, said = zip(*places, strict=True)
        texts.iloc[list(at)] = pd.array(said, dtype="str")
    return texts


def clean_texts(column: Column, needed: bool = False) -> Texted:
    """Keep texts, line breaks and outer spaces taken off; a number or a date is told.

    Parameters
    ----------
    column : Column
        Its cells.
    needed : bool
        Every row must have one.

    Returns
    -------
    Series of str, list of Mark
        <NA> where there is none.
    """
    changed: dict[int, str | None] = {}
    for number in _find_unusual(column.values):
        text = " ".join(show(column.values[number]).split())
        changed[number] = None if is_nothing(text) else text
    if not needed:
        return _texts(column, changed), []
    fault = Fault("ledger_text_not_text", {})
    odd = [(n, fault) for n in changed if not isinstance(column.values[n], str)]
    nothing = {n for n, text in changed.items() if text is None}
    return _texts(column, changed), [*column.mark(odd), *mark_blank(column, nothing)]


def mark_long_numbers(column: Column) -> Iterator[Mark]:
    """Yield a mark where a further column's number cell has lost digits."""
    faults = [
        (n, Fault("ledger_number_long_further", {}))
        for n, v in enumerate(column.values)
        if isinstance(v, float) and np.isfinite(v) and abs(v) >= _LONGEST
    ]
    yield from column.mark(faults)


def clean_further(column: Column) -> npt.NDArray[np.object_]:
    """Pass a further column through, its values as they are and None where blank."""
    return column.spread(list(column.values), None, object)
