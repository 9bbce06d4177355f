"""Tables as readers meet them: names for codes, worded headers, rounded or exact numbers."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from h1224lib import wording
from h1224lib.hierarchy import complete_targets
from h1224lib.plan.model import DIMENSIONS, KEYS, TABLES, Plan
from h1224lib.provenance import COUNTING_RULE, word_rule
from h1224lib.synthetic import DATA_KIND
from h1224lib.verdicts import in_language

# Shares of a target, which readers are shown as percentages.
SHARES = (
    "schedule", "completion", "share", "share_tied", "share_weights", "share_named",
    "planned_share", "largest_share", "conversion", "probability", "coverage",
    "share_a", "share_b", "rate_a", "rate_b",
    "investment_share", "parent_share", "planned_parent_share",
)  # fmt: skip
_DECIMALS = 6
# Numbers as they are printed or reported; all others are computed.
PRINTED = ("value", "target", "actual")
# Where <NA> is a printed dash, not an absent number, if the plan prints one for the cell.
TARGETED = ("target", "value")
# As many characters as stand on one line, in a cell and in a header.
_UNBROKEN = {"td": 24, "th": 6}
# Columns that hold the codes of a dimension under another name.
ALSO = {"indicator": "measure", "refers_to": "measure", "versus": "area", "leading": "area",
        "platform": "area", "parent": "area", "largest_area": "area"}  # fmt: skip
# Columns of remarks, written 中文 (English).
REMARKS = ("note",)
# Columns of stages, which are named as the columns of a ledger are.
STAGES = ("stage", "counting_stage")
# Columns whose entries the catalogue words, as `<prefix>.<entry>`.
WORDED = {
    "kind": "kind",
    "status": "status",
    "along": "column",
    "table": "table_of",
    "reached": "reached",
    "reason": "why",
    "treatment": "treatment",
    "band": "band",
    "use": "indicator_use",
    "price_basis": "price_basis",
    "why": "unrated",
    "light": "light",
    "confidence": "confidence",
    "relation": "relation",
    "comparable": "comparable",
    "slip": "slip",
    "quantity": "quantity",
    "simulator": "odds_simulator",
    "level": "odds_level",
    "data": "data",
    "figure_status": "status",
    "landmark_status": "status",
    "unscored": "unrated",
    "unranked": "unrated",
    "rule": "assessment_rule",
    "not_applicable": "assessment_treatment",
    "weights": "assessment_weights",
    DATA_KIND: DATA_KIND,
}


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
        words = {v: _word(name, v, plan, lang) for v in set(frame[name].dropna())}
        values = [words.get(v) if v in words else None for v in frame[name].astype(object)]
        if name == "unit" and "measure" in frame:
            # One Chinese unit may stand for several English ones: 个.
            pairs = zip(frame["measure"], values, strict=True)
            values = [_name_unit(plan, measure, unit, lang) for measure, unit in pairs]
        if name in TARGETED and printed is not None:
            pairs = zip(values, printed, strict=True)
            values = [text if v is None else v for v, text in pairs]
        title = head(name, lang, frame.columns)
        columns[title] = pd.Series(values, index=frame.index, dtype=object)
    return pd.DataFrame(columns)


def _name_unit(plan: Plan, measure: Any, unit: Any, lang: str) -> Any:
    """Name the unit of a measure; another one of the row stays as it is."""
    known = measure in plan.measures.index and unit is not None
    return plan.unit(measure, lang) if known else unit


def head(column: str, lang: str, beside: Iterable[str] = ()) -> str:
    """Word a column's name; one that the catalogue does not know stays as it is.

    Parameters
    ----------
    column, lang : str
        A column of the library's tables, and the language.
    beside : iterable of str
        The table's columns: ``left`` is a side of an identity, or who left a ledger.

    Examples
    --------
    >>> head("lead_pp", "en"), head("investor", "en")
    ('Lead (pp)', 'investor')
    >>> head("left", "en"), head("left", "en", ["entered", "left"])
    ('Left', 'Left the ledger')
    """
    key = f"column.{column}"
    if wording.has(key):
        return wording.say(key, lang, beside=list(beside))
    return _name_field(column, lang)


def _name_field(field: str, lang: str) -> str:
    """Name what stands in a ledger as its columns are headed."""
    from h1224lib.ledger.vocabulary import list_fields

    known = list_fields().get(field)
    return field if known is None else known.label.say(lang)


def _word(column: str, value: Any, plan: Plan, lang: str) -> Any:
    """Word one entry of a column."""
    if column == "by":
        names = [wording.say(f"dimension.{d}", lang) for d in value]
        return wording.join(names, lang) or wording.say("level.whole", lang)
    if isinstance(value, tuple):
        return "; ".join(map(str, value))
    if pd.api.types.is_bool(value):
        return wording.say("yes" if value else "no", lang)
    if isinstance(value, dt.date):
        # A day has no hour in any ledger.
        return value.isoformat()[:10]
    if not isinstance(value, str):
        if column == "likelihood":
            return wording.say("odds_likelihood", lang, p=float(value))
        if column in SHARES:
            return round(100 * float(value), _DECIMALS)
        computed = isinstance(value, float) and column not in PRINTED
        return round(value, _DECIMALS) if computed else value
    dimension = ALSO.get(column, column)
    if dimension in TABLES and value in plan.table(dimension).index:
        return plan.label(dimension, value, lang)
    if column in STAGES:
        # The column holds the day on which a stage was reached.
        return _name_field(value, lang).removesuffix("日期")
    if column == "industries":
        names = [_word("industry", code, plan, lang) for code in value.split(";")]
        return wording.join(names, lang)
    if column == "department" and "body_id" in plan.bodies:
        same = plan.bodies[plan.bodies["body_id"] == value]
        return value if same.empty else same[lang].iloc[0]
    if column == "unit":
        same = plan.measures[plan.measures["unit"] == value]
        return value if lang == "zh" or same.empty else same["unit_en"].iloc[0]
    if column == "item":
        own = plan.assessment[plan.assessment["item_id"] == value]
        return own[lang].iloc[0] if len(own) else value
    if column == COUNTING_RULE:
        return word_rule(value, lang)
    if column in REMARKS:
        return in_language(value).say(lang)
    # What follows a colon is a reason, which has a column of its own.
    key = f"{WORDED.get(column, '')}.{value.partition(':')[0]}"
    return wording.say(key, lang) if wording.has(key) else value


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


def exact(value: Any) -> str:
    """Write one cell for a machine: no rounding, no trailing zero, nothing for <NA>.

    Examples
    --------
    >>> exact(1000.0), exact(29.525), exact(pd.NA), exact(("i1", "i2")), exact(True)
    ('1000', '29.525', '', 'i1;i2', 'yes')
    """
    if isinstance(value, tuple):
        return ";".join(map(str, value))
    if pd.isna(value):
        return ""
    if pd.api.types.is_bool(value):
        return "yes" if value else "no"
    if pd.api.types.is_float(value):
        return str(int(value)) if float(value).is_integer() else repr(float(value))
    return str(value)


def write_csv(frame: pd.DataFrame, guard: bool = False) -> str:
    r"""Write a table as CSV text with LF line ends, numbers exact.

    Parameters
    ----------
    frame : DataFrame
        Codes for machines, or the result of `word_table` for people.
    guard : bool
        Keep text that a spreadsheet would take for a formula from being one.

    Examples
    --------
    >>> write_csv(pd.DataFrame({"a": ["=1+1", "-"], "b": [-1.5, 2.0]}), guard=True)
    "a,b\n'=1+1,-1.5\n-,2\n"
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in (tuple(map(str, frame.columns)), *frame.itertuples(index=False, name=None)):
        writer.writerow(
            guard_text(value) if guard and isinstance(value, str) else exact(value) for value in row
        )
    return out.getvalue()


def guard_text(text: str) -> str:
    """Prefix text that a spreadsheet would run as a formula (OWASP, CSV injection).

    Examples
    --------
    >>> guard_text("@SUM(A1)"), guard_text("-"), guard_text("1.6")
    ("'@SUM(A1)", '-', '1.6')
    """
    # Spreadsheets set to Chinese or Japanese take full-width signs for the plain ones.
    risky = text.startswith(tuple("=+-@\t\r\n＝＋－＠")) and text != "-"
    return f"'{text}" if risky else text


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
        A longer table is cut here; None shows all of it.
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
    always = (*KEYS, "unit", DATA_KIND, COUNTING_RULE)
    same = [n for n in always if n in frame and _goes_without_saying(frame[n])]
    kept = frame[[name for name in frame.columns if name not in same]]
    every = word_table(frame, plan, lang)
    worded = every[[head(str(name), lang, frame.columns) for name in kept]]
    numeric = [_is_number(kept[name]) for name in kept]
    cells = [
        _show_numbers(list(worded[name])) if number else [_show(v) for v in worded[name]]
        for name, number in zip(worded, numeric, strict=True)
    ]
    said = [head(n, lang, frame.columns) for n in same if frame[n].iloc[0] != "all"]
    pairs = [(name, every[name].iloc[0]) for name in said]
    about = wording.say("table.about", lang, pairs=pairs)
    note = ""
    if frame.empty:
        note = wording.say("table.empty", lang)
    elif rows is not None and len(frame) > rows:
        note = wording.say("table.more", lang, shown=rows, rows=len(frame), saved=saved)
    lines = [list(line) for line in zip(*cells, strict=True)][:rows]
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


def _show_numbers(values: list[Any]) -> list[str]:
    """Round a column to the decimals that it needs, two at most, so that points line up."""
    numbers = [float(v) for v in values if not isinstance(v, str) and v is not None]
    digits = next((d for d in (0, 1) if all(abs(n - round(n, d)) < 1e-9 for n in numbers)), 2)
    return [v if isinstance(v, str) else wording.number(v, digits) for v in values]


def to_html(layout: Layout, lang: str, caption: str) -> str:
    """Write a laid-out table as HTML that reads well in Jupyter, on a page and on paper."""

    def cell(tag: str, text: str, number: bool) -> str:
        style = f"text-align:{'right' if number else 'left'}"
        # A name must not break in two; what is longer than a name may.
        style += ";white-space:nowrap" if len(text) <= _UNBROKEN[tag] else ""
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
        f'<caption style="text-align:left"><b>{html.escape(caption)}</b>{about}</caption>\n'
        f"<thead>{line('th', layout.header)}</thead>\n<tbody>{body}</tbody></table>{note}</div>"
    )


def to_text(layout: Layout) -> str:
    """Write a laid-out table as plain text, columns apart by two spaces."""
    lines = [layout.header, *layout.rows, *([[layout.about]] if layout.about else [])]
    return "\n".join("  ".join(line).rstrip() for line in lines)
