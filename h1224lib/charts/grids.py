"""Grids: cells in rows and columns turned into pixels, and a page with nothing to draw."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from h1224lib import wording
from h1224lib.charts import fonts, theme
from h1224lib.findings import Finding

ROW = 24
LABELS = 96.0
NARROWEST = 52.0
# Pixels between the names of neighbouring columns.
GAP = 6.0
# A single column of cells as wide as the page would shout.
WIDEST = 115.0


def place_cells(
    cells: pd.DataFrame, top: float, margin: float = 0.0, row: float = ROW, most: float = LABELS
) -> tuple[pd.DataFrame, list[alt.Chart], float]:
    """Turn rows and columns into pixels, and write their names beside and above them.

    Parameters
    ----------
    cells : DataFrame
        x, y (positions from 0), row, column (their names).
    top : float
        The pixel row at which the names of the columns begin.
    margin : float
        Pixels to leave free on the right.
    row : float
        The height of a row; more for all where a name takes more lines.
    most : float
        Pixels for the names of rows, at the most.

    Returns
    -------
    tuple
        The cells with left, right, top, bottom, middle and line in pixels; the names as layers;
        the pixel row at which the grid ends.
    """
    count = int(cells["x"].max()) + 1
    labels = _choose_labels(cells, (theme.WIDTH - margin), count, most)
    width = min((theme.WIDTH - labels - margin) / count, WIDEST)
    heads = cells.drop_duplicates("x").copy()
    heads["text"] = [fonts.balance_lines(t, width - GAP, theme.SMALL) for t in heads["column"]]
    lines = max(text.count("\n") + 1 if text else 0 for text in heads["text"])
    start = top + lines * theme.LINE + 2
    names = _break_rows(cells, labels)
    row = max(min(row, theme.TALLEST / (int(cells["y"].max()) + 1)), theme.LEAST + 1)
    row = max(
        row,
        *((text.count("\n") + 1) * theme.LINE + 3 for text in names.values() if "\n" in text),
        0,
    )
    heads["middle"] = labels + (heads["x"] + 0.5) * width
    heads["line"] = [start - 6 - text.count("\n") * theme.LINE for text in heads["text"]]
    placed = cells.assign(
        left=labels + cells["x"] * width + 0.75,
        right=labels + (cells["x"] + 1) * width - 0.75,
        top=start + cells["y"] * row + 0.75,
        bottom=start + (cells["y"] + 1) * row - 0.75,
        middle=labels + (cells["x"] + 0.5) * width,
        line=start + (cells["y"] + 0.5) * row,
    )
    columns = theme.label(heads, "middle", "line", "text", align="center")
    bottom = start + row * (int(cells["y"].max()) + 1)
    return placed, [_name_rows(placed, names, labels), columns], bottom


def nothing(finding: Finding, source: str, lang: str) -> Any:
    """Draw a page that says why there is nothing to draw."""
    page = theme.Page(finding.title(lang), finding.say(lang), source)
    rows = pd.DataFrame([{"x": 0.0, "y": page.top, "text": wording.say("chart.nothing", lang)}])
    layers = [theme.label(rows, "x", "y", "text")]
    return page.finish(layers, page.top + theme.LINE, finding.say(lang), rows[["text"]])


def _choose_labels(cells: pd.DataFrame, room: float, count: int, most: float) -> float:
    """Choose the pixels for the names of the rows: fewer where the columns' names need them."""
    rows, columns = (list(dict.fromkeys(cells[name])) for name in ("row", "column"))
    labels = most
    while not _fit(columns, (room - labels) / count - GAP, 9):
        if labels <= NARROWEST or not _fit(rows, labels - 12, 2):
            break
        labels -= 4
    return labels


def _fit(names: list[str], room: float, most: int) -> bool:
    """Tell whether names broken into at most so many lines are no wider than `room`."""
    broken = [fonts.balance_lines(name, room, theme.SMALL).split("\n") for name in names]
    wide = max(fonts.width(line, theme.SMALL) for lines in broken for line in lines)
    return wide <= room and all(len(lines) <= most for lines in broken)


def _break_rows(cells: pd.DataFrame, labels: float) -> dict[str, str]:
    """Return each name of a row, broken to fit."""
    return {t: fonts.balance_lines(t, labels - 8, theme.SMALL) for t in cells["row"].unique()}


def _name_rows(placed: pd.DataFrame, names: dict[str, str], labels: float) -> alt.Chart:
    rows = placed.drop_duplicates("y").assign(edge=labels - 6)
    rows["text"] = rows["row"].map(names)
    rows["line"] -= rows["text"].str.count("\n") * theme.LINE / 2
    return theme.label(rows, "edge", "line", "text", align="right")
