"""Paths: what an indicator has done since its base year, beside what its target asks for."""

from __future__ import annotations

import itertools
from typing import Any

import altair as alt
import pandas as pd

from h1224lib import wording
from h1224lib.charts import fonts, grids, theme
from h1224lib.charts.indicators import published_by
from h1224lib.indicators import Track
from h1224lib.indicators.telling import tell_paths
from h1224lib.verdicts import show_target

COLUMNS, SPACE = 2, 22.0
PANEL = (theme.WIDTH - SPACE) / COLUMNS
# Room inside a panel: for the first value's text, for the last ones', and the height of lines.
LEFT, RIGHT, HEIGHT = 22.0, 62.0, 70.0
# Where the reasons begin of those that have no path.
REASONS = 176.0
WHOLE_YEARS = ["base", "current", "other_year"]
DATA = ["measure", "horizon", "unit", "year", "line", "value"]


def indicator_paths(track: Track, lang: str = "zh") -> Any:
    """Draw a small path for each target whose indicator has two comparable years.

    Parameters
    ----------
    track : Track
        As `track_indicators` returns it, values in each measure's unit.
    lang : str
        ``zh`` or ``en``.

    Returns
    -------
    altair.LayerChart
        Solid from the base year to the last comparable full year, by the growth a year between
        published ones; dashed the compound growth that the target asks for. Scales do not start
        at 0 and differ, so values are printed. Last targets without a path come with the reason.
    """
    plan, finding = track.plan, tell_paths(track.table)
    source = wording.say("chart.source", lang, source=plan.cite(lang))
    if track.table.empty:
        return grids.nothing(track.findings[0], source, lang)
    rows = track.table[track.table["observed_pct"].notna()].reset_index(drop=True)
    bare = track.select(counts=False, last=True)
    bare = bare[bare["kind"].isin(["level", "stock"]) & bare["observed_pct"].isna()]
    subtitle = finding.say(lang)
    notes = []
    if len(rows):
        subtitle = wording.say("chart.paths", lang, base_year=track.base_year)
        left = track.table["kind"].isin(["level", "stock"]).sum() - len(rows) - len(bare)
        notes = [wording.say("chart.paths_left", lang, count=int(left))]
        used = track.points[track.points["use"].isin(["base", "current"])]
        drawn = pd.concat([rows, bare[bare["current_value"].notna()]])
        used = used[used["measure"].isin(set(drawn["measure"]))]
        notes += published_by(used.assign(actual=used["value"]), lang)
        if (drawn["confidence"] != "high").any():
            notes.insert(1, wording.say("chart.indicator_unsure", lang))
    page = theme.Page(finding.title(lang), subtitle, source, notes)
    layers: list[Any] = []
    bottom, told, data = page.top, [], [pd.DataFrame(columns=DATA)]
    for at in range(0, len(rows), COLUMNS):
        ends = []
        for place, row in enumerate(rows.iloc[at : at + COLUMNS].to_dict("records")):
            panel = _Panel(track, row, place * (PANEL + SPACE), bottom, lang)
            layers += panel.draw()
            told.append(panel.describe())
            data.append(panel.points.loc[panel.points["line"] != "course", DATA])
            ends.append(panel.bottom)
        bottom = max(ends) + 10
    data.append(_frame_growth(rows))
    if len(bare):
        data.append(_frame_bare(bare))
        listed, items, bottom = _list_bare(track, bare, bottom, lang)
        layers, told = [*layers, *listed], [*told, *items]
    description = wording.say("chart.parts", lang, opening=finding.say(lang), items=told)
    return page.finish(layers, bottom, description, pd.concat(data, ignore_index=True))


def _frame_growth(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the growth a year, published and needed, as rows behind the picture."""
    found = [
        rows.assign(line=line, unit="%", year=rows["target_year"], value=rows[line])[DATA]
        for line in ("observed_pct", "required_pct")
    ]
    return pd.concat(found, ignore_index=True)


def _frame_bare(rows: pd.DataFrame) -> pd.DataFrame:
    """Return targets without a path, and what is known of them, as rows behind the picture."""
    ends = (("target", "target_year", "target"), ("observed", "current_year", "current_value"))
    found = [
        rows.assign(line=line, year=rows[year], value=rows[value])[DATA]
        for line, year, value in ends
    ]
    table = pd.concat(found, ignore_index=True)
    return table[table["value"].notna()]


def _list_bare(
    track: Track, rows: pd.DataFrame, top: float, lang: str
) -> tuple[list[Any], list[str], float]:
    """Write the targets that have no path, each with the reason; the texts, and where they end."""
    head = wording.say("chart.no_paths", lang)
    texts = [{"x": 0.0, "y": top + 5, "text": head, "weight": "bold"}]
    items, line = [], top + theme.LINE + 9
    for row in rows.to_dict("records"):
        name = track.plan.label("measure", row["measure"], lang)
        known = pd.notna(row["current_value"])
        why = wording.say(
            "chart.no_path",
            lang,
            target=show_target(row, "-"),
            unit=track.plan.unit(row["measure"], lang),
            value=float(row["current_value"]) if known else None,
            year=int(row["current_year"]) if known else None,
            why=wording.say(f"why.{row['reason']}", lang),
        )
        why += "*" if known and row["confidence"] != "high" else ""
        items.append(f"{name} {why}")
        placed = [
            (0.0, fonts.break_lines(name, REASONS - 8, theme.SMALL)),
            (REASONS, fonts.break_lines(why, theme.WIDTH - REASONS, theme.SMALL)),
        ]
        texts += [{"x": x, "y": line, "text": text, "weight": "normal"} for x, text in placed]
        line += max(text.count("\n") + 1 for _, text in placed) * theme.LINE + 2
    frame = pd.DataFrame(texts)
    layers = [
        theme.label(part, "x", "y", "text", fontWeight=str(weight))
        for weight, part in frame.groupby("weight", sort=False)
    ]
    return layers, items, line


def _join_years(points: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """Fill the years between figures by compound growth, or evenly where a sign forbids it."""
    filled = points[:1]
    for (start, before), (end, after) in itertools.pairwise(points):
        for year in range(start + 1, end):
            share = (year - start) / (end - start)
            even = before + (after - before) * share
            filled.append(
                (year, before * (after / before) ** share if before * after > 0 else even)
            )
        filled.append((end, after))
    return filled


class _Panel:
    """One indicator and one target: its texts, its two lines and their values."""

    def __init__(
        self, track: Track, row: dict[str, Any], left: float, top: float, lang: str
    ) -> None:
        plan, self.row, self.left, self.lang = track.plan, row, left, lang
        self.down = row["direction"] < 0
        name = plan.label("measure", row["measure"], lang)
        unit = plan.unit(row["measure"], lang)
        named = f"{name}（{unit}）" if lang == "zh" else f"{name} ({unit})"
        self.name = fonts.break_lines(named, PANEL, theme.SMALL, bold=True)
        band = row["treatment"] == "rated"
        key = f"band.{row['band']}" if band else f"reached.{row['reached']}"
        self.below = wording.say(
            "chart.path_rates",
            lang,
            observed=float(row["observed_pct"]),
            required=float(row["required_pct"]),
            verdict=wording.say(key, lang),
            status=wording.say(f"status.{row['status']}", lang),
        )
        if row["confidence"] != "high":
            self.below += "*"
        self.top = top + (self.name.count("\n") + 1) * theme.LINE + 14
        self.points = self._place(track)
        self.colour = theme.INK
        if not band:
            self.colour = theme.AHEAD if row["reached"] == "met" else theme.BEHIND
        self.top_of_page, self.bottom = top, self.top + HEIGHT + 18 + 2 * theme.LINE + 4

    def _place(self, track: Track) -> pd.DataFrame:
        """Place the published years and the needed path, in pixels."""
        row, points = self.row, track.points
        seen = points[(points["measure"] == row["measure"]) & points["use"].isin(WHOLE_YEARS)]
        seen = seen[(seen["area"] == row["area"]) & (seen["industry"] == row["industry"])]
        years = {int(p): float(v) for p, v in zip(seen["period"], seen["value"], strict=True)}
        base, now, end = (int(row[f"{n}_year"]) for n in ("base", "current", "target"))
        years = {y: v for y, v in years.items() if base < y < now}
        years |= {base: float(row["base_value"]), now: float(row["current_value"])}
        goal = row["value_max"] if row["relation"] == "range" and self.down else row["target"]
        needed = _join_years([(base, float(row["base_value"])), (end, float(goal))])
        seen_years = sorted(years.items())
        pairs = [("observed", y, v) for y, v in seen_years]
        pairs += [("required", y, v) for y, v in needed]
        pairs += [("course", y, v) for y, v in _join_years(seen_years)]
        found = pd.DataFrame(pairs, columns=["line", "year", "value"])
        low, high = found["value"].min(), found["value"].max()
        width = (PANEL - LEFT - RIGHT) / max(end - base, 1)
        found["x"] = self.left + LEFT + (found["year"] - base) * width
        found["y"] = self.top + HEIGHT * (high - found["value"]) / ((high - low) or 1.0)
        return found.assign(**{n: row[n] for n in ("measure", "horizon", "unit")})

    def draw(self) -> list[Any]:
        """Draw the dashed path first, then what was published, then the texts."""
        ends = {str(line): part for line, part in self.points.groupby("line", sort=False)}
        floor = self.top + HEIGHT + 8
        axis = pd.DataFrame([{"x": self.left, "x2": self.left + PANEL, "y": floor}])
        layers = [
            alt.Chart(axis)
            .mark_rule(color=theme.GRID)
            .encode(x=theme.across("x"), x2="x2", y=theme.down("y"))
        ]
        looks: dict[str, dict[str, Any]] = {
            "required": {"color": theme.EDGE, "strokeWidth": 1.2, "strokeDash": [4, 2.5]},
            "course": {"color": self.colour, "strokeWidth": 2},
        }
        for name, look in looks.items():
            line = alt.Chart(ends[name]).mark_line(**look)
            layers.append(
                line.encode(x=theme.across("x"), y=theme.down("y"), order=alt.Order("year:Q"))
            )
        hollow = alt.Chart(ends["required"].tail(1)).mark_point(
            filled=True, fill="white", stroke=theme.INK, strokeWidth=1.2, size=34, opacity=1
        )
        solid = alt.Chart(ends["observed"]).mark_point(
            filled=True, color=self.colour, size=34, opacity=1
        )
        layers += [d.encode(x=theme.across("x"), y=theme.down("y")) for d in (hollow, solid)]
        return layers + self._write(ends, floor)

    def _write(self, ends: dict[str, pd.DataFrame], floor: float) -> list[Any]:
        """Write name, values at both ends, years and rates; two values never on one line."""
        seen, goal = ends["observed"].iloc[-1], ends["required"].iloc[-1]
        base = ends["observed"].iloc[0]
        target = wording.say("chart.path_target", self.lang, target=show_target(self.row, "-"))
        apart = float(seen["y"] - goal["y"])
        near = seen["year"] == goal["year"] and abs(apart) < theme.LINE + 1
        shift = (theme.LINE + 1 - abs(apart)) / 2 if near else 0.0
        down = shift if apart > 0 else -shift
        texts = [
            (seen["x"] + 6, seen["y"] + down, wording.number(float(seen["value"])), self.colour),
            (goal["x"] + 6, goal["y"] - down, target, theme.INK),
            (self.left, base["y"] - 11, wording.number(float(base["value"])), theme.INK),
        ]
        if seen["year"] != goal["year"]:
            # The value of a year on the way stands below its point, off the dashed path.
            texts[0] = (seen["x"] + 6, seen["y"] + 9, texts[0][2], self.colour)
        rows = pd.DataFrame(texts, columns=["x", "y", "text", "colour"])
        written = [
            theme.label(rows[rows["colour"] == c], "x", "y", "text", color=c)
            for c in rows["colour"].unique()
        ]
        years = pd.concat([ends["observed"], ends["required"].tail(1)])
        years = years.drop_duplicates("year").assign(text=lambda d: d["year"].astype(str))
        years = years.assign(y=floor + 7)
        names = pd.DataFrame([{"x": self.left, "y": self.top_of_page + 5, "text": self.name}])
        told = pd.DataFrame([{"x": self.left, "y": floor + 20, "text": self.below}])
        return [
            *written,
            theme.label(years, "x", "y", "text", align="center", color=theme.SOFT),
            theme.label(names, "x", "y", "text", fontWeight="bold"),
            theme.label(told, "x", "y", "text"),
        ]

    def describe(self) -> str:
        """Say in one line what the panel shows."""
        first, last = (self.points[self.points["line"] == "observed"].iloc[i] for i in (0, -1))
        ends = " → ".join(
            f"{int(p['year'])}: {wording.number(float(p['value']))}" for p in (first, last)
        )
        target = wording.say("chart.path_target", self.lang, target=show_target(self.row, "-"))
        parts = [self.name, ends, target, *self.below.split("\n")]
        return ("，" if self.lang == "zh" else ", ").join(t.replace("\n", " ") for t in parts)
