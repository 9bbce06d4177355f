"""The shipped font: widths, line breaks, missing glyphs, and the part that a file needs."""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont

from h1224lib.errors import MissingGlyphError
from h1224lib.findings import Finding
from h1224lib.resources import fonts_folder

FAMILY = "H1224 Sans"
# Where a figure is read without its embedded font, a system's Chinese font serves.
_FAMILIES = (FAMILY, "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC")
STACK = ", ".join([*(f"'{name}'" for name in _FAMILIES), "sans-serif"])
WEIGHTS = {False: "Regular", True: "Bold"}
# A line of Chinese never begins with these, nor ends with an opening bracket.
_CLOSING = set("，。、；：？！）》」』”’％%),.;:!?]}〕·")
# The geta mark, by which Chinese and Japanese print says that a character is lacking.
MISSING = "〓"
_OPENING = set("（《「『“‘([{〔")


def width(text: str, size: float, bold: bool = False) -> float:
    """Return the width of a text in pixels.

    Examples
    --------
    >>> width("湖州", 10.0)
    20.0
    """
    advances, units = _metrics(bold)
    return sum(advances.get(ord(char), units) for char in text) * size / units


def break_lines(text: str, room: float, size: float, bold: bool = False) -> str:
    """Break a text into lines no wider than `room` pixels, between words or Chinese signs.

    Examples
    --------
    >>> break_lines("南太湖新区", 40, 10.0).splitlines()
    ['南太湖新', '区']
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and width((line + piece).rstrip(), size, bold) > room:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return "\n".join([*lines, line.rstrip()])


def balance_lines(text: str, room: float, size: float, bold: bool = False) -> str:
    """Break a text into as few lines as fit `room`, of lengths as even as may be.

    Examples
    --------
    >>> balance_lines("南太湖新区", 40, 10.0).splitlines()
    ['南太湖', '新区']
    """
    best = break_lines(text, room, size, bold)
    head, bracket, tail = text.partition("（")
    halves = [head, bracket + tail]
    # A bracket is the best place of all, where both halves fit.
    if best.count("\n") == 1 and head and all(width(h, size, bold) <= room for h in halves):
        return "\n".join(halves)
    narrower = room
    while best.count("\n"):
        narrower -= size / 4
        tried = break_lines(text, narrower, size, bold)
        if tried.count("\n") > best.count("\n") or narrower <= size:
            break
        best = tried
    return best


def _pieces(text: str) -> Iterator[str]:
    """Split a text where a line may break."""
    piece = ""
    for i, char in enumerate(text):
        piece += char
        after = text[i + 1 : i + 2]
        wide = ord(char) >= 0x2E80 or (after and ord(after) >= 0x2E80)
        if char == " " or (wide and char not in _OPENING and after not in _CLOSING):
            yield piece
            piece = ""
    if piece:
        yield piece


def check_glyphs(texts: Iterable[str]) -> None:
    """Refuse texts with a character that the font cannot draw: it would come out blank.

    Raises
    ------
    MissingGlyphError
        Names each such text and its characters.

    Examples
    --------
    >>> check_glyphs(["湖州 1224 ≥ −3"])
    """
    known = _metrics(False)[0]
    refused: list[dict[str, Any]] = []
    for text in dict.fromkeys(texts):
        lacking = sorted({char for char in text if ord(char) not in known and char != "\n"})
        if lacking:
            codes = [f"{char} (U+{ord(char):04X})" for char in lacking]
            refused.append({"text": text, "characters": codes})
    if refused:
        others = [Finding("missing_glyph", "error", numbers) for numbers in refused[1:]]
        raise MissingGlyphError("missing_glyph", others, **refused[0])


def replace_missing(text: str) -> str:
    """Put the sign for a missing character in place of each that the font cannot draw.

    Examples
    --------
    >>> replace_missing("台账🙂.xlsx")
    '台账〓.xlsx'
    """
    known = _metrics(False)[0]
    return "".join(char if ord(char) in known or char == "\n" else MISSING for char in text)


@functools.lru_cache(maxsize=256)
def cut(characters: str, bold: bool) -> bytes:
    """Return a WOFF font with just these characters; the same characters give the same bytes."""
    options = subset.Options()
    options.layout_features = ["kern"]
    options.notdef_outline = True
    options.recalc_timestamp = False
    options.name_IDs = [1, 2]
    font = TTFont(io.BytesIO(_raw(bold)), lazy=True, recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(text=characters)
    cutter.subset(font)
    font.flavor = "woff"
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


@functools.cache
def _raw(bold: bool) -> bytes:
    return (fonts_folder() / f"H1224Sans-{WEIGHTS[bold]}.ttf").read_bytes()


@functools.cache
def _metrics(bold: bool) -> tuple[dict[int, int], int]:
    """Return each character's advance, and the units of the em."""
    font = TTFont(io.BytesIO(_raw(bold)), lazy=True)
    widths = font["hmtx"].metrics
    advances = {code: widths[name][0] for code, name in font.getBestCmap().items()}
    return advances, int(font["head"].unitsPerEm)


def read_texts(svg: str) -> Iterator[tuple[str, bool]]:
    """Give each text that an SVG draws, and whether it is bold; an empty one may have no end tag.

    Examples
    --------
    >>> list(read_texts('<text/><text font-weight="bold">湖州 &lt;1&gt;</text>'))
    [('', False), ('湖州 <1>', True)]
    """
    for attributes, text in re.findall(r"<text([^>]*?)(?:/>|>(.*?)</text>)", svg, flags=re.S):
        yield _unescape(re.sub(r"<[^>]*>", "", text)), _is_bold(attributes)


def used_characters(svg: str) -> dict[bool, str]:
    """Return the characters that an SVG's texts use, regular and bold, in order of code."""
    found: dict[bool, set[str]] = {False: set(), True: set()}
    for text, bold in read_texts(svg):
        found[bold] |= set(text)
    return {bold: "".join(sorted(chars)) for bold, chars in found.items() if chars}


def _is_bold(attributes: str) -> bool:
    """Tell which of the two weights is nearest to what a text asks for."""
    asked = re.search(r'font-weight="(\w+)"', attributes)
    weight = asked[1] if asked else "normal"
    return int(weight) >= 600 if weight.isdigit() else weight in ("bold", "bolder")


def _unescape(text: str) -> str:
    import html

    return html.unescape(text)
