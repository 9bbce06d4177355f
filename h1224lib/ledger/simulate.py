"""The simulator: an invented ledger, from the plan's targets and assumptions that stand in a file.

Nothing in it is real: names say so, and every row is marked synthetic. It is made for showing and
testing, and proves nothing about any city.
"""

from __future__ import annotations

import datetime as dt
import functools
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from h1224lib.hierarchy import children
from h1224lib.ledger.arrivals import draw_arrivals, leaves_of, stream
from h1224lib.ledger.vocabulary import list_fields, read_words
from h1224lib.plan.model import Plan
from h1224lib.synthetic import SYNTHETIC


@functools.cache
def read_assumptions() -> dict[str, Any]:
    """Read what the simulator assumes, from ``simulation.toml``."""
    with Path(__file__).with_name("simulation.toml").open("rb") as file:
        return tomllib.load(file)


def simulate_ledger(
    plan: Plan,
    seed: int,
    until: str | dt.date,
    assumed: Mapping[str, Any] | None = None,
    scale: float = 1.0,
) -> pd.DataFrame:
    """Invent the ledger as an office would have kept it on a day.

    With the same seed, an earlier day gives the same projects as far as they were known then:
    later ones are not there, later stages are blank, later corrections are not made.

    Parameters
    ----------
    plan : Plan
        Its main measure is a count of projects; gives cells, directions, landmarks, platforms.
    seed : int
        Equal seeds give equal ledgers.
    until : date or ISO str
        The ledger's own date: nothing in it is later.
    assumed : mapping, optional
        In place of ``simulation.toml``, which documents each number.
    scale : float
        Multiplies the expected arrivals, for tests of speed.

    Returns
    -------
    DataFrame
        The columns of a ledger, one row a project (two with a share of the credit each, where it
        is shared): investment in 亿元, dates, True or False, codes of the plan; `synthetic`.

    Raises
    ------
    ActualsError
        The plan counts no projects.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> ledger = simulate_ledger(load_plan(), seed=1, until="2023-03-31")
    >>> bool(ledger["synthetic"].all()), ledger.loc[0, "name"][:4]
    (True, '演示企业')
    """
    day = pd.Timestamp(until)
    setting = read_assumptions() if assumed is None else assumed
    drawn = draw_arrivals(plan, seed, setting, scale)
    drawn = _identify(drawn, seed, setting)
    drawn = _add_stages(drawn, seed, setting)
    drawn = _add_amounts(drawn, seed, setting, day)
    drawn = _add_attributes(drawn, plan, seed, setting, day)
    known = _share_credit(drawn[drawn["entered"] <= day], plan, seed, setting)
    for name, field in list_fields().items():
        if field.kind == "date":
            known[name] = known[name].where(known[name] <= day)
    known["withdrawn_reason"] = known["withdrawn_reason"].where(known["withdrawn"].notna())
    known[SYNTHETIC] = True
    return known[[*list_fields(), SYNTHETIC]].reset_index(drop=True)


def _identify(drawn: pd.DataFrame, seed: int, assumed: Mapping[str, Any]) -> pd.DataFrame:
    """Give each project a number, in the order in which the ledger gets to know them."""
    lag = stream(seed, "lag").geometric(1 / assumed["reporting"]["lag_days"], len(drawn)) - 1
    drawn = drawn.assign(entered=drawn["day"] + pd.to_timedelta(lag, unit="D"))
    drawn = drawn.sort_values("entered", kind="stable").reset_index(drop=True)
    return drawn.assign(project_id=[f"DEMO-{number:05d}" for number in range(1, len(drawn) + 1)])


def _add_stages(drawn: pd.DataFrame, seed: int, assumed: Mapping[str, Any]) -> pd.DataFrame:
    """Give each project the days of its stages, up to where it stops or falls through."""
    fields = list_fields()
    dates = {n: pd.Series(pd.NaT, index=drawn.index) for n, f in fields.items() if f.kind == "date"}
    frame = drawn.assign(**dates).assign(signed=drawn["day"], withdrawn_reason=None)
    for kind, ladder in read_words("columns")["ladders"].items():
        rows = frame["project_type"] == kind
        before = frame.loc[rows, "signed"]
        for stage in ladder[1:]:
            before = _take_step(before, assumed["delay"][kind][stage], stream(seed, stage))
            frame.loc[rows, stage] = before
        _withdraw(frame, rows, ladder, stream(seed, f"withdrawn {kind}"), assumed["withdrawal"])
    return frame.assign(above_scale_date=frame["above_scale"])


def _take_step(before: pd.Series, delay: Mapping[str, float], drawing: Any) -> pd.Series:
    """Return the days of the next stage; <NaT> for those that never take the step."""
    days = drawing.lognormal(np.log(delay["median"]), delay["spread"], len(before))
    reached = drawing.random(len(before)) < delay["reach"]
    return (before + pd.to_timedelta(np.ceil(days), unit="D")).where(reached)


def _withdraw(
    frame: pd.DataFrame, rows: pd.Series, ladder: Sequence[str], drawing: Any, assumed: Any
) -> None:
    """Let some projects fall through: what they would have reached later, they do not."""
    count = int(rows.sum())
    days = 1 + np.floor(drawing.exponential(assumed["days_mean"], count))
    chosen = drawing.random(count) < assumed["share"]
    reasons = drawing.choice(assumed["reasons"], count)
    left = (frame.loc[rows, "signed"] + pd.to_timedelta(days, unit="D")).where(chosen)
    left = left.mask(frame.loc[rows, ladder[-1]] <= left)
    frame.loc[rows, "withdrawn"] = left
    frame.loc[rows, "withdrawn_reason"] = pd.Series(reasons, index=left.index).where(left.notna())
    for stage in ladder[1:]:
        reached = frame.loc[rows, stage]
        frame.loc[rows, stage] = reached.mask(reached >= left)


def _add_amounts(
    drawn: pd.DataFrame, seed: int, assumed: Mapping[str, Any], day: pd.Timestamp
) -> pd.DataFrame:
    """Give each project its investment in 亿元, as it was known on a day."""
    amounts = pd.Series(np.nan, index=drawn.index)
    for kind, spec in assumed["investment"].items():
        rows = drawn["project_type"] == kind
        drawing = stream(seed, f"investment {kind}")
        raw = drawing.lognormal(np.log(spec["median"]), spec["spread"], int(rows.sum()))
        steps = np.rint(raw.clip(spec["least"], spec["most"]) / spec["step"])
        amounts[rows] = steps * spec["step"]
    reporting = assumed["reporting"]
    drawing = stream(seed, "corrections")
    corrected = drawing.random(len(drawn)) < reporting["corrected_share"]
    after = drawn["entered"] + pd.to_timedelta(reporting["corrected_after"], unit="D")
    # The first figure was half as large again: what a correction takes back.
    first = amounts.where(~corrected | (after <= day).to_numpy(), amounts * 1.5)
    return drawn.assign(investment=first.round(2))


def _add_attributes(
    drawn: pd.DataFrame, plan: Plan, seed: int, assumed: Mapping[str, Any], day: pd.Timestamp
) -> pd.DataFrame:
    """Give each project what else a ledger says of it."""
    share = assumed["attributes"]
    count = len(drawn)
    lot = {name: stream(seed, name).random(count) for name in (*share, "shared_by")}
    leading = share["headquarters"]
    within = (drawn["industry"] == leading["industry"]) & (
        drawn["project_type"] == leading["project_type"]
    )
    platforms = {area: codes[0] for area, codes in children(plan, "area", "within").items()}
    platform = drawn["area"].map(platforms).where(lot["platform"] < share["platform"])
    age = (day - drawn["entered"]).dt.days
    known = (lot["recognised"] < share["recognised"]) & (age >= share["recognised_after"])
    frame = drawn.assign(
        platform=platform,
        headquarters=within & (lot["headquarters"] < leading["share"]),
        new_land=drawn["project_type"] == "fixed_asset",
        landmark=_choose_landmarks(drawn, plan, seed).where(lot["landmark"] < share["landmark"]),
        recognition=np.where(known, "recognised", "self_reported"),
        investor_kind=_choose(assumed["investor_kind"], count, stream(seed, "investor_kind")),
        source_region=_choose(assumed["source_region"], count, stream(seed, "source_region")),
        credit_share=np.nan,
    )
    return _add_directions(frame, plan, seed, share["direction_spread"])


def _choose(options: Sequence[Mapping[str, Any]], count: int, drawing: Any) -> Any:
    weights = np.array([option["share"] for option in options], dtype=float)
    return drawing.choice([o["zh"] for o in options], count, p=weights / weights.sum())


def _choose_landmarks(drawn: pd.DataFrame, plan: Plan, seed: int) -> pd.Series:
    """Return for each project one of its industry's landmarks."""
    named = (
        {str(i): rows["landmark_id"].tolist() for i, rows in plan.landmarks.groupby("industry")}
        if len(plan.landmarks)
        else {}
    )
    lots = stream(seed, "which landmark").random(len(drawn))
    chosen = [
        names[int(lot * len(names))] if (names := named.get(industry)) else None
        for industry, lot in zip(drawn["industry"], lots, strict=True)
    ]
    return pd.Series(chosen, index=drawn.index, dtype=object)


def _add_directions(frame: pd.DataFrame, plan: Plan, seed: int, spread: float) -> pd.DataFrame:
    """Give each project a direction of its industry, and a name that says that it is invented."""
    chosen = pd.Series([None] * len(frame), index=frame.index, dtype=object)
    topics = pd.Series([""] * len(frame), index=frame.index, dtype=object)
    rows = plan.directions
    if len(rows):
        rows = rows[~rows["direction_id"].isin(rows["sub_of"])]
        for industry, own in rows.groupby("industry", sort=False):
            mine = frame["industry"] == industry
            weights = spread ** np.arange(len(own))
            drawing = stream(seed, f"direction {industry}")
            at = drawing.choice(len(own), int(mine.sum()), p=weights / weights.sum())
            chosen[mine] = own["direction_id"].to_numpy()[at]
            first = own["topics"].str.split(";").str[0].to_numpy()
            topics[mine] = first[at]
    names = [
        f"演示企业{number[-5:]}{topic}项目（虚构）"
        for number, topic in zip(frame["project_id"], topics, strict=True)
    ]
    return frame.assign(direction=chosen, name=names)


def _share_credit(
    known: pd.DataFrame, plan: Plan, seed: int, assumed: Mapping[str, Any]
) -> pd.DataFrame:
    """Split the credit of some projects: 60 % stay, a second row has 40 % for another area."""
    areas = leaves_of(plan, "area")
    lots = stream(seed, "shared").random((len(known), 2))
    shared = (lots[:, 0] < assumed["attributes"]["shared_credit"]) & (len(areas) > 1)
    # A platform lies in one of the two areas, and the rows of one project are alike.
    platform = known["platform"].where(~shared)
    first = known.assign(credit_share=np.where(shared, 0.6, np.nan), platform=platform, order=0)
    second = first[shared].assign(credit_share=0.4, order=1)
    others = [[a for a in areas if a != area] for area in second["area"]]
    at = (lots[shared, 1] * (len(areas) - 1)).astype(int)
    second["area"] = [rest[i] for rest, i in zip(others, at, strict=True)]
    return pd.concat([first, second]).sort_values(["project_id", "order"], kind="stable")
