"""Units of money: what a header, a title or a cell calls 亿元 or 万元, in full or not at all."""

from __future__ import annotations

import functools
import re
import unicodedata

from h1224lib.ledger.vocabulary import narrow_text, read_words

_YUAN = re.compile(r"元|圆|yuan")
_CURRENCY = re.compile(r"人民币|rmb|cny|¥|元|圆|yuan")
_BRACKETS = re.compile(r"[(\[【]([^()\[\]【】]*)[)\]】]")
_OF_TITLE = re.compile(r"单\s*位\s*[:为是]\s*([^\s()]+)")
# Between units, or a unit and something else; the comma of 10,000 is none.
_BETWEEN = re.compile(r"[、;和或/]|,(?!\d)")
_BEHIND = re.compile(r"(?:[/_,:-]\(?([^/_,:()-]+)\)?|((?:人民币)?[十百千]?[亿万千]元))$")
# What means money, whether or not it can be read.
_MONEY = re.compile(r"[十百千]?[亿万].*|.*(?:[亿万元圆]|yuan|[mb]illion|thousand|mn|bn)")


def read_unit(text: str) -> int | None:
    """Return the unit that a text is, as the power of ten of 亿元.

    Parameters
    ----------
    text : str
        All of it must be the unit: ``万元``, ``人民币亿元``, ``100 million yuan``, ``W``.

    Examples
    --------
    >>> read_unit("万元人民币"), read_unit("RMB 100 million"), read_unit("百亿元"), read_unit("元")
    (-4, 0, 2, -8)
    >>> read_unit("亿欧"), read_unit("million"), read_unit("人民币")
    (None, None, None)
    """
    said = narrow_text(text).casefold()
    if is_foreign(said):
        return None
    number = _CURRENCY.sub("", said)
    words = read_words("words")
    units: dict[str, int] = words["units"]
    if number in units and not (number in words["units_of_yuan"] and not _YUAN.search(said)):
        return units[number]
    # In English, a million of what has to be said.
    english: dict[str, int] = words["units_english"]
    return english.get(number) if number != said else None


def unit_of(text: str) -> int | None:
    """Return the one unit that a header or title names, as the power of ten of 亿元.

    Examples
    --------
    >>> unit_of("总投资（万元）"), unit_of("总投资/亿元"), unit_of("Investment (CNY 100 million)")
    (-4, 0, 0)
    >>> unit_of("总投资"), unit_of("总投资（万美元）"), unit_of("总投资（万元/亿元）")
    (None, None, None)
    """
    found, unclear = _find_units(text)
    return found.pop() if len(found) == 1 and not unclear else None


def names_unit(text: str) -> bool:
    """Tell whether a header names a unit of money, even one that cannot be taken: 亿欧, 万元/亿元.

    Examples
    --------
    >>> names_unit("总投资（亿欧）"), names_unit("总投资（亿元）"), names_unit("总投资（计划）")
    (True, True, False)
    """
    found, unclear = _find_units(text)
    return bool(found) or unclear


def strip_unit(text: str) -> str:
    """Return a header's narrow text without the unit behind it that stands in no brackets.

    Examples
    --------
    >>> strip_unit("总投资_亿元"), strip_unit("总投资额/万元"), strip_unit("总投资亿元")
    ('总投资', '总投资额', '总投资')
    """
    found = _BEHIND.search(text)
    unit = read_unit(found[1] or found[2]) if found else None
    return text[: found.start()] if found and unit is not None else text


def is_foreign(text: str) -> bool:
    """Tell whether a text names a foreign currency."""
    said = narrow_text(text).casefold()
    return any(word in said for word in read_words("words")["money"]["foreign"])


@functools.lru_cache(maxsize=1024)
def _find_all(text: str) -> tuple[frozenset[int], bool]:
    if is_foreign(text):
        return frozenset(), True
    wide = unicodedata.normalize("NFKC", text)
    said = narrow_text(text).casefold()
    outside = _BRACKETS.sub("", said)
    behind = _BEHIND.search(outside)
    places = [*_BRACKETS.findall(said), *_OF_TITLE.findall(wide)]
    found, unclear = set(), False
    for place in places:
        parts = [place] if read_unit(place) is not None else _BETWEEN.split(place)
        for part in (_OF_TITLE.sub(r"\1", part) for part in parts):
            unit = read_unit(part)
            if unit is not None:
                found.add(unit)
            elif _MONEY.fullmatch(narrow_text(part).casefold()):
                unclear = True
    for part in (said, *((behind[1] or behind[2],) if behind else ())):
        unit = read_unit(part)
        if unit is not None:
            found.add(unit)
    return frozenset(found), unclear


def _find_units(text: str) -> tuple[set[int], bool]:
    """Return the units that a text names, and whether it names one that cannot be read."""
    found, unclear = _find_all(text)
    return set(found), unclear
