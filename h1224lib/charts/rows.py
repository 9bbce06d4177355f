"""Rows: bars beside one another, their names on the left and what is said of them on the right."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import altair as alt
import pandas as pd

from h1224lib import wording
from h1224lib.charts import fonts, theme
from h1224lib.charts.scales import round_shares

STEP = 22.0
# Half the height of a bar.
HALF = 5.5
MOST_NAMES = 160.0


def measure_names(names: Iterable[str], most: float = MOST_NAMES) -> float:
    """Return the pixels that the names of rows take: as they need, up to the most."""
    widths = [fonts.width(name, theme.SMALL, bold=True) for name in names]
    return min(max(widths, default=0.0) + 8, most)


def place(rows: pd.DataFrame, top: float, left: float, step: float = STEP) -> pd.DataFrame:
    """Give rows their place in pixels, from the top down; names are broken to fit.

    Parameters
    ----------
    rows : DataFrame
        name, and what else there is.
    top : float
        The pixel row at which they begin.
    left : float
        The pixel column at which bars begin; names end before it.
    step : float
        Pixels from row to row; less of many, so that they fit a page, and more for all of them
        where a name takes more lines.

    Returns
    -------
    DataFrame
        With line, name_line, above, below (of a bar), edge (of names), start (of bars), step.
    """
    names = [fonts.balance_lines(str(n), left - 8, theme.SMALL, bold=True) for n in rows["name"]]
    lines = max((name.count("\n") + 1 for name in names), default=1)
    step = max(min(step, theme.TALLEST / max(len(rows), 1)), theme.LEAST)
    step = max(step, lines * theme.LINE + 4) if lines > 1 else step
    half = min(HALF, step / 2 - 1.5)
    placed = rows.reset_index(drop=True).assign(name=names, full=list(rows["name"]))
    placed["line"] = [top + (i + 0.5) * step for i in range(len(rows))]
    placed["name_line"] = centre(placed["line"], placed["name"])
    placed["above"], placed["below"] = placed["line"] - half, placed["line"] + half
    return placed.assign(edge=left - 6, start=left, step=step)


def centre(lines: pd.Series, texts: pd.Series) -> pd.Series:
    """Move texts of several lines up, so that their middle is on the line."""
    return lines - texts.astype(str).str.count("\n") * theme.LINE / 2


def write(placed: pd.DataFrame, side: str = "side", text: str = "text") -> list[alt.Chart]:
    """Write names before the bars and texts beside them, those of the first row bold."""
    drawn = []
    for part, weight in ((placed.head(1), "bold"), (placed.tail(-1), "normal")):
        if part.empty:
            continue
        drawn.append(
            theme.label(part, "edge", "name_line", "name", align="right", fontWeight=weight)
        )
        drawn.append(theme.label(part, side, "line", text, fontWeight=weight))
    return drawn


def bars(placed: pd.DataFrame, end: str, start: str = "start", **mark: Any) -> alt.Chart:
    """Draw a bar in each row, in the colour that the row names unless another is given."""
    look = {"stroke": theme.EDGE, "strokeWidth": 0.5, **mark}
    drawn = alt.Chart(placed).mark_rect(**look).encode(
        x=theme.across(start),
        x2=end,
        y=theme.down("above"),
        y2="below",
        tooltip=[alt.Tooltip("full:N", title=" "), alt.Tooltip("text:N", title=" ")],
    )  # fmt: skip
    return drawn if "fill" in mark else drawn.encode(fill=alt.Fill("colour:N", scale=None))


def upright(at: list[float], top: float, bottom: float, **mark: Any) -> alt.Chart:
    """Draw upright lines at pixel columns."""
    lines = pd.DataFrame({"x": at, "top": top, "bottom": bottom})
    drawn = alt.Chart(lines).mark_rule(**{"color": theme.GRID, **mark})
    return drawn.encode(x=theme.across("x"), y=theme.down("top"), y2="bottom")


def ticks(at: list[float], texts: list[str], y: float) -> alt.Chart:
    """Write numbers below a scale."""
    rows = pd.DataFrame({"x": at, "y": y, "text": texts})
    return theme.label(rows, "x", "y", "text", align="center", color=theme.SOFT)


def scale_below(
    left: float, most: float, scale: float, span: tuple[float, float], lang: str
) -> list[Any]:
    """Draw light lines at round percentages from top to bottom, and their labels below."""
    shares = round_shares(most)
    at = [left + share * scale for share in shares]
    texts = [name_share(share, lang) for share in shares]
    return [upright(at, *span), ticks(at, texts, span[1] + 7)]


def name_share(share: float, lang: str) -> str:
    """Word a share on a scale, as the language writes percentages.

    Examples
    --------
    >>> name_share(0.5, "zh"), name_share(0.5, "en")
    ('50%', '50 %')
    """
    return wording.say("chart.share", lang, share=share)
