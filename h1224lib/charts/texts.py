"""Texts of a specification as they may be drawn, and as they name it to those who cannot see it."""

from __future__ import annotations

import unicodedata
from typing import Any

from h1224lib.charts.fonts import MISSING

# Line and paragraph ends and tabs part words; other controls, marks of direction among them, show
# nothing and may reorder what stands beside them.
_SPACES = "\t\r\v\f\x85\u2028\u2029"
_UNSEEN = ("Cc", "Cf")


def clean(part: Any) -> Any:
    r"""Take out of every text of a specification what shows nothing: controls, marks of direction.

    Names come from ledgers. A mark that turns the direction would show ``gpj.exe`` as
    ``exe.jpg`` and turn round what follows. Names of fields are treated as all texts are, so that
    what refers to them still does.

    Parameters
    ----------
    part : dict, list, str or another value of JSON
        A specification or a part of one; it is not changed.

    Returns
    -------
    The same with clean texts; half a character becomes the sign for a missing one.

    Examples
    --------
    >>> clean({"title": ["a\u202egpj.exe", "湖\x00州\t市", 1]})
    {'title': ['agpj.exe', '湖州 市', 1]}
    """
    if isinstance(part, str):
        return part if part.isascii() and part.isprintable() else "".join(map(_clean_sign, part))
    if isinstance(part, dict):
        return {clean(name): clean(value) for name, value in part.items()}
    if isinstance(part, (list, tuple)):
        return [clean(value) for value in part]
    return part


def _clean_sign(char: str) -> str:
    if char == "\n":
        return char
    if char in _SPACES:
        return " "
    category = unicodedata.category(char)
    if category == "Cs":
        return MISSING
    return "" if category in _UNSEEN else char


def name_figure(spec: dict[str, Any]) -> tuple[str, str]:
    """Return a specification's title and description; both may be empty.

    Examples
    --------
    >>> name_figure({"title": {"text": ["Two", "lines"]}, "description": "What is seen."})
    ('Two lines', 'What is seen.')
    """
    meta = spec.get("usermeta", {}).get("h1224", {})
    title = meta.get("title") or spec.get("title") or ""
    if isinstance(title, dict):
        title = title.get("text", "")
    lines = title if isinstance(title, list) else [title]
    named = " ".join(map(str, lines)), str(spec.get("description", ""))
    return clean(named[0]), clean(named[1])
