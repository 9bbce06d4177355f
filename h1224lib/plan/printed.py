"""What is printed beside a value: whether its digits, its magnitude and its bound agree with it."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction

from h1224lib.plan.tables import is_number

_NUMBER = r"[0-9]{1,3}(?:[, ][0-9]{3})+(?:\.[0-9]+)?(?![0-9])|[0-9]+(?:\.[0-9]+)?"
# Words that shift the decimal point: 1.9亿元 is 19000万元, 5‰ is 0.5%, 1倍 is 100%, 3成 is 30%.
_SHIFT = r"[十百千万亿]+(?!分)|[%‰倍成]"
_PRINTED = re.compile(rf"({_NUMBER})(?: ?[余多]?({_SHIFT}))?")
_POWERS = {"十": 1, "百": 2, "千": 3, "万": 4, "亿": 8}
_SHARES = {"%": Fraction(1, 100), "‰": Fraction(1, 1000), "成": Fraction(1, 10), "倍": Fraction(1)}

_LOWER = re.compile(
    r"(?<!规模)(?<!限额)(?<!限额[）)])以上|不少于|不低于|不小于|至少|(?<!不)(?:超|突破|高于|大于)"
)
_UPPER = re.compile(r"以下|以内|至多|不(?:超|突破|高于|大于|多于)|(?<!不)(?:低于|少于|小于)")


def is_printed(amount: str, printed: str, unit: str = "") -> bool:
    """Tell whether what is printed can be this amount: holds its digits, or none at all.

    The sign is not compared, as it may stand in words. Beside 亿, 万 and their like the decimal
    point is moved as they say, where the unit is known; where it is not, it may stand anywhere.

    Examples
    --------
    >>> is_printed("12", "12家以上"), is_printed("19000", "1.9亿元"), is_printed("12", "21")
    (True, True, False)
    >>> is_printed("19000", "1.9亿元", "万元"), is_printed("1900", "1.9亿元", "万元")
    (True, False)
    """
    found = _PRINTED.findall(unicodedata.normalize("NFKC", printed))
    if not found:
        return True
    value = abs(Fraction(Decimal(amount)))
    words = {word for _, word in found if word}
    for digits, word in found:
        # In 1,234 and 2 025 a separator may as well part two numbers; in 2～3亿 one word is both's.
        numbers = {re.sub("[, ]", "", digits), *re.split("[, ]", digits)}
        for number in (Fraction(Decimal(n)) for n in numbers if is_number(n)):
            shifts = {word} if word else {"", *words}
            if any(_fits(value, number, shift, unit) for shift in shifts):
                return True
    return False


def _fits(value: Fraction, number: Fraction, word: str, unit: str) -> bool:
    if not word:
        return value == number
    factor = find_factor(word, unit) if unit else None
    if factor is not None:
        return value == number * factor
    return value == number or (number != 0 and _is_power_of_ten(value / number))


def find_factor(word: str, unit: str) -> Fraction | None:
    """Return by what a number printed with a word of magnitude is multiplied to be in a unit.

    Examples
    --------
    >>> find_factor("亿元", "万元"), find_factor("万", "家"), find_factor("‰", "%")
    (Fraction(10000, 1), Fraction(10000, 1), Fraction(1, 10))
    """
    above, below = (_share(text) for text in (word, unit))
    if above is None and below is None:
        return _magnitude(word) / _magnitude(unit)
    return None if above is None or below is None else above / below


def _share(text: str) -> Fraction | None:
    return _SHARES.get(unicodedata.normalize("NFKC", text)[:1])


def _magnitude(text: str) -> Fraction:
    """Return what the characters of magnitude at the head of a unit multiply to."""
    found = re.match("[十百千万亿]+(?!分)", unicodedata.normalize("NFKC", text))
    powers = sum(_POWERS[sign] for sign in found[0]) if found else 0
    return Fraction(10) ** powers


def _is_power_of_ten(ratio: Fraction) -> bool:
    if ratio == 0:
        return False
    return re.fullmatch("10*", str(max(ratio, 1 / ratio))) is not None


def find_bound(printed: str) -> str:
    """Return which bound the words of a printed number are: ``lower``, ``upper``, or none.

    Examples
    --------
    >>> find_bound("2100亿元以上"), find_bound("不超过5%"), find_bound("80以上、90以内")
    ('lower', 'upper', '')
    """
    lower, upper = _LOWER.search(printed), _UPPER.search(printed)
    if bool(lower) == bool(upper):
        return ""
    return "lower" if lower else "upper"
