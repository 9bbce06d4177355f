"""Headings: rows that name what the rows below belong to, one level within another."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from h1224lib.findings import Label
from h1224lib.labels import name_code
from h1224lib.ledger.names import Terms, is_ambiguous, name_of_sheet, suggest
from h1224lib.ledger.vocabulary import narrow_text, pattern
from h1224lib.plan.model import DIMENSIONS
from h1224lib.plan.spelling import plain

# How offices number headings, from the highest level down.
_NUMBERINGS = (
    re.compile(
        r"[一二三四五六七八九十]{1,3}(?:[、.:,]|$)|第[一二三四五六七八九十]{1,3}(?:部分|批|类)"
    ),
    re.compile(r"\([一二三四五六七八九十]{1,3}\)"),
    re.compile(r"\d{1,2}[、.:](?!\d)"),
    re.compile(r"\(\d{1,2}\)"),
)

Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Heading:
    """One heading, as it was understood.

    Attributes
    ----------
    row : int
        Its number in the sheet, counted from 1.
    text : str
        What stands there.
    rank : int or None
        The level of its numbering: 0 for 一、, 1 for （一）, 2 for 1、, 3 for (1); None without.
    dimension : str
        What it is a member of; ``""`` where nothing is known of it.
    code : str
        The plan's code; ``""`` where it means none: an unknown or an ambiguous name.
    """

    row: int
    text: str
    rank: int | None = None
    dimension: str = ""
    code: str = ""


@dataclass(frozen=True)
class Sections:
    """What the headings of a table say of its rows.

    Attributes
    ----------
    headings : list of Heading
        In their order; those of tables above, which still hold, first.
    ends : list of int
        For each the row before which it ends, counted from 1.
    given : dict
        Dimension -> for each row which of `headings` says it, -1 for none.
    open : list of Heading
        Those that have not ended with the table.
    """

    headings: list[Heading] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    given: dict[str, Numbers] = field(default_factory=dict)
    open: list[Heading] = field(default_factory=list)

    def select(self, kept: npt.NDArray[np.bool_]) -> Sections:
        """Return what they say of the rows that are kept."""
        given = {dimension: numbers[kept] for dimension, numbers in self.given.items()}
        return dataclasses.replace(self, given=given)


def read_heading(text: str, terms: Terms, row: int = 0, ordinal: str = "") -> Heading:
    """Read what a heading names, its numbering, 项目台账 and counts behind it aside.

    Parameters
    ----------
    text : str
        What it says.
    terms : Terms
        The plan's.
    row : int
        Its number in the sheet, counted from 1.
    ordinal : str
        Its numbering, where that stands in a cell of its own.

    Examples
    --------
    >>> from h1224lib.ledger.names import read_terms
    >>> from h1224lib import load_plan
    >>> terms = read_terms(load_plan())
    >>> for text in ("二、德清县（3个，总投资5亿元）", "（一）营收类项目台账", "市本级", "其他"):
    ...     heading = read_heading(text, terms)
    ...     print(heading.rank, [heading.dimension, heading.code])
    0 ['area', 'deqing']
    1 ['project_type', 'revenue']
    None ['area', '']
    None ['', '']
    """
    bare = strip_count(text)
    forms = (text,) if plain(text) == plain(bare) else (text, bare)
    known = ((d, name_of_sheet(form, d, terms)) for form in forms for d in DIMENSIONS)
    dimension, code = next(((d, c) for d, c in known if c), ("", ""))
    if not dimension:
        vague = is_ambiguous(bare) or terms.names.code("area", bare) == "all"
        dimension = "area" if vague else ""
    return Heading(row, text.strip(), rank_of(ordinal or text), dimension, code or "")


def strip_count(text: str) -> str:
    """Take off the number of projects that a heading says behind the name.

    Examples
    --------
    >>> strip_count("一、吴兴区（2个）"), strip_count("长三角（湖州）产业合作区：共 3 个项目")
    ('一、吴兴区', '长三角(湖州)产业合作区')
    """
    said = narrow_text(text)
    return pattern("heading_count").sub("", said) or said


def rank_of(text: str) -> int | None:
    """Return the level that a heading's numbering gives it.

    Examples
    --------
    >>> [rank_of(text) for text in ("一、吴兴区", "（二）文旅", "3.固投类", "⑷其他", "吴兴区")]
    [0, 1, 2, 3, None]
    """
    said = narrow_text(text)
    return next((rank for rank, form in enumerate(_NUMBERINGS) if form.match(said)), None)


def nearest_members(heading: Heading, dimensions: Sequence[str], terms: Terms) -> list[Label]:
    """Return the members whose names are most like a heading, to suggest and never to take."""
    known = {
        name: f"{dimension}/{code}"
        for dimension in dimensions
        for name, code in terms.names.codes[dimension].items()
        if code != "all"
    }
    bare = pattern("heading_number").sub("", strip_count(heading.text))
    found = (said.split("/", 1) for said in suggest(bare, known))
    return [name_code(terms.plan, dimension, code) for dimension, code in found]


def nest_headings(
    headings: Sequence[Heading], above: Sequence[Heading], first: int, count: int
) -> Sections:
    """Let each heading hold for the rows below it, until one of its level or a higher one.

    A heading of a dimension ends the one before it of that dimension, and all below that one; so
    does a numbering that is not lower. One that is not understood ends whatever it may end.

    Parameters
    ----------
    headings : sequence of Heading
        Of this table, in their order.
    above : sequence of Heading
        Of the tables above on the same sheet, from the highest down.
    first, count : int
        Number of the table's first row, counted from 1, and how many it has.

    Examples
    --------
    >>> said = [Heading(2, "一、德清县", 0, "area", "deqing"),
    ...         Heading(4, "固投类", None, "project_type", "fixed_asset"),
    ...         Heading(6, "二、安吉县", 0, "area", "anji")]
    >>> {d: numbers.tolist() for d, numbers in nest_headings(said, [], 2, 6).given.items()}
    {'area': [0, 0, 0, 0, 2, 2], 'project_type': [-1, -1, 1, 1, -1, -1]}
    """
    listed, last = [*above, *headings], first + count
    ends, held = [last] * len(listed), list(range(len(above)))
    present = sorted({heading.dimension for heading in listed} - {""})
    given = {d: np.full(count, -1, dtype=np.int32) for d in present}
    for number in range(len(above), len(listed) + 1):
        new = listed[number] if number < len(listed) else None
        row = new.row if new is not None else last
        since = listed[number - 1].row if number > len(above) else 0
        _give(given, listed, held, max(since - first, 0), row - first)
        if new is not None:
            cut = next((n for n, h in enumerate(held) if _ends(new, listed[h])), len(held))
            for ended in held[cut:]:
                ends[ended] = row
            held = [*held[:cut], number]
    return Sections(listed, ends, given, [listed[number] for number in held])


def _ends(new: Heading, old: Heading) -> bool:
    if new.dimension and new.dimension == old.dimension:
        return True
    if new.rank is None or old.rank is None:
        return not new.dimension  # Its level is not known, and neither is what it names.
    return new.rank <= old.rank


def _give(
    given: dict[str, Numbers], listed: list[Heading], held: list[int], start: int, end: int
) -> None:
    """Note for some rows, in place, which headings hold for them."""
    for number in held:
        if listed[number].dimension and end > start:
            given[listed[number].dimension][start:end] = number
