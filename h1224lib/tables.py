"""Tables as readers meet them: names for codes, worded headers, rounded or exact numbers."""

from __future__ import annotations

import html
import unicodedata
from dataclasses import dataclass
from typing import Any

import pandas as pd

from h1224lib import wording
from h1224lib.entries import head, name_unit, word_entry
from h1224lib.hierarchy import complete_targets
from h1224lib.plan.model import DIMENSIONS, KEYS, Plan
from h1224lib.provenance import COUNTING_RULE
from h1224lib.synthetic import DATA_KIND

# Where <NA> is a printed dash, not an absent number, if the plan prints one for the cell.
TARGETED = ("target", "value")
# What is said once, above the table, where it is the same in every row.
ALWAYS = (*KEYS, "unit", "industries", "file", "sheet", "counting_stage", DATA_KIND, COUNTING_RULE)
# As wide as stands on one line where a page is narrow, in a cell and in a header: letters, of
# which a Chinese character is as wide as two.
_UNBROKEN = {"td": 14, "th": 10}
# Figures as they were published, which may stand in one column in several units.
REPORTED = ("value", "base_value", "current_value", "reference_value")
# A table that is longer than its first rows by less than this share of them is shown whole.
_SPARE = 0.6


@dataclass(frozen=True)
class Layout:
    """A table ready to be shown: all of it text.

    Parameters
    ----------
    header : list of str
        Worded names of the columns.
    numeric : list of bool
        Which columns are numbers, and so are set to the right.
    rows : list of list of str
        The rows to show.
    about : str
        What is the same in every row, said once.
    note : str
        What is not shown: no rows, or how many more.
    """

    header: list[str]
    numeric: list[bool]
    rows: list[list[str]]
    about: str
    note: str


def word_table(frame: pd.DataFrame, plan: Plan, lang: str) -> pd.DataFrame:
    """Put codes and headers into words, and shares into percent; numbers stay exact.

    Parameters
    ----------
    frame : DataFrame
        Any table of the library's columns; ratios `schedule` and `completion` are shares.
    plan : Plan
        Gives the names.
    lang : str
        ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        The same rows. A number that is not there is None, or what the plan prints for it: ``-``,
        or the quantity that the target follows. What is computed has six decimals at most.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> plan = load_plan()
    >>> leaf = plan.targets.query("area == 'wuxing'").head(1)
    >>> word_table(leaf[["area", "value"]], plan, "en").to_dict("records")
    [{'Area': 'Wuxing District', 'Value': 7.0}]
    """
    printed = _find_printed(frame, plan)
    columns = {}
    for name in map(str, frame.columns):
        words = {v: word_entry(name, v, plan, lang) for v in set(frame[name].dropna())}
        values = [words.get(v) if v in words else None for v in frame[name].astype(object)]
        if name == "unit" and "measure" in frame:
            pairs = zip(frame["measure"], values, strict=True)
            values = [name_unit(plan, measure, unit, lang) for measure, unit in pairs]
        if name in TARGETED and printed is not None:
            pairs = zip(values, printed, strict=True)
            values = [text if v is None else v for v, text in pairs]
        title = head(name, lang, frame.columns)
        columns[title] = pd.Series(values, index=frame.index, dtype=object)
    return pd.DataFrame(columns)


def _find_printed(frame: pd.DataFrame, plan: Plan) -> list[str | None] | None:
    """Return what stands for each row's target without a number, or None for no target.

    A dash, or a sum of nothing but dashes, is "-"; a target that follows another quantity is
    as the plan prints it.
    """
    if {"period", "unrounded"} <= set(frame.columns):
        # Phased targets lack a number only where the plan prints a dash.
        return ["-"] * len(frame)
    if not set(KEYS) <= set(frame.columns) or not set(TARGETED) & set(frame.columns):
        return None
    targets = complete_targets(plan)
    empty = targets.loc[targets["value"].isna(), KEYS]
    texts = dict.fromkeys(empty.itertuples(index=False, name=None), "-")
    follow = plan.cells[plan.cells["relation"] == "reference"]
    keys = follow[KEYS].itertuples(index=False, name=None)
    texts |= dict(zip(keys, follow["printed"], strict=True))
    return [texts.get(cell) for cell in frame[KEYS].itertuples(index=False, name=None)]


def lay_out(
    frame: pd.DataFrame, plan: Plan, lang: str, rows: int | None = 20, saved: bool = False
) -> Layout:
    """Lay a table out for reading: names, rounded numbers, the first rows of a long one.

    Parameters
    ----------
    frame : DataFrame
        A table of the library's columns.
    plan : Plan
        Gives the names and dashes.
    lang : str
        ``zh`` or ``en``.
    rows : int, optional
        A much longer table is cut here; None shows all of it.
    saved : bool
        Say that a CSV file holds what is cut.

    Returns
    -------
    Layout
        Keys that are the same in every row have no column; `about` says them.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> plan = load_plan("dazhou-2019")
    >>> laid = lay_out(plan.cells[["area", "unit", "value"]][::4].head(2), plan, "en")
    >>> laid.header, laid.rows[1], laid.about
    (['Area', 'Value'], ['City level', '189.8'], 'Unit: CNY 100 million')
    """
    every = word_table(frame, plan, lang)
    # One Chinese unit may stand for several English ones.
    alike = [n for n in ALWAYS if n in frame and every[head(n, lang)].nunique(dropna=False) == 1]
    same = [n for n in alike if _goes_without_saying(frame[n])]
    kept = frame[[name for name in frame.columns if name not in same]]
    worded = every[[head(str(name), lang, frame.columns) for name in kept]]
    numeric = [_is_number(kept[name]) for name in kept]
    mixed = "unit" in frame and frame["unit"].nunique() > 1
    cells = [
        _show_numbers(list(worded[name]), mixed and column in REPORTED)
        if number
        else [_show(v) for v in worded[name]]
        for name, column, number in zip(worded, kept, numeric, strict=True)
    ]
    said = [head(n, lang, frame.columns) for n in same if frame[n].iloc[0] != "all"]
    pairs = [(name, every[name].iloc[0]) for name in said]
    about = wording.say("table.about", lang, pairs=pairs)
    note = ""
    if frame.empty:
        note = wording.say("table.empty", lang)
    elif rows is not None and len(frame) > rows * (1 + _SPARE):
        note = wording.say("table.more", lang, shown=rows, rows=len(frame), saved=saved)
    lines = [list(line) for line in zip(*cells, strict=True)][: rows if note else None]
    return Layout(list(worded), numeric, lines, about, note)


def _goes_without_saying(column: pd.Series) -> bool:
    """Tell whether a key is the same in every row; of a single row, only what names no part."""
    if len(column) == 1 and column.name in DIMENSIONS:
        return bool(column.iloc[0] == "all")
    return column.nunique(dropna=False) == 1


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _show(value: Any) -> str:
    return wording.number(None) if value is None else str(value)


def _show_numbers(values: list[Any], reported: bool = False) -> list[str]:
    """Round a column to the decimals that it needs, two at most, so that points line up.

    Reported figures in several units do not line up: each keeps the digits that it came with.
    """
    if reported:
        return [v if isinstance(v, str) else wording.number(v) for v in values]
    numbers = [float(v) for v in values if not isinstance(v, str) and v is not None]
    digits = next((d for d in (0, 1) if all(abs(n - round(n, d)) < 1e-9 for n in numbers)), 2)
    return [v if isinstance(v, str) else wording.number(v, digits) for v in values]


def to_html(layout: Layout, lang: str, caption: str) -> str:
    """Write a laid-out table as HTML that reads well in Jupyter, on a page and on paper."""

    def cell(tag: str, text: str, number: bool) -> str:
        style = f"text-align:{'right' if number else 'left'}"
        # A number or a short name must not break in two; what is longer may.
        whole = tag == "td" and number
        style += ";white-space:nowrap" if whole or _measure(text) <= _UNBROKEN[tag] else ""
        scope = ' scope="col"' if tag == "th" else ""
        return f'<{tag}{scope} style="{style}">{html.escape(text)}</{tag}>'

    def line(tag: str, texts: list[str]) -> str:
        cells = (cell(tag, t, n) for t, n in zip(texts, layout.numeric, strict=True))
        return f"<tr>{''.join(cells)}</tr>"

    about = f" <small>{html.escape(layout.about)}</small>" if layout.about else ""
    note = f"<p><small>{html.escape(layout.note)}</small></p>" if layout.note else ""
    body = "\n".join(line("td", row) for row in layout.rows)
    return (
        f'<div class="h1224-table" lang="{"zh-CN" if lang == "zh" else "en"}"><table>\n'
        f'<caption style="text-align:left"><span><b>{html.escape(caption)}</b>{about}</span>'
        "</caption>\n"
        f"<thead>{line('th', layout.header)}</thead>\n<tbody>{body}</tbody></table>{note}</div>"
    )


def _measure(text: str) -> int:
    """Return the width of a text in letters; a Chinese character is as wide as two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def to_text(layout: Layout) -> str:
    """Write a laid-out table as plain text, columns apart by two spaces."""
    lines = [layout.header, *layout.rows, *([[layout.about]] if layout.about else [])]
    return "\n".join("  ".join(line).rstrip() for line in lines)
