"""The converter that draws specifications, and how it draws what they leave open."""

from __future__ import annotations

import functools
from typing import Any

from h1224lib.charts import fonts
from h1224lib.resources import fonts_folder

# No long text is cut short with dots.
_UNCUT = {"labelLimit": 0, "titleLimit": 0}
DEFAULTS = {
    "font": fonts.STACK,
    # No name for each mark, told by pixels: the figure has one text for all of them.
    "aria": False,
    "axis": _UNCUT,
    "header": _UNCUT,
    "legend": _UNCUT,
    "title": {"limit": 0},
}


def escape_titles(part: Any) -> Any:
    r"""Escape the backslashes in titles of tooltips: Vega-Lite 6 escapes the quotation marks alone.

    It puts each title into an expression, so that ``\"`` in one would end the text there and begin
    something that is evaluated.

    Parameters
    ----------
    part : dict, list or another value of JSON
        A specification or a part of one; it is not changed.

    Examples
    --------
    >>> escape_titles({"encoding": {"tooltip": [{"field": "x", "title": 'a\\"b'}]}})
    {'encoding': {'tooltip': [{'field': 'x', 'title': 'a\\\\"b'}]}}
    """
    if isinstance(part, list):
        return [escape_titles(value) for value in part]
    if not isinstance(part, dict):
        return part
    data = ("datasets", "data", "usermeta")
    done = {name: v if name in data else escape_titles(v) for name, v in part.items()}
    tips = done.get("tooltip")
    for tip in tips if isinstance(tips, list) else [tips]:
        if isinstance(tip, dict) and isinstance(tip.get("title"), str):
            tip["title"] = tip["title"].replace("\\", "\\\\")
    return done


@functools.cache
def converter() -> Any:
    """Load vl-convert and tell it of the fonts, once a process; its first call is slow."""
    import vl_convert

    vl_convert.register_font_directory(str(fonts_folder()))
    return vl_convert
