"""Number formats: what a workbook shows where that is not what it stores."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

# The ids that a workbook need not spell out, of dates in which a part is not shown (ECMA-376-1,
# 18.8.30, zh-cn). Ids of currencies depend on the reader's country, and say nothing here.
_BUILT_IN = {
    9: "0%", 10: "0.00%", 16: "d-mmm", 17: "mmm-yy",
    **dict.fromkeys((27, 36, 50, 52, 57), 'yyyy"年"m"月"'),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), 'm"月"d"日"'),
}  # fmt: skip
_OWN = 164  # the first id of a format that a workbook brings along
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|_.|\*.|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<exponent>[eE][+-])|(?P<general>general)|(?P<sign>.)",
    re.IGNORECASE | re.DOTALL,
)
_SECTION_END = re.compile(r';(?=(?:[^"]*"[^"]*")*[^"]*$)')
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)")
_HOLDS = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b, "=": lambda a, b: a == b, "<>": lambda a, b: a != b,
}  # fmt: skip


@dataclass(frozen=True)
class _Part:
    """One piece of a section: ``digit``, ``point``, ``comma``, ``percent``, ``text``, ``date``."""

    kind: str
    text: str


def format_of(number: int, spelt: str | None) -> str:
    """Return the code of a workbook's number format, ``""`` where it says nothing for certain.

    Parameters
    ----------
    number : int
        Its id.
    spelt : str, optional
        The code that the workbook gives for the id.

    Examples
    --------
    >>> format_of(57, None), format_of(44, '"$"0'), format_of(164, "0.0,")
    ('yyyy"年"m"月"', '', '0.0,')
    """
    return (spelt or "") if number >= _OWN else _BUILT_IN.get(number, "")


@functools.lru_cache(maxsize=1024)
def is_telling(code: str) -> bool:
    """Tell whether a format may show something else than what is stored.

    Examples
    --------
    >>> [is_telling(code) for code in ("0.0,", "0!.0,", "0%", '0"万元"', "00000", 'm"月"d"日"')]
    [True, True, True, True, True, True]
    >>> [is_telling(code) for code in ("General", "#,##0.00", "yyyy-mm-dd", "[$-804]0;[Red]-0")]
    [False, False, False, False]
    """
    sections = _sections(code)
    return not sections[0][1] or any(_tells(parts) for _, parts in sections)


def _tells(parts: Sequence[_Part]) -> bool:
    if _is_date(parts):
        return part_of_date_parts(parts) != "day"
    if any(p.kind == "exponent" or p.text == "/" for p in parts):
        return False  # scientific, or a fraction: another form of the same number
    whole, _, scaled = _layout(parts)
    said = any(p.kind == "text" and p.text.strip(" -+()￥¥") for p in parts)
    percent = any(p.kind == "percent" for p in parts)
    padded = sum(p.text == "0" for p in whole if p.kind == "digit") > 1
    return bool(scaled or percent or (whole and (said or padded)))


def part_of_date(code: str) -> str:
    """Tell what a date's format shows: ``day``, ``month``, ``year``, or ``no_year``.

    Examples
    --------
    >>> [part_of_date(code) for code in ('yyyy"年"m"月"', 'm"月"d"日"', "yyyy/m/d", "0.0")]
    ['month', 'no_year', 'day', '']
    """
    return part_of_date_parts(_sections(code)[0][1])


def part_of_date_parts(parts: Sequence[_Part]) -> str:
    """Tell the same of a section."""
    if not _is_date(parts):
        return ""
    signs = {p.text for p in parts if p.kind == "date"}
    if "y" not in signs and "e" not in signs:
        return "no_year" if "d" in signs and "m" in signs else "day"
    if "d" in signs:
        return "day"
    return "month" if "m" in signs else "year"


def _is_date(parts: Sequence[_Part]) -> bool:
    return any(p.kind == "date" for p in parts)


@functools.lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[tuple[tuple[str, Decimal] | None, tuple[_Part, ...]], ...]:
    """Split a code into sections, each with the condition under which it holds."""
    return tuple(_read_section(section) for section in _SECTION_END.split(code))


def _read_section(section: str) -> tuple[tuple[str, Decimal] | None, tuple[_Part, ...]]:
    parts: list[_Part] = []
    condition = None
    for token in _TOKEN.finditer(section):
        bracket, sign = token["bracket"], token["sign"]
        text = token["quoted"] or token["escaped"] or ""
        if bracket is not None:
            said = _CONDITION.fullmatch(bracket)
            condition = (said[1], Decimal(said[2])) if said else condition
            # A currency: [$US$-409]; [$-804] names a country alone.
            text = bracket[1:].partition("-")[0] if bracket.startswith("$") else ""
            if re.fullmatch("h+|m+|s+", bracket, re.IGNORECASE):
                parts.append(_Part("date", "h"))
        elif token["exponent"] or token["general"]:
            parts.append(_Part("exponent" if token["exponent"] else "general", ""))
        elif sign:
            kinds = {".": "point", ",": "comma", "%": "percent", "@": "at", "/": "text"}
            kind = "digit" if sign in "0#?" else kinds.get(sign, "")
            if not kind and sign.lower() in "ymdhse":
                kind, sign = "date", sign.lower()
            parts.append(_Part(kind or "text", sign))
        if text:
            parts.append(_Part("text", text))
    return condition, tuple(parts)


def _layout(parts: Sequence[_Part]) -> tuple[list[_Part], list[_Part], int]:
    """Return what stands before and behind the point, and how many thousands are taken off."""
    points = [n for n, p in enumerate(parts) if p.kind == "point"]
    cut = points[0] if points else len(parts)
    digits = [n for n, p in enumerate(parts) if p.kind == "digit"]
    if not digits:
        return [], [], 0
    last = max((n for n in digits if n < cut), default=-1)
    scaled = sum(p.kind == "comma" and (last < n < cut or n > digits[-1])
                 for n, p in enumerate(parts))  # fmt: skip
    return list(parts[:cut]), list(parts[cut:]), scaled


def show_number(value: float, code: str) -> str:
    """Show a number as its format does.

    Parameters
    ----------
    value : float
        What is stored.
    code : str
        Its number format.

    Examples
    --------
    >>> show_number(32000, "0!.0,"), show_number(32000, "0.0,"), show_number(0.5, "0%")
    ('3.2', '32.0', '50%')
    >>> show_number(123, "00000"), show_number(1234567.8, "#,##0.00")
    ('00123', '1,234,567.80')
    >>> show_number(50000, '[>=10000]0!.0,"万";0'), show_number(800, '[>=10000]0!.0,"万";0')
    ('5.0万', '800')
    """
    exact = Decimal(format(value, ".15g"))
    parts = _section_for(exact, code)
    whole, behind, scaled = _layout(parts)
    if not whole and not behind:
        plainly = any(p.kind in ("general", "at") for p in parts)
        return format(value, ".15g") if plainly else "".join(p.text for p in parts)
    percent = sum(p.kind == "percent" for p in parts)
    exact = abs(exact).scaleb(2 * percent - 3 * scaled)
    places = sum(p.kind == "digit" for p in behind)
    rounded = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    before, _, decimals = format(rounded, "f").partition(".")
    shown = _fill(whole, before.lstrip("0")) + _fill_decimals(behind, decimals)
    return f"-{shown}" if value < 0 else shown


def _section_for(value: Decimal, code: str) -> tuple[_Part, ...]:
    sections = _sections(code)
    if any(condition for condition, _ in sections):
        for condition, parts in sections:
            if condition is None or _HOLDS[condition[0]](value, condition[1]):
                return parts
        return sections[-1][1]
    at = 0 if value > 0 or len(sections) == 1 else 1 if value < 0 else min(2, len(sections) - 1)
    return sections[at if value or len(sections) > 2 else 0][1]


def _fill(parts: Sequence[_Part], digits: str) -> str:
    """Put digits into the places before the point, from the right; the first takes the rest."""
    places = [n for n, p in enumerate(parts) if p.kind == "digit"]
    grouped = any(p.kind == "comma" and n < places[-1] for n, p in enumerate(parts) if places)
    if grouped:
        least = sum(parts[n].text == "0" for n in places)
        text = f"{int(digits.rjust(least, '0') or '0'):,}" if digits or least else ""
        return "".join(
            text if n == places[0] else p.text
            for n, p in enumerate(parts)
            if n == places[0] or p.kind in ("text", "percent")
        )
    shown: list[str] = []
    for n in range(len(parts) - 1, -1, -1):
        part = parts[n]
        if part.kind == "digit":
            first = n == places[0]
            own, digits = (digits, "") if first else (digits[-1:], digits[:-1])
            shown.append(own or ("0" if part.text == "0" else ""))
        elif part.kind in ("text", "percent"):
            shown.append(part.text)
    return "".join(reversed(shown))


def _fill_decimals(parts: Sequence[_Part], decimals: str) -> str:
    places = [p.text for p in parts if p.kind == "digit"]
    kept = len(decimals.rstrip("0"))
    for n, place in enumerate(places, 1):
        kept = max(kept, n if place == "0" else 0)
    shown, used = [], 0
    for part in parts:
        if part.kind == "digit":
            shown.append(decimals[used] if used < kept else "")
            used += 1
        elif part.kind in ("text", "percent", "point"):
            shown.append(part.text)
    return "".join(shown)
