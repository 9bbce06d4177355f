"""Invented ledgers: known by what is left of their marks where the column that says so is gone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import pandas as pd

from h1224lib import wording
from h1224lib.ledger.grids import Grid

# How the simulator numbers and names projects: no office and no firm does.
_ID = r"^DEMO-\d{5,}$"
_NAME = r"^演示企业\d{5}.*（虚构）$"
_KEYWORDS = re.compile(r"[;,，；、]")


def find_sign(
    file: str,
    properties: Iterable[str],
    titles: Sequence[str],
    settings: Sequence[Grid],
    projects: pd.DataFrame,
) -> str:
    """Find what says that a ledger is invented, beside its column 数据性质.

    Parameters
    ----------
    file : str
        Its name.
    properties : iterable of str
        Title, subject, keywords and the like of the workbook.
    titles : sequence of str
        What stands above headers, and the names of sheets.
    settings : sequence of Grid
        The sheets 设置.
    projects : DataFrame
        project_id, name.

    Returns
    -------
    str
        ``properties``, ``title``, ``settings``, ``file``, ``names``, ``identifiers``, or nothing.
        A project about synthetic data is none: only the mark itself counts.

    Examples
    --------
    >>> named = pd.DataFrame({"project_id": ["1"], "name": ["演示企业00001云仓项目（虚构）"]})
    >>> find_sign("a.xlsx", [], [], [], named)
    'names'
    >>> real = pd.DataFrame({"project_id": ["1"], "name": ["合成数据训练基地"]})
    >>> find_sign("a.xlsx", [], ["合成数据产业项目台账"], [], real)
    ''
    """
    words = [p for said in properties for p in (said, *_KEYWORDS.split(said))]
    cells = [str(cell) for sheet in settings for row in sheet.rows for cell in row]
    found = {
        "properties": any(_is_mark(word) for word in words),
        "title": any(_is_mark(title) for title in titles),
        "settings": any(_is_mark(cell) for cell in cells),
        "file": file.casefold().startswith("synthetic-ledger"),
        "names": _any_like(projects["name"], "演示企业", _NAME),
        "identifiers": _any_like(projects["project_id"], "DEMO-", _ID),
    }
    return next((sign for sign, there in found.items() if there), "")


def _is_mark(text: str) -> bool:
    said = text.strip().casefold()
    marks = [wording.say("template.synthetic_mark", lang).casefold() for lang in wording.LANGUAGES]
    words = [wording.say("template.is_synthetic", lang).casefold() for lang in wording.LANGUAGES]
    return said in words or any(mark in said for mark in marks)


def _any_like(texts: pd.Series, start: str, pattern: str) -> bool:
    begin = texts[texts.str.startswith(start).fillna(False).astype(bool)]
    return bool(begin.str.match(pattern).any())
