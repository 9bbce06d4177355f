"""Names as documents spell them: their widths, breaks, numbering and units taken off."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable

_DASHES = re.compile("[‐-―−~～〜]+")
# What stands before a name in a printed table: 一、 （一） 1. and the words for "of which".
_NUMBERED = re.compile(r"\(?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})(?:[、.:]|\)[、.:]?)")
_OF_WHICH = re.compile(r"(?:其中|ofwhich)[:,]?")
# What stands behind it in brackets: the unit of its numbers.
_COUNTED = re.compile(
    r"\((?:单位:?)?(?:(?:百万|[亿万千百])?(?:元|吨|人|平方米|标箱)|[个家项场次户条件宗亩%]|[、,/和或])+\)$"
)


def plain(text: str) -> str:
    r"""Reduce a printed name to what tells it from others: no spaces, breaks, widths, dash forms.

    Examples
    --------
    >>> plain("商贸（含\n电商） 业"), plain("2023—2025年")
    ('商贸(含电商)业', '2023-2025年')
    """
    narrow = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\s+", "", _DASHES.sub("-", narrow))


@functools.lru_cache(maxsize=4096)
def spellings(text: str) -> tuple[str, ...]:
    """Return what a printed label may stand for, as it is first and then with less around it.

    Examples
    --------
    >>> spellings("一、商贸（含电商）业"), spellings("招引总数（个、家）")
    (('一、商贸(含电商)业', '商贸(含电商)业'), ('招引总数(个、家)', '招引总数'))
    """
    said = plain(text)
    forms = [said]
    for form in (_NUMBERED, _OF_WHICH, _COUNTED):
        found = form.search(said) if form is _COUNTED else form.match(said)
        if found:
            said = said[: found.start()] + said[found.end() :]
            forms.append(said)
    return tuple(forms)


def is_of_which(text: str) -> bool:
    """Tell whether a label says that it is a part of the row above it.

    Examples
    --------
    >>> is_of_which(" 其中：固投类"), is_of_which("固投类")
    (True, False)
    """
    said = plain(text)
    numbered = _NUMBERED.match(said)
    return _OF_WHICH.match(said, numbered.end() if numbered else 0) is not None


def mentions(text: str, names: Iterable[str]) -> bool:
    """Tell whether a title names one of some plain names: a Latin one as a word of its own.

    Examples
    --------
    >>> mentions("固投类目标分解表", ["固投类"]), mentions("Three years", ["hr"])
    (True, False)
    """
    said = plain(text)
    words = set(re.split(r"[^a-z0-9_]+", unicodedata.normalize("NFKC", text).casefold()))
    return any(
        name in words or name == said if name.isascii() else len(name) > 1 and name in said
        for name in names
    )
