"""Names: areas, industries and types by the plan's own aliases, and by nothing else."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from h1224lib.findings import Label
from h1224lib.hierarchy import children
from h1224lib.labels import name_code
from h1224lib.ledger.columns import Column, mark_blank, show
from h1224lib.ledger.marks import Mark
from h1224lib.ledger.vocabulary import Fault, is_nothing, word_set
from h1224lib.plan.model import DIMENSIONS, Plan
from h1224lib.plan.names import Names, read_names
from h1224lib.plan.spelling import plain

_NEAREST = 3  # candidates that are suggested
_FAR = 30  # likeness, of 100, below which none is
# Between the names of areas that share a project's credit.
_BETWEEN = re.compile(r"[、,，;；/+\s]+")


@dataclass(frozen=True, eq=False)
class Terms:
    """What names mean in one plan.

    Attributes
    ----------
    plan : Plan
        Its tables.
    names : Names
        Its aliases.
    """

    plan: Plan
    names: Names

    @functools.cached_property
    def wide(self) -> dict[str, set[str]]:
        """For each dimension the codes that others are parts of, besides the whole."""
        return {d: set(children(self.plan, d)) - {"all"} for d in DIMENSIONS}

    @functools.cached_property
    def platforms(self) -> dict[str, str]:
        """Areas that lie inside another, and that one."""
        areas = self.plan.areas
        inside = areas[areas["part"] == "within"] if "part" in areas else areas.iloc[:0]
        return {str(code): str(parent) for code, parent in inside["parent"].items()}

    def around(self, code: str) -> str:
        """Return the area in which a platform counts; any other code as it is."""
        return self.platforms.get(code, code)

    def resolve(self, dimension: str, text: str) -> str | Fault:
        """Return the code that a name means, or why it means none.

        Examples
        --------
        >>> from h1224lib import load_plan
        >>> terms = read_terms(load_plan())
        >>> terms.resolve("area", "湖州南太湖新区"), terms.resolve("industry", "人社")
        ('nantaihu', 'hr')
        >>> terms.resolve("area", "市本级").kind, terms.resolve("area", "全市").kind
        ('ledger_ambiguous_name', 'ledger_whole_name')
        >>> [near.zh for near in terms.resolve("area", "南区").numbers["nearest"]][:2]
        ['南浔区', '南太湖新区']
        """
        numbers = {"dimension": dimension}
        code = self.names.code(dimension, text)
        if code == "all":
            return Fault("ledger_whole_name", numbers)
        if code:
            return code
        if dimension == "area" and is_ambiguous(text):
            return Fault("ledger_ambiguous_name", numbers)
        nearest = {"nearest": self.nearest(dimension, text)}
        return Fault("ledger_unknown_name", {**numbers, **nearest})

    def nearest(self, dimension: str, text: str) -> list[Label]:
        """Return the names most like one that is unknown, to suggest and never to take."""
        known = {name: c for name, c in self.names.codes[dimension].items() if c != "all"}
        return [name_code(self.plan, dimension, code) for code in suggest(text, known)]


def is_ambiguous(text: str) -> bool:
    """Tell whether a text names no one place: 市本级, also with a city before it.

    Examples
    --------
    >>> is_ambiguous("湖州市本级"), is_ambiguous("吴兴区")
    (True, False)
    """
    return any(plain(text).endswith(word) for word in word_set("ambiguous"))


def suggest(text: str, known: Mapping[str, str]) -> list[str]:
    """Return the codes whose plain names are most like a text, the nearest first.

    Examples
    --------
    >>> suggest("南区", {"南浔区": "nanxun", "德清县": "deqing"})
    ['nanxun']
    """
    from rapidfuzz import fuzz, process

    like = process.extract(
        plain(text), list(known), scorer=fuzz.ratio, limit=4 * _NEAREST, score_cutoff=_FAR
    )
    return list(dict.fromkeys(known[name] for name, _, _ in like))[:_NEAREST]


def read_terms(plan: Plan) -> Terms:
    """Read what names mean in a plan."""
    return Terms(plan, read_names(plan.folder, str(plan.measures.index[0])))


@dataclass(frozen=True, eq=False)
class Named:
    """A column of names.

    Attributes
    ----------
    codes : Categorical
        The plan's codes, missing where there is none.
    platforms : array of object
        Where an area lies inside the one counted: its code, else None.
    shared : array of object
        Where several areas are named: a tuple of their codes, else None.
    marks : list of Mark
        The problems.
    """

    codes: pd.Categorical
    platforms: npt.NDArray[np.object_]
    shared: npt.NDArray[np.object_]
    marks: list[Mark]

    def differs(self, code: str, terms: Terms) -> npt.NDArray[np.bool_]:
        """Tell which rows name another member than one, be it alone, around it or among several."""
        counted = terms.around(code)
        other = self.codes.codes >= 0
        if counted in self.codes.categories:
            other &= self.codes.codes != self.codes.categories.get_loc(counted)
        for row in np.flatnonzero(other & (self.shared != None)):  # noqa: E711 - element by element
            other[row] = counted not in self.shared[row]
        return np.asarray(other)


def clean_names(column: Column, dimension: str, terms: Terms) -> Named:
    """Read a column of names into the plan's codes.

    Parameters
    ----------
    column : Column
        Its cells.
    dimension : str
        ``area``, ``industry`` or ``project_type``.
    terms : Terms
        The plan's.
    """
    codes: list[Any] = []
    platforms: list[Any] = []
    shared: list[Any] = []
    faults: list[tuple[int, Fault]] = []
    for number, value in enumerate(column.values):
        several = _split(show(value), terms) if dimension == "area" else ()
        meant = several[0] if several else _read_name(value, dimension, terms)
        platform = terms.platforms.get(meant) if isinstance(meant, str) else None
        if isinstance(meant, Fault):
            faults.append((number, meant))
        elif meant in terms.wide[dimension]:
            faults.append((number, Fault("ledger_wide_name", {"dimension": dimension})))
        elif platform and dimension == "area":
            inside = {"parent": name_code(terms.plan, "area", platform)}
            faults.append((number, Fault("ledger_area_is_platform", inside)))
        counted = platform if platform and dimension == "area" else meant
        codes.append(None if isinstance(counted, Fault) else counted)
        platforms.append(meant if platform and dimension == "area" else None)
        shared.append(several or None)
    known = [code for code in terms.plan.table(dimension).index if code != "all"]
    numbers = column.spread([c and known.index(c) for c in codes], -1, np.int32)
    nothing = [n for n, v in enumerate(column.values) if is_nothing(show(v))]
    return Named(
        pd.Categorical.from_codes(numbers, categories=known),
        column.spread(platforms, None, object),
        _spread_tuples(column, shared),
        [*column.mark(faults), *mark_blank(column, nothing)],
    )


def _read_name(value: Any, dimension: str, terms: Terms) -> str | Fault | None:
    text = show(value)
    return None if is_nothing(text) else terms.resolve(dimension, text)


def _split(text: str, terms: Terms) -> tuple[str, ...]:
    """Return the codes of areas that one cell names, if it names several."""
    if terms.names.code("area", text):
        return ()
    parts = [part for part in _BETWEEN.split(text.strip()) if part]
    # A share may stand beside its area: 吴兴区60%、德清县40%.
    codes = [terms.names.code("area", re.sub(r"[(（]?[\d.]+%[)）]?$", "", p)) for p in parts]
    known = [code for code in codes if code and code != "all"]
    counted = [terms.around(code) for code in known]
    several = len(parts) > 1 and len(known) == len(parts) and len(set(counted)) == len(parts)
    return tuple(counted) if several else ()


def _spread_tuples(column: Column, of_values: list[Any]) -> npt.NDArray[np.object_]:
    table = np.empty(len(of_values) + 1, dtype=object)
    for number, value in enumerate(of_values):
        table[number] = value
    return np.asarray(table[column.codes])


def name_of_sheet(title: str, dimension: str, terms: Terms) -> str | None:
    """Return the code that a sheet's name means, with or without 项目 behind it.

    Examples
    --------
    >>> from h1224lib import load_plan
    >>> name_of_sheet("吴兴区项目台账", "area", read_terms(load_plan()))
    'wuxing'
    """
    behind = sorted(word_set("sheet_behind"), key=len, reverse=True)
    said = plain(title)
    forms = [said, *(said.removesuffix(word) for word in behind if said.endswith(word))]
    codes = (terms.names.code(dimension, form) for form in forms if form)
    return next((code for code in codes if code and code != "all"), None)


def compare_sheet(
    column: Column, named: Named, dimension: str, title: str, terms: Terms
) -> Iterator[Mark]:
    """Yield a mark where a row's member is not the one that its sheet is named after."""
    code = name_of_sheet(title, dimension, terms)
    other = named.differs(code, terms) if code else np.zeros(0, dtype=bool)
    if code and other.any():
        at = np.flatnonzero(other)
        found = [show(column.at(row)) for row in at]
        sheet = {"sheet": name_code(terms.plan, dimension, code)}
        yield Mark("ledger_area_not_sheets", column.name, at, found, sheet)
