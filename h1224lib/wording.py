"""The zh/en catalogue: every sentence that a reader meets, in both languages.

Entries stand in ``h1224lib/catalogue/*.toml``, one table an entry, ``zh`` beside ``en``. The
texts are Jinja2 templates, since English needs plurals and Chinese does not.
"""

from __future__ import annotations

import functools
import locale
import os
import tomllib
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import jinja2

from h1224lib.resources import PACKAGE

LANGUAGES = ("zh", "en")


def user_language() -> str:
    """Return the language that the user's environment asks for: ``zh`` or ``en``."""
    named = os.environ.get("H1224_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    if not named:
        named = locale.getlocale()[0] or ""
    return "zh" if named.lower().startswith(("zh", "chinese")) else "en"


def number(value: Any, digits: int | None = None, signed: bool = False, missing: str = "–") -> str:
    """Write a number as a reader expects it: no trailing zeros, a true minus sign.

    Parameters
    ----------
    value : int, float or Decimal
        What to write; <NA> and None become `missing`, and a text, such as "-", stays.
    digits : int, optional
        Decimals to round to (half up, as offices do); without it, as many as there are.
    signed : bool
        Write the plus sign too.
    missing : str
        What stands for nothing.

    Examples
    --------
    >>> number(29.525, 1), number(-0.5), number(12.0), number(5.898, 2, signed=True)
    ('29.5', '−0.5', '12', '+5.90')
    """
    if isinstance(value, str):
        return value
    if value is None or value != value:
        return missing
    exact = Decimal(str(value))
    if digits is not None:
        exact = exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    text = f"{abs(exact):f}"
    if digits is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    if exact == 0:
        return text
    return ("−" if exact < 0 else "+" if signed else "") + text


def percent(share: Any, digits: int = 1) -> str:
    """Write a share in percent, without the sign; rounded once, half up, from its decimals.

    Parameters
    ----------
    share : float or Decimal
        Of one; <NA> and None are missing. Its shortest decimals are what is meant: 100 times a
        float may fall short of the half that it stands for.
    digits : int
        Decimals of the percentage.

    Examples
    --------
    >>> percent(23 / 160, 2), percent(115 / 400), percent(None)
    ('14.38', '28.8', '–')
    """
    if share is None or share != share:
        return number(None)
    return number(100 * Decimal(str(share)), digits)


def amount(value: Any, unit: str) -> str:
    """Write a quantity with its unit's decimals: money two, counts those that they need of two.

    Parameters
    ----------
    value : int, float or Decimal
        Counts have decimals where areas share credit, or a schedule halves a target.
    unit : str
        As the plan words it, in either language; money is in 元 or CNY.

    Examples
    --------
    >>> amount(2.1, "亿元"), amount(32.2, "个"), amount(14.0, "projects")
    ('2.10', '32.2', '14')
    """
    if "元" in unit or "CNY" in unit:
        return number(value, 2)
    return number(Decimal(str(value)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def join(names: Iterable[str], lang: str) -> str:
    """Join names into a list as the language writes it.

    Examples
    --------
    >>> join(["a", "b", "c"], "en"), join(["甲", "乙"], "zh")
    ('a, b and c', '甲、乙')
    """
    *most, last = list(names) or [""]
    if lang == "zh" or not most:
        return "、".join([*most, last])
    return ", ".join(most) + " and " + last


def has(key: str) -> bool:
    """Tell whether the catalogue has an entry."""
    return key in catalogue()


def say(key: str, lang: str, **values: Any) -> str:
    """Put an entry of the catalogue into words.

    Parameters
    ----------
    key : str
        The entry, such as ``sum_fails`` or ``unknown_code.remedy``.
    lang : str
        ``zh`` or ``en``.
    **values
        What the text names; a missing one is an error, not a blank.

    Raises
    ------
    KeyError
        The catalogue has no such entry.

    Examples
    --------
    >>> say("status.holds", "en"), say("status.holds", "zh")
    ('holds', '成立')
    """
    return _template(key, lang).render(values).strip()


@functools.cache
def catalogue() -> dict[str, dict[str, str]]:
    """Read the catalogue: entry -> language -> text."""
    entries: dict[str, dict[str, str]] = {}
    for path in sorted((PACKAGE / "catalogue").glob("*.toml")):
        with path.open("rb") as file:
            _flatten(tomllib.load(file), "", entries, path.name)
    return entries


def _flatten(
    table: dict[str, Any], prefix: str, into: dict[str, dict[str, str]], file: str
) -> None:
    for name, value in table.items():
        key = f"{prefix}{name}"
        texts = {k: v for k, v in value.items() if isinstance(v, str)}
        if texts:
            if key in into:
                raise KeyError(f"{file}: catalogue entry {key} stands twice")
            into[key] = texts
        _flatten({k: v for k, v in value.items() if isinstance(v, dict)}, f"{key}.", into, file)


@functools.cache
def _environment(lang: str) -> jinja2.Environment:
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)
    environment.filters["num"] = number
    environment.filters["amount"] = amount
    environment.filters["pct"] = percent
    environment.filters["names"] = lambda names: join(names, lang)
    # Entries may quote one another: a schedule is named in one place.
    environment.globals["say"] = lambda key, **values: say(key, lang, **values)
    return environment


@functools.cache
def _template(key: str, lang: str) -> jinja2.Template:
    return _environment(lang).from_string(catalogue()[key][lang])
