"""Rebuild the shipped fonts from the static TTFs of Noto Sans SC.

Usage: python tools/subset_fonts.py FOLDER [OUT]

FOLDER holds, at any depth, ``NotoSansSC_400Regular.ttf`` and ``NotoSansSC_700Bold.ttf``. OUT is
``h1224lib/fonts`` unless it is given. The same input gives the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FAMILY = "H1224 Sans"
STYLES = {"Regular": "NotoSansSC_400Regular.ttf", "Bold": "NotoSansSC_700Bold.ttf"}
# What figures use beyond GB2312 and Latin-1; the source font has all of these.
SYMBOLS = (
    "−–—‒―‐‑…‥·•‰′″‹›„†‡€™ªº⁴¼½¾℃㎡￥≈≠≤≥±×÷√∑∞"
    "←↑→↓⇒◀▶▲▼△▽○●□■◆◇★☆◐◑◯✓①②③④⑤⑥⑦⑧⑨⑩ⅠⅡⅢⅣⅤ"
    "％（）〔〕《》〈〉“”‘’、。～"
)
SOURCE_VERSION = "2.004-H2"
# Copyright, trademark, makers and licence stay in the font; its names are written anew.
KEPT_NAMES = (0, 7, 8, 9, 10, 11, 13, 14)


def wanted_characters() -> set[int]:
    """Return the code points to keep: GB2312, ASCII, Latin-1 and the project's symbols."""
    cells = (bytes([row, cell]) for row in range(0xA1, 0xFF) for cell in range(0xA1, 0xFF))
    gb2312 = "".join(cell.decode("gb2312", errors="ignore") for cell in cells)
    latin = [*range(0x20, 0x7F), *range(0xA0, 0x100)]
    return {ord(char) for char in gb2312 + SYMBOLS} | set(latin)


def cut(source: Path, style: str) -> TTFont:
    """Subset one static font and give it the family name of this project."""
    options = subset.Options()
    options.layout_features = ["kern"]
    options.name_IDs = list(KEPT_NAMES)
    options.hinting = False
    options.notdef_outline = True
    options.recalc_timestamp = False
    options.drop_tables += ["BASE", "GSUB", "GDEF", "STAT", "vhea", "vmtx", "gasp", "prep"]
    font = TTFont(source, recalcTimestamp=False)
    if SOURCE_VERSION not in font["name"].getDebugName(5):
        raise SystemExit(
            f"{source.name} is not version {SOURCE_VERSION}: {font['name'].getDebugName(5)}"
        )
    missing = wanted_characters() - set(font.getBestCmap())
    if missing:
        raise SystemExit(f"{source.name} lacks {' '.join(map(chr, sorted(missing)))}")
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted_characters())
    subsetter.subset(font)
    rename(font, style)
    return font


def rename(font: TTFont, style: str) -> None:
    """Write the names, so that another Noto Sans SC, often variable, is never taken for it."""
    table = font["name"]
    postscript = f"{FAMILY.replace(' ', '')}-{style}"
    names = {
        1: FAMILY,
        2: style,
        3: f"{postscript}; Noto Sans SC {SOURCE_VERSION}",
        4: f"{FAMILY} {style}",
        5: f"Version {SOURCE_VERSION.split('-')[0]}; subset of Noto Sans SC {SOURCE_VERSION}",
        6: postscript,
    }
    for number, text in names.items():
        table.setName(text, number, 3, 1, 0x409)


def main(arguments: list[str]) -> None:
    """Write both fonts and say how large they are."""
    if not 1 <= len(arguments) <= 2:
        raise SystemExit(__doc__)
    folder = Path(arguments[0])
    default = Path(__file__).resolve().parent.parent / "h1224lib" / "fonts"
    out = Path(arguments[1]) if len(arguments) == 2 else default
    for style, name in STYLES.items():
        source = next(iter(sorted(folder.rglob(name))), None)
        if source is None:
            raise SystemExit(f"{folder} does not hold {name}")
        target = out / f"H1224Sans-{style}.ttf"
        cut(source, style).save(target, reorderTables=True)
        print(f"{target.name}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
