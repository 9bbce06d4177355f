"""Settings: what the sheet 设置 says of counting, and the declared default of the rest."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from h1224lib.errors import UnknownNameError
from h1224lib.findings import Finding, Problem
from h1224lib.ledger.columns import show
from h1224lib.ledger.dates import read_date
from h1224lib.ledger.flags import read_flag
from h1224lib.ledger.grids import Grid
from h1224lib.ledger.marks import book_of, make_problem
from h1224lib.ledger.names import Terms
from h1224lib.ledger.stages import ladders, list_stages
from h1224lib.ledger.units import unit_of
from h1224lib.ledger.vocabulary import (
    Fault,
    index_headers,
    list_fields,
    narrow_text,
    read_words,
    word_set,
)
from h1224lib.ledger.written_dates import Span
from h1224lib.periods import span
from h1224lib.plan.spelling import plain

_OF_TYPE = re.compile(r"(.+)\(([^()]+)\)")
_UNTIL = re.compile(
    r"截[至止]:?(\d{4}(?:年(?:\d{1,2}月(?:\d{1,2}日)?|第?[一二三四1-4]季度|度)?"
    r"|([-/.])\d{1,2}\2\d{1,2}))"
)
Cell = tuple[int, str, Any]  # row counted from 1, what the setting is called, what it says


@dataclass(frozen=True)
class Settings:
    """How the ledger is to be counted.

    Attributes
    ----------
    period : str or None
        Such as ``2024Q2``.
    as_of : date or None
        The day that an analysis speaks for; of a period, its last.
    vintage : date or None
        The day of which the ledger speaks: later dates in it are errors.
    counting_stage : dict
        Project type -> the stage from which a project counts as 新引进.
    count_withdrawn, recognised_only : bool
        Whether withdrawn projects count; whether only 核定 ones do.
    schedule, lights : str
        The schedule and the light rule.
    investment_unit : int or None
        Of amounts that name none, as the power of ten of 亿元.
    origins : dict
        Setting -> ``sheet``, ``title`` or ``default``.
    """

    period: str | None
    as_of: dt.date | None
    vintage: dt.date | None
    counting_stage: dict[str, str]
    count_withdrawn: bool
    recognised_only: bool
    schedule: str
    lights: str
    investment_unit: int | None
    origins: dict[str, str]

    @property
    def table(self) -> pd.DataFrame:
        """One row a setting: name, zh, en, value (as text, blank without one), origin."""
        rows = []
        for name, entry in read_words("settings").items():
            value = getattr(self, name)
            if isinstance(value, dict):
                value = "; ".join(f"{key}: {stage}" for key, stage in value.items())
            said = "" if value is None else str(value)
            rows.append((name, entry["zh"], entry["en"], said, self.origins[name]))
        return pd.DataFrame(rows, columns=["setting", "zh", "en", "value", "origin"])

    @property
    def finding(self) -> Finding:
        """What was counted and how, to stand beside every result."""
        stages = list(self.counting_stage.values())
        numbers = {
            "stages": [list_fields()[stage].label for stage in dict.fromkeys(stages)],
            "withdrawn": self.count_withdrawn,
            "recognised": self.recognised_only,
            "default": all(self.origins[n] == "default" for n in _RULES),
        }
        return Finding("ledger_counting_rule", "note", numbers)


_RULES = ("counting_stage", "count_withdrawn", "recognised_only")


def is_settings(grid: Grid) -> bool:
    """Tell whether a sheet holds the settings."""
    return plain(grid.name) in word_set("settings_sheet")


def read_settings(
    sheets: Sequence[Grid], titles: list[str], terms: Terms, file: str
) -> tuple[Settings, list[Problem]]:
    """Read the sheets of settings; what they do not say, the titles may, or the default holds.

    Parameters
    ----------
    sheets : sequence of Grid
        设置 or settings: a setting a row, its name left of its value. Of one that is set in two
        of them the first holds.
    titles : list of str
        Of the other sheets: 截至2024年6月30日 tells the vintage.
    terms : Terms
        Project types by the plan's names.
    file : str
        Name of the ledger's file, for problems.
    """
    values: dict[str, Any] = {n: e.get("default") for n, e in read_words("settings").items()}
    origins = dict.fromkeys(values, "default")
    types = [str(t) for t in terms.plan.project_types.index if t != "all"] or ["all"]
    first, own = values["counting_stage"], ladders(terms.plan)
    # A ladder that does not begin with signing is counted from its own first stage.
    values["counting_stage"] = {
        t: own[t][0] if t in own and first not in own[t] else first for t in types
    }
    problems = []
    seen: set[str] = set()
    said = ((sheet, *cells) for sheet in sheets for cells in _list_cells(sheet))
    for sheet, row, text, value in said:
        kind = _take(text, value, values, origins, seen, terms)
        if kind:
            place = book_of(file, sheet.name)
            # Of a Parquet file the settings are no cells.
            cell, line = ("", None) if sheet.text_only else (f"A{row}", row)
            more = {"cell": cell, "setting": text}
            problems.append(make_problem(kind, place, line, text, show(value), **more))
    days = vintages_of(titles)
    if values["vintage"] is None and len(days) == 1:
        [values["vintage"]], origins["vintage"] = days, "title"
    elif values["vintage"] is None:
        kind = "ledger_vintages_differ" if days else "ledger_no_vintage"
        each = {"days": [day.isoformat() for day in days]} if days else {}
        problems.append(make_problem(kind, file, None, "", "", **each))
    if values["as_of"] is None and values["period"]:
        values["as_of"], origins["as_of"] = span(values["period"])[1], origins["period"]
    return Settings(**values, origins=origins), problems


def _list_cells(sheet: Grid) -> Iterator[Cell]:
    for row in range(len(sheet.rows)):
        cells = [v for c in range(sheet.width) if (v := sheet.at(row, c)) not in ("", None)]
        # A title, or a setting left blank, is one cell.
        if len(cells) > 1 and isinstance(cells[0], str):
            yield row + 1, cells[0].strip(), cells[1]


@functools.cache
def _index() -> dict[str, str]:
    entries = read_words("settings").items()
    return {
        plain(text): name
        for name, entry in entries
        for text in (name, entry["zh"], entry["en"], *entry["aliases"])
    }


def name_setting(text: str) -> str | None:
    """Return the setting that a sheet calls so, of one type or of all; None for no setting.

    Examples
    --------
    >>> name_setting("计数阶段（固投类）："), name_setting("Period"), name_setting("备注")
    ('counting_stage', 'period', None)
    """
    said = plain(text).rstrip(":")
    found = _OF_TYPE.fullmatch(said)
    return _index().get(said) or (_index().get(found[1]) if found else None)


def _take(
    text: str,
    value: Any,
    values: dict[str, Any],
    origins: dict[str, str],
    seen: set[str],
    terms: Terms,
) -> str:
    """Take one setting over; return the rule that it breaks, if any."""
    said = plain(text).rstrip(":")
    if said in _HEADS:
        return ""
    found = _OF_TYPE.fullmatch(said)
    name = name_setting(text)
    if name is None:
        return "ledger_setting_unknown"
    if said in seen:
        return "ledger_setting_twice"
    seen.add(said)
    if name == "counting_stage":
        types = list(values[name])
        if found and said not in _index():
            code = terms.names.code("project_type", found[2])
            types = [code] if code in types else []
        stage = _read_stage(value)
        own = ladders(terms.plan)
        if not types or any(stage not in own.get(t, list_stages()) for t in types):
            return "ledger_setting_unreadable"
        values[name] = values[name] | dict.fromkeys(types, stage)
    else:
        meant = _read_value(name, value)
        if meant is None:
            return "ledger_setting_unreadable"
        values[name] = meant
    origins[name] = "sheet"
    return ""


_HEADS = frozenset(map(plain, ("设置", "项目", "参数", "设置项", "setting", "名称")))


def _read_stage(value: Any) -> str:
    name = index_headers().get(plain(show(value)), "")
    return name if name in list_stages() else ""


def _read_value(name: str, value: Any) -> Any:
    """Return what a setting's cell means, or None where it means nothing."""
    entry = read_words("settings")[name]
    if entry["kind"] == "date":
        day = read_date(value)
        # Of a month or a quarter, its end.
        return day.last if isinstance(day, Span) else None
    if entry["kind"] == "flag":
        flag = read_flag(show(value))
        return None if isinstance(flag, Fault) else flag
    if entry["kind"] == "choice":
        choices = entry["choices"].items()
        said = plain(show(value))
        return next((c for c, also in choices if said in (c, *map(plain, also))), None)
    if entry["kind"] == "unit":
        return unit_of(show(value))
    return read_period(show(value))


def read_period(text: str) -> str | None:
    """Return the period that a text names, in the library's spelling.

    Examples
    --------
    >>> read_period("2024年第二季度"), read_period("2024-05"), read_period("2024Q2")
    ('2024Q2', '2024-05', '2024Q2')
    >>> read_period("下个月") is None
    True
    """
    said = narrow_text(text).upper()
    try:
        span(said)
    except UnknownNameError:
        meant = read_date(text)
    else:
        return said
    if not isinstance(meant, Span):
        return None
    year, month = meant.first.year, meant.first.month
    names = {
        "month": f"{year}-{month:02d}",
        "quarter": f"{year}Q{(month + 2) // 3}",
        "half": f"{year}H{1 if month == 1 else 2}",
        "year": str(year),
    }
    return names.get(meant.precision)


def vintages_of(titles: Sequence[str]) -> list[dt.date]:
    """Return the days that titles say the ledger speaks of, each once, the earliest first.

    Examples
    --------
    >>> vintages_of(["2024年台账（截至2024年6月30日）", "截止 2023-12-31"])
    [datetime.date(2023, 12, 31), datetime.date(2024, 6, 30)]
    """
    said = [found for title in titles for found, _ in _UNTIL.findall(narrow_text(title))]
    return sorted({day.last for text in said if isinstance(day := read_date(text), Span)})


def vintage_of(titles: Sequence[str], settings: Settings) -> dt.date | None:
    """Return the day that a sheet speaks of: the setting, or what its own titles alone say."""
    if settings.vintage is not None:
        return settings.vintage
    days = vintages_of(titles)
    return days[0] if len(days) == 1 else None
