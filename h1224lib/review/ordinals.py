"""Ordinals: numbers of items as a document prints them, read and written in its own style."""

from __future__ import annotations

import re
from dataclasses import dataclass

DIGITS = "一二三四五六七八九"
TEN = "十"
# Signs that are a number and its frame in one: first sign, how many follow one another.
FRAMED = {"①": 20, "⑴": 20, "⒈": 20, "㈠": 10}
NUMERAL = re.compile(
    rf"(?P<arabic>\d+)|(?P<chinese>[{DIGITS}]?{TEN}[{DIGITS}]?|[{DIGITS}])|(?P<framed>["
    + "".join(f"{first}-{chr(ord(first) + count - 1)}" for first, count in FRAMED.items())
    + "])"
)


@dataclass(frozen=True)
class Style:
    """How ordinals of a list are written: what stands around the numeral, and its script.

    Attributes
    ----------
    before, after : str
        Such as ``（`` and ``）``.
    script : str
        ``arabic``, ``chinese``, the first of a row of framed signs such as ``①``, or empty.
    """

    before: str
    script: str
    after: str

    def write(self, number: int) -> str:
        """Write a number in this style, in Arabic digits where its script has no such number.

        Examples
        --------
        >>> read_style("（三）").write(12), read_style("①").write(3), read_style("4").write(5)
        ('（十二）', '③', '5')
        """
        text = str(number)
        if self.script == "chinese" and 0 < number < 100:
            tens, ones = divmod(number, 10)
            ten = (DIGITS[tens - 1] if tens > 1 else "") + TEN if tens else ""
            text = ten + (DIGITS[ones - 1] if ones else "")
        elif 0 < number <= FRAMED.get(self.script, 0):
            text = chr(ord(self.script) + number - 1)
        return f"{self.before}{text}{self.after}"


def read_ordinal(printed: str) -> int | None:
    """Return the number in a printed ordinal (in Chinese numerals up to 99), None without one.

    Examples
    --------
    >>> [read_ordinal(text) for text in ("（2）", "四是", "二十一、", "十", "③", "附")]
    [2, 4, 21, 10, 3, None]
    """
    found = NUMERAL.search(printed)
    if found is None:
        return None
    text = found.group()
    if found.lastgroup == "arabic":
        return int(text)
    if found.lastgroup == "framed":
        return ord(text) - ord(_first_sign(text)) + 1
    tens, ten, ones = text.rpartition(TEN)
    return 10 * (_digit(tens) or 1 if ten else 0) + _digit(ones)


def read_style(printed: str) -> Style:
    """Return how a printed ordinal is written, its number apart.

    Examples
    --------
    >>> read_style("（一）") == read_style("（十二）"), read_style("四是") == read_style("4")
    (True, False)
    """
    found = NUMERAL.search(printed)
    if found is None:
        return Style(printed, "", "")
    script = str(found.lastgroup)
    script = _first_sign(found.group()) if script == "framed" else script
    return Style(printed[: found.start()], script, printed[found.end() :])


def _digit(sign: str) -> int:
    return DIGITS.index(sign) + 1 if sign else 0


def _first_sign(sign: str) -> str:
    return next(first for first, count in FRAMED.items() if 0 <= ord(sign) - ord(first) < count)
