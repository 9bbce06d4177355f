"""The look that all figures share: width, type, colours, and the page around a drawing.

A figure is laid out in pixels before it is drawn: 442 px are the 156 mm of an official A4
page's text at one point a pixel. Title, notes and source are part of the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from h1224lib import wording
from h1224lib.charts import fonts

WIDTH = 442
SMALL = 8.0
LINE = 10.0
# What many rows may take of a page, and the least that one needs.
TALLEST, LEAST = 560.0, 12.0
TITLE = 13.0
TITLE_LINE = 17.0
SUBTITLE = 9.0
SUBTITLE_LINE = 12.0

INK = "#1a1a1a"
SOFT = "#4d4d4d"
GRID = "#d9d9d9"
PALE = "#f0f0f0"
EDGE = "#6e6e6e"
BEHIND, EVEN, AHEAD = "#D55E00", "#BBBBBB", "#0072B2"
SEQUENCE = ["#eaf2f8", "#0b4f7d"]
DEPTHS = ["#0b4f7d", "#9cc3de", "#d9e8f2", "#eef5fa"]


def light(gap: float) -> str:
    """Return the colour of a gap: behind, even or ahead."""
    if pd.isna(gap) or gap == 0:
        return EVEN
    return BEHIND if gap > 0 else AHEAD


@dataclass(frozen=True)
class Page:
    """The page around a drawing: its texts, and where the drawing begins.

    Attributes
    ----------
    title, subtitle : str
        The finding; measure, area, period and day.
    notes : sequence of str
        What a reader must know; the source line comes last.
    source : str
        Where the numbers are from, already worded.
    mark : str
        What must not be missed, such as that the data is made up; bold, above the drawing.
    """

    title: str
    subtitle: str
    source: str
    notes: Sequence[str] = ()
    mark: str = ""

    @property
    def top(self) -> float:
        """The pixel row at which the drawing begins."""
        return self._head + len(self._mark_lines()) * SUBTITLE_LINE + 10

    @property
    def _head(self) -> float:
        """The pixel row at which title and subtitle end."""
        return len(self._title_lines()) * TITLE_LINE + len(self._subtitle_lines()) * SUBTITLE_LINE

    def finish(
        self,
        layers: Sequence[alt.Chart],
        bottom: float,
        description: str,
        table: pd.DataFrame,
    ) -> alt.LayerChart:
        """Put title, subtitle, notes and source around layers that are drawn in pixels.

        Parameters
        ----------
        layers : sequence of Chart
            Drawn with `across` and `down`.
        bottom : float
            The pixel row at which the drawing ends.
        description : str
            Alternative text: what the picture shows, with its numbers.
        table : DataFrame
            The numbers behind the picture, in the library's columns.

        Returns
        -------
        altair.LayerChart
            442 px wide; `usermeta` carries the texts and the table.
        """
        foot = self._foot_lines()
        height = bottom + 8 + len(foot) * LINE + 2
        titles = [
            _text(self._title_lines(), 0, TITLE, TITLE_LINE, INK, bold=True),
            _text(
                self._subtitle_lines(),
                len(self._title_lines()) * TITLE_LINE + 1,
                SUBTITLE,
                SUBTITLE_LINE,
                SOFT,
            ),
            _text(foot, bottom + 8, SMALL, LINE, SOFT),
        ]
        if self.mark:
            told = _text(
                self._mark_lines(), self._head + 1, SUBTITLE, SUBTITLE_LINE, INK, bold=True
            )
            titles.append(told)
            description = f"{self.mark} {description}"
        meta = {
            "title": self.title,
            "subtitle": self.subtitle,
            "source": self.source,
            "description": description,
            "columns": [str(name) for name in table.columns],
            "rows": [[_plain(v) for v in row] for row in table.itertuples(index=False)],
            **({"mark": self.mark} if self.mark else {}),
        }
        chart = alt.layer(*layers, *titles).properties(
            width=WIDTH,
            height=height,
            padding=0,
            autosize=alt.AutoSizeParams(type="none"),
            background="white",
            description=description,
            usermeta={"h1224": meta},
        )
        return chart.configure(font=fonts.STACK).configure_view(stroke=None, fill=None)

    def _title_lines(self) -> list[str]:
        return fonts.break_lines(self.title, WIDTH, TITLE, bold=True).split("\n")

    def _subtitle_lines(self) -> list[str]:
        return fonts.break_lines(self.subtitle, WIDTH, SUBTITLE).split("\n")

    def _mark_lines(self) -> list[str]:
        lines = fonts.break_lines(self.mark, WIDTH, SUBTITLE, bold=True).split("\n")
        return lines if self.mark else []

    def _foot_lines(self) -> list[str]:
        texts = [*self.notes, self.source]
        return [line for t in texts for line in fonts.break_lines(t, WIDTH - 2, SMALL).split("\n")]


def word_source(source: str, lang: str) -> str:
    """Word a source line; signs that the font lacks, in names of files, become 〓.

    Examples
    --------
    >>> word_source("台账🙂.xlsx", "zh")
    '资料来源：台账〓.xlsx'
    """
    return fonts.replace_missing(wording.say("chart.source", lang, source=source))


def across(field: str) -> alt.X:
    """Place a field of pixels from the left edge."""
    return alt.X(f"{field}:Q", scale=alt.Scale(domain=[0, WIDTH], range=[0, WIDTH]), axis=None)


def down(field: str) -> alt.Y:
    """Place a field of pixels from the upper edge."""
    # The domain is the pixels themselves, so that any height serves.
    return alt.Y(f"{field}:Q", scale=alt.Scale(domain=[0, 1000], range=[0, 1000]), axis=None)


def corners() -> dict[str, Any]:
    """Place rectangles by fields of pixels: left, right, top, bottom."""
    return {"x": across("left"), "x2": "right", "y": down("top"), "y2": "bottom"}


def boxes(data: pd.DataFrame, tooltip: list[Any]) -> alt.Chart:
    """Fill rectangles with the colours that a field names."""
    fill = alt.Fill("colour:N", scale=None)
    return alt.Chart(data).mark_rect().encode(**corners(), fill=fill, tooltip=tooltip)


def label(
    data: pd.DataFrame, x: str, y: str, text: str, align: str = "left", **mark: Any
) -> alt.Chart:
    """Write small text at places given in pixels; lines are broken at line feeds.

    A name may hold a sign that the font lacks: 〓 stands for it, so that no figure fails for it.
    """
    shown = data.assign(**{text: [fonts.replace_missing(str(name)) for name in data[text]]})
    drawn = alt.Chart(shown).mark_text(
        align=align,  # type: ignore[arg-type]
        baseline=mark.pop("baseline", "middle"),
        lineBreak="\n",
        lineHeight=LINE,
        fontSize=mark.pop("size", SMALL),
        color=mark.pop("color", INK),
        **mark,
    )
    return drawn.encode(x=across(x), y=down(y), text=f"{text}:N")


def _text(
    lines: list[str], top: float, size: float, step: float, color: str, bold: bool = False
) -> alt.Chart:
    rows = [
        {"x": 0.0, "y": top + i * step + size, "text": fonts.replace_missing(line)}
        for i, line in enumerate(lines)
    ]
    weight: Any = "bold" if bold else "normal"
    return (
        alt.Chart(pd.DataFrame(rows))
        .mark_text(
            align="left", baseline="alphabetic", fontSize=size, fontWeight=weight, color=color
        )
        .encode(x=across("x"), y=down("y"), text="text:N")
    )


def _plain(value: Any) -> Any:
    if value is None or pd.isna(value):
        return None
    return value if isinstance(value, (str, bool)) else float(value)
