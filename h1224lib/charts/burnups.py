"""Burn-ups: what was reached so far, what was due, and where it may end."""

from __future__ import annotations

import datetime as dt
from typing import Any

import altair as alt
import pandas as pd

from h1224lib import wording
from h1224lib.charts import fonts, pages, rows, theme
from h1224lib.charts.scales import round_ticks, spread
from h1224lib.odds import Odds
from h1224lib.odds.telling import tell_whole
from h1224lib.progress import State
from h1224lib.progress.course import Course, follow_course
from h1224lib.progress.telling import sum_up
from h1224lib.provenance import list_marks

HEIGHT = 200.0
# Room above the plot for the names of horizons, and for the mark of what is computed.
ABOVE, SMALLEST = 18.0, 30.0
FAN = theme.DEPTHS[2]
DASHED: dict[str, Any] = {"color": "#0b4f7d", "strokeWidth": 1.4, "strokeDash": [4, 2.5]}
# Below a label, so that a line behind it does not run through its signs.
HALO: dict[str, Any] = {"stroke": "white", "strokeWidth": 3, "strokeJoin": "round"}


def burnup(state: State, lang: str = "zh", odds: Odds | None = None, area: str = "all") -> Any:
    """Draw what was reached month by month, what was due in steps, and where it may end.

    Parameters
    ----------
    state : State
        As `measure_progress` returns it, in the measure's unit.
    lang : str
        ``zh`` or ``en``.
    odds : Odds, optional
        As `forecast` returns it for the same state: a light fan from the day to the end.
    area : str
        Its code; by default the whole.

    Returns
    -------
    altair.LayerChart
        Solid the actual, in steps the schedule, hollow dots what the plan prints, dashed and
        light the forecast; an upright line at the end of each horizon.
    """
    course = follow_course(state, area)
    ahead = _read_odds(odds, area)
    finding = sum_up(state, area)
    ledger = any(not count.ledger.settings.count_withdrawn for count in state.counts)
    notes = [wording.say("chart.burnup_note", lang, fan=ahead is not None, ledger=ledger)]
    if odds is not None and ahead is None and area == "all":
        notes.append(tell_whole(odds).say(lang))
    named = {"area": state.plan.label("area", area, lang)}
    # Only what the plan prints is its own word.
    key = "chart.burnup_printed" if state.schedule == "printed" else "chart.burnup"
    page = pages.of_state(state, finding, key, lang, notes, **named)
    if course.of("actual").empty and course.of("target").empty:
        return page.finish([], page.top, finding.say(lang), course.table)
    frame = _Frame(course, ahead, page.top, lang)
    layers = [*_grid(frame), *_fan(frame), *_steps(frame), *_targets(frame), *_line(frame)]
    layers += _label_now(frame)
    table = course.table
    if ahead is not None:
        ends = [(course.days[1].isoformat(), name, ahead[name]) for name in ahead.index]
        more = pd.DataFrame(ends, columns=["day", "kind", "value"])
        more = more.assign(horizon="", **list_marks(table))
        table = pd.concat([table, more], ignore_index=True)
    # A schedule has thirds; elsewhere `value` is what somebody prints, and kept as it is.
    table = table.assign(value=table["value"].astype("float64").round(6))
    return page.finish(layers, frame.end, _describe(frame, finding.say(lang)), table)


def _read_odds(odds: Odds | None, area: str) -> pd.Series | None:
    """Return expected, low and high of the end, or nothing where there are no odds."""
    row = pd.Series(dtype=object) if odds is None else odds.cell(area=area)
    if row.empty or pd.isna(row["expected"]):
        return None
    return row[["expected", "low", "high"]].astype("float64")


class _Frame:
    """Where days and numbers lie on the page, in pixels."""

    def __init__(self, course: Course, ahead: pd.Series | None, top: float, lang: str) -> None:
        self.course, self.ahead, self.lang = course, ahead, lang
        self.unit = course.state.plan.unit(course.state.measure, lang)
        most = float(course.table["value"].max())
        self.most = max(most, 0.0 if ahead is None else float(ahead["high"]))
        self.levels = round_ticks(self.most)
        self.peak = max(self.most, self.levels[-1]) * 1.04
        self.ends = self._word_ends()
        wide = [fonts.width(text, theme.SMALL) for _, text in self.ends]
        numbers = [fonts.width(wording.number(t), theme.SMALL) for t in self.levels]
        self.left = max([*numbers, SMALLEST - 8]) + 8
        self.right = theme.WIDTH - max([*wide, SMALLEST]) - 10
        self.top = top + ABOVE
        self.bottom = self.top + HEIGHT
        self.end = self.bottom + 26

    def _word_ends(self) -> list[tuple[float, str]]:
        """Word what stands at the last day: the target, and the forecast."""
        found = []
        targets = self.course.of("target")
        last = targets[targets["day"] == self.course.days[1].isoformat()]
        for value in last["value"]:
            found.append((float(value), self.say("target", float(value))))
        if self.ahead is not None:
            ends = {name: float(self.ahead[name]) for name in ("expected", "low", "high")}
            found += [(value, self.say(name, round(value))) for name, value in ends.items()]
        return found

    def say(self, name: str, value: float) -> str:
        """Word a number; of a ceiling, what it allows."""
        state = self.course.state
        ceiling = state.plan.measures.at[state.measure, "direction"] == "down"
        return wording.say(f"chart.burnup_{name}", self.lang, value=value, ceiling=bool(ceiling))

    def across(self, day: str) -> float:
        """Return the pixel column of the end of a day."""
        first, last = self.course.days
        passed = (dt.date.fromisoformat(day) - first).days + 1
        return self.left + (self.right - self.left) * passed / ((last - first).days + 1)

    def down(self, value: float) -> float:
        """Return the pixel row of a number."""
        return self.bottom - HEIGHT * value / self.peak


def _grid(frame: _Frame) -> list[Any]:
    """Draw the levels, the years below, and a line at the end of each horizon with its name."""
    rules = pd.DataFrame({"y": [frame.down(t) for t in frame.levels]})
    rules = rules.assign(x=frame.left, x2=frame.right, edge=frame.left - 5)
    rules["text"] = [wording.number(t) for t in frame.levels]
    drawn = alt.Chart(rules).mark_rule(color=theme.GRID)
    return [
        drawn.encode(x=theme.across("x"), x2="x2", y=theme.down("y")),
        theme.label(rules, "edge", "y", "text", align="right", color=theme.SOFT),
        *_mark_horizons(frame),
        *_write_periods(frame),
    ]


def _mark_horizons(frame: _Frame) -> list[Any]:
    ends = frame.course.of("target").drop_duplicates("day")
    last = frame.course.days[1].isoformat()
    days = list(dict.fromkeys([*ends["day"], last]))
    plan, lang = frame.course.state.plan, frame.lang
    named = dict(zip(ends["day"], ends["horizon"], strict=True))
    texts = [plan.label("horizon", named[d], lang) if d in named else "" for d in days]
    at = [frame.across(day) for day in days]
    heads = pd.DataFrame({"x": at, "y": frame.top - 8, "text": texts})
    upright = rows.upright(at, frame.top, frame.bottom + 4, color=theme.EDGE, strokeDash=[1, 2])
    return [upright, theme.label(heads, "x", "y", "text", align="center", color=theme.SOFT)]


def _write_periods(frame: _Frame) -> list[Any]:
    """Write the years below, and the quarters above them where there is room for these."""
    first, last = frame.course.days
    quarters, years = [], {}
    for year in range(first.year, last.year + 1):
        for quarter in range(1, 5):
            begin = dt.date(year, 3 * quarter - 2, 1)
            if first <= begin <= last:
                middle = frame.across((begin + dt.timedelta(days=45)).isoformat())
                quarters.append((min(middle, frame.right), f"Q{quarter}"))
        middle = frame.across(max(first, min(dt.date(year, 7, 1), last)).isoformat())
        years[str(year)] = middle
    texts = pd.DataFrame(
        [*((x, t, 8.0) for x, t in quarters), *((x, t, 19.0) for t, x in years.items())]
    )
    texts.columns = pd.Index(["x", "text", "y"])
    if (frame.right - frame.left) / max(len(quarters), 1) < 18:
        texts = texts[texts["y"] == 19.0].assign(y=10.0)
    below = texts.assign(y=texts["y"] + frame.bottom)
    return [theme.label(below, "x", "y", "text", align="center", color=theme.SOFT)]


def _fan(frame: _Frame) -> list[Any]:
    """Draw the forecast: a light wedge from the day to the end, and its middle dashed."""
    now = frame.course.of("actual").tail(1)
    if frame.ahead is None or now.empty:
        return []
    start, value = frame.across(str(now["day"].iloc[0])), float(now["value"].iloc[0])
    places = {name: frame.down(float(frame.ahead[name])) for name in frame.ahead.index}
    here = frame.down(value)
    wedge = pd.DataFrame(
        {"x": [start, frame.right], "low": [here, places["low"]], "high": [here, places["high"]]}
    ).assign(expected=[here, places["expected"]])
    band = alt.Chart(wedge).mark_area(fill=FAN, opacity=1)
    middle = alt.Chart(wedge).mark_line(**DASHED)
    return [
        band.encode(x=theme.across("x"), y=theme.down("low"), y2="high"),
        middle.encode(x=theme.across("x"), y=theme.down("expected")),
    ]


def _steps(frame: _Frame) -> list[Any]:
    """Draw what is due: in steps, but by days along a straight line."""
    due = frame.course.of("scheduled")
    if due.empty:
        return []
    points = [(frame.left, frame.down(0.0))]
    stepped = frame.course.state.schedule != "days"
    for day, value in zip(due["day"], due["value"], strict=True):
        x, y = frame.across(str(day)), frame.down(float(value))
        points += [(x, points[-1][1])] if stepped else []
        points.append((x, y))
    data = pd.DataFrame(points, columns=["x", "y"]).assign(order=range(len(points)))
    line = alt.Chart(data).mark_line(color=theme.EDGE, strokeWidth=1.3, strokeJoin="miter")
    return [line.encode(x=theme.across("x"), y=theme.down("y"), order="order:Q")]


def _line(frame: _Frame) -> list[Any]:
    """Draw what was reached, from nothing on the first day, its last point in its own colour."""
    reached = frame.course.of("actual")
    if reached.empty:
        return []
    data = pd.DataFrame({"x": [frame.left], "y": [frame.down(0.0)]})
    more = pd.DataFrame(
        {
            "x": [frame.across(str(day)) for day in reached["day"]],
            "y": [frame.down(float(value)) for value in reached["value"]],
            "day": list(reached["day"]),
            "value": reached["value"].astype("float64"),
        }
    )
    data = pd.concat([data, more], ignore_index=True)
    line = alt.Chart(data).mark_line(color=theme.INK, strokeWidth=2.2)
    dot = alt.Chart(data.tail(1)).mark_circle(size=60, opacity=1, color=_colour(frame))
    place = {"x": theme.across("x"), "y": theme.down("y")}
    tips = {"tooltip": ["day:N", "value:Q"]}
    return [line.encode(**place, order="x:Q"), dot.encode(**place, **tips)]


def _colour(frame: _Frame) -> str:
    gap = frame.course.state.cell(area=frame.course.area).get("gap", pd.NA)
    return theme.light(float("nan") if pd.isna(gap) else float(gap))


def _targets(frame: _Frame) -> list[Any]:
    """Draw what the plan prints as hollow dots, and write what stands at the last day."""
    targets = frame.course.of("target")
    dots = pd.DataFrame(
        {
            "x": [frame.across(str(day)) for day in targets["day"]],
            "y": [frame.down(float(value)) for value in targets["value"]],
            "text": [wording.number(float(v)) for v in targets["value"]],
            "day": targets["day"],
        }
    )
    hollow = alt.Chart(dots).mark_point(
        filled=True, fill="white", stroke=theme.INK, strokeWidth=1.3, size=46, opacity=1
    )
    drawn: list[Any] = [hollow.encode(x=theme.across("x"), y=theme.down("y"), tooltip=["text:N"])]
    elsewhere = [frame.course.days[1].isoformat(), frame.course.state.as_of.isoformat()]
    reached = frame.course.of("actual").set_index("day")["value"]
    for row in dots[~dots["day"].isin(elsewhere)].to_dict("records"):
        # On the other side of the dot than what was reached by then.
        over = pd.isna(seen := reached.get(row["day"], pd.NA)) or frame.down(seen) >= row["y"]
        place = {"x": row["x"] + (-6 if over else 6), "y": row["y"] + (-8 if over else 8)}
        text = pd.DataFrame([{**place, "text": row["text"]}])
        drawn += _write(text, "right" if over else "left")
    ends = pd.DataFrame(frame.ends, columns=["value", "text"]).assign(x=frame.right + 8)
    places = [frame.down(value) for value in ends["value"]]
    ends["y"] = spread(places, theme.LINE, frame.top - 4, frame.bottom)
    return [*drawn, theme.label(ends, "x", "y", "text")] if len(ends) else drawn


def _label_now(frame: _Frame) -> list[Any]:
    """Write what was reached, due and printed for the day: the highest above, the others below."""
    told = sorted(_tell_now(frame), key=lambda pair: -pair[0])
    x = frame.across(frame.course.state.as_of.isoformat())
    widest = max((fonts.width(text, theme.SMALL, bold=True) for _, text in told), default=0.0)
    places = [frame.down(value) + 8 for value, _ in told]
    if told and x - 6 - widest >= frame.left:
        first = pd.DataFrame({"x": [x - 6], "y": [places[0] - 16], "text": [told[0][1]]})
        drawn = _write(first, "right", fontWeight="bold")
        told, places = told[1:], places[1:]
    else:
        drawn = []
    right = x + 8 + widest <= theme.WIDTH
    at = spread(places, theme.LINE + 1, frame.top, frame.bottom - 9)
    rest = pd.DataFrame({"x": x + (8 if right else -6), "y": at, "text": [t for _, t in told]})
    return [*drawn, *_write(rest, "left" if right else "right", fontWeight="bold")]


def _tell_now(frame: _Frame) -> list[tuple[float, str]]:
    """List the numbers of the day, each with its words; what is printed and due stands once."""
    course = frame.course
    cell = course.state.cell(area=course.area)
    found = {n: cell.get(n, pd.NA) for n in ("actual", "scheduled")}
    printed = course.of("target")
    for value in printed.loc[printed["day"] == course.state.as_of.isoformat(), "value"]:
        if value != found["scheduled"] and course.state.as_of != course.days[1]:
            found["target"] = value
    return [
        (float(value), frame.say(name, float(value)))
        for name, value in found.items()
        if not pd.isna(value)
    ]


def _write(data: pd.DataFrame, align: str, **mark: Any) -> list[Any]:
    """Write text over whatever lies below it, with a white seam."""
    looks: tuple[dict[str, Any], ...] = (HALO, {})
    return [theme.label(data, "x", "y", "text", align=align, **mark, **look) for look in looks]


def _describe(frame: _Frame, opening: str) -> str:
    """Say in words what the picture shows: the finding, the course by year, and the end."""
    reached = frame.course.of("actual")
    years = reached.groupby(reached["day"].str[:4]).tail(1)
    items = [f"{r.day} {wording.number(r.value)}" for r in years.itertuples(index=False)]
    items += [text for _, text in frame.ends]
    return wording.say("chart.parts", frame.lang, opening=opening, items=items)
