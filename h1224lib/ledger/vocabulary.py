"""The ledger's words: columns, rules, settings and what cells say, each from a file of its own."""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from h1224lib.findings import Label
from h1224lib.plan.spelling import plain

_LONGEST_NOTHING = 8  # characters, of a cell that stands for nothing


@dataclass(frozen=True)
class Field:
    """A column that the ledger knows.

    Attributes
    ----------
    name : str
        Its name in `.projects`.
    kind : str
        How its cells are read: id, text, name, direction, amount, date, flag, word, ...
    label : Label
        Its header in either language.
    needed : str
        ``yes``, ``plan`` (where the plan has the dimension) or nothing.
    """

    name: str
    kind: str
    label: Label
    needed: str = ""


@dataclass(frozen=True)
class Fault:
    """Why a cell's value cannot be taken, or needs a look: a rule and what its sentence names."""

    kind: str
    numbers: Mapping[str, Any]


@functools.cache
def read_words(name: str) -> dict[str, Any]:
    """Read one of the ledger's files of words: columns, rules, settings or words."""
    with Path(__file__).with_name(f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


@functools.cache
def list_fields() -> dict[str, Field]:
    """Return the columns that the ledger knows, in their order.

    Examples
    --------
    >>> list_fields()["signed"].label.zh
    '签约日期'
    """
    words = read_words("columns")
    fields = {
        name: Field(name, e["kind"], Label(e["zh"], e["en"]), e.get("needed", ""))
        for name, e in words["column"].items()
    }
    dates = words["date"].items()
    return fields | {n: Field(n, "date", Label(e["zh"], e["en"])) for n, e in dates}


@functools.cache
def index_headers() -> dict[str, str]:
    """Return which column each plain header means.

    Examples
    --------
    >>> index_headers()["实际开工时间"], index_headers().get("计划开工时间")
    ('started', None)
    >>> index_headers()["above_scale"], index_headers()["above_scale_date"]
    ('above_scale', 'above_scale_date')
    """
    words = read_words("columns")
    index: dict[str, str] = {}
    for name, entry in words["column"].items():
        for text in (name, entry["zh"], entry["en"], *entry["aliases"]):
            index[plain(text)] = name
    around = words["date_words"]
    for name, entry in words["date"].items():
        for text in (name, entry["zh"], entry["en"], *entry["stems"]):
            index.setdefault(plain(text), name)
    # Only then: above_scale with _date behind it is another column's own name.
    for name, entry in words["date"].items():
        for stem in entry["stems"]:
            for text in (b + stem + a for b in around["before"] for a in around["behind"]):
                index.setdefault(plain(text), name)
    return index


@functools.cache
def pattern(name: str) -> re.Pattern[str]:
    """Return a pattern of the words file, for plain text."""
    return re.compile(str(read_words("words")[name]), re.IGNORECASE)


@functools.cache
def word_set(*names: str) -> frozenset[str]:
    """Return a list of the words file as plain words."""
    words: Any = read_words("words")
    for name in names:
        words = words[name]
    return frozenset(plain(word) for word in words)


def narrow_text(text: str) -> str:
    """Return a text of plain width, without spaces, dashes as they are.

    Examples
    --------
    >>> narrow_text(" ５，０００ 万元")
    '5,000万元'
    """
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def is_nothing(text: str) -> bool:
    """Tell whether a cell's text stands for nothing: ``-``, ``无``, ``N/A``.

    Examples
    --------
    >>> is_nothing("—"), is_nothing(" "), is_nothing("0")
    (True, True, False)
    """
    # Most cells say something, and at length.
    if len(text) > _LONGEST_NOTHING and len(text.strip()) > _LONGEST_NOTHING:
        return False
    said = narrow_text(text).casefold()
    return not said or said in _nothing()


@functools.cache
def _nothing() -> frozenset[str]:
    return frozenset(narrow_text(word).casefold() for word in read_words("words")["nothing"])


def severity_of(kind: str) -> str:
    """Return how grave a rule takes its problems: ``error``, ``warning`` or ``note``."""
    return str(read_words("rules")["rules"][kind][0])
