"""Cards: one industry with all that a quarter knows of it, and why it does not know the rest."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import pandas as pd

from h1224lib.composition.investors import list_empty, match_investors
from h1224lib.findings import Finding, Label
from h1224lib.indicators import judge_indicators
from h1224lib.labels import name_code
from h1224lib.landmark_status import STATUSES, latest_status
from h1224lib.ledger.count import FLAGS
from h1224lib.plan.model import Plan
from h1224lib.progress.state import State
from h1224lib.progress.telling import sum_up
from h1224lib.provenance import list_marks
from h1224lib.synthetic import DATA_KIND
from h1224lib.verdicts import tell_target


@dataclass(frozen=True, eq=False)
class Card:
    """What is known of one industry.

    Attributes
    ----------
    industry : str
        Its code.
    counts : DataFrame
        One row a project type and the whole, of the measure that the plan is about, as
        `State.table` has them.
    besides : DataFrame
        Rows of `State.table` for headquarters, above-scale enterprises and other counts of the
        industry.
    indicators : DataFrame
        Its levels, stocks and rates, as `Indicators.table` has them.
    landmarks : DataFrame
        Its landmarks: landmark, zh, en, horizon, minimum, unit, status, date, value, evidence;
        status is <NA> where nothing is recorded.
    directions : DataFrame
        Its directions without a project: industry, direction, sub_of, direction_zh, direction_en.
    findings : list of Finding
        The industry's progress first, then each part, or why there is none.
    """

    industry: str
    counts: pd.DataFrame
    besides: pd.DataFrame
    indicators: pd.DataFrame
    landmarks: pd.DataFrame
    directions: pd.DataFrame
    findings: list[Finding]


def describe_industry(state: State, code: str, landmarks: pd.DataFrame | None = None) -> Card:
    """Describe one industry on the day of a state.

    Parameters
    ----------
    state : State
        Its plan, table, results and ledgers.
    code : str
        The industry.
    landmarks : DataFrame, optional
        As `read_landmark_status` returns it; without it, the status of landmarks is not known.

    Returns
    -------
    Card
        Its tables and findings; each part that has nothing says why.

    Raises
    ------
    UnknownNameError
        The plan has no such industry.

    Examples
    --------
    >>> from h1224lib import load_plan, measure_progress, read_ledger
    >>> from h1224lib.resources import data_folder
    >>> plan = load_plan()
    >>> ledger = read_ledger(data_folder() / "demo" / "synthetic-ledger.xlsx", plan)
    >>> card = describe_industry(measure_progress(plan, ledger, "2024-06-30"), "commerce")
    >>> card.counts["project_type"].tolist(), len(card.landmarks) > 0
    (['all', 'fixed_asset', 'revenue'], True)
    """
    plan = state.plan
    plan.label("industry", code, "en")  # refuses an industry that there is not
    table = state.table[(state.table["industry"] == code) & (state.table["area"] == "all")]
    counts = table[table["measure"] == state.measure].reset_index(drop=True)
    besides = table[table["measure"] != state.measure].reset_index(drop=True)
    before = state.actuals[state.actuals["last_day"] <= state.as_of]
    judged = judge_indicators(plan, before).table
    judged = judged[judged["industry"] == code].reset_index(drop=True)
    named = _list_landmarks(plan, landmarks, state, code)
    empty, told = _find_empty(state, code)
    findings = [
        _tell_counts(state, code, counts),
        *_tell_besides(state, code, besides),
        *_tell_indicators(plan, code, judged),
        _tell_landmarks(plan, code, named, landmarks is None),
        told,
    ]
    marks = list_marks(state.table)
    parts = [part.assign(**marks) for part in (counts, besides, named, empty)]
    judged = _mark_results(judged, marks.get(DATA_KIND))
    return Card(code, parts[0], parts[1], judged, parts[2], parts[3], findings)


def _mark_results(judged: pd.DataFrame, kind: Any) -> pd.DataFrame:
    """Mark the indicators that have a result: the targets of all are the plan's own."""
    known = judged["actual"].notna()
    if kind is None or not known.any():
        return judged
    return judged.assign(**{DATA_KIND: pd.Series(kind, index=judged.index).where(known, pd.NA)})


def _list_landmarks(
    plan: Plan, status: pd.DataFrame | None, state: State, code: str
) -> pd.DataFrame:
    columns = ["landmark", "zh", "en", "horizon", "minimum", "unit"]
    if plan.landmarks.empty:
        return pd.DataFrame(columns=[*columns, "status", "date", "value", "evidence"])
    listed = plan.landmarks.rename(columns={"landmark_id": "landmark"})
    listed = listed.loc[listed["industry"] == code, columns]
    none = pd.DataFrame(columns=["landmark", "status", "date", "value", "evidence"])
    known = none if status is None else latest_status(status, plan, state.as_of)[none.columns]
    return listed.merge(known, on="landmark", how="left").reset_index(drop=True)


def _find_empty(state: State, code: str) -> tuple[pd.DataFrame, Finding]:
    """Return the directions without a project, and the statement about them."""
    plan = state.plan
    label = name_code(plan, "industry", code)
    columns = ["industry", "direction", "sub_of", "direction_zh", "direction_en"]
    none = pd.DataFrame(columns=columns)
    listed = plan.directions
    if listed.empty or not (listed["industry"] == code).any():
        return none, Finding("card_no_directions", "note", {"industry": label})
    if not state.counts:
        return none, Finding("card_directions_no_ledger", "note", {"industry": label})
    tables = [match_investors(count).table for count in state.counts]
    own = pd.concat(tables, ignore_index=True)
    own = own[own["industry"] == code]
    empty = list_empty(own)
    unnamed = float(own.loc[own["direction"] == "", "projects"].sum())
    numbers = {
        "industry": label,
        "directions": own.loc[own["direction"] != "", "direction"].nunique(),
        "empty": len(empty),
        "names": [
            Label(*pair) for pair in zip(empty["direction_zh"], empty["direction_en"], strict=True)
        ],
        "unnamed": unnamed,
    }
    return empty, Finding(
        "card_directions_empty" if len(empty) else "card_directions_all", "note", numbers
    )


def _tell_counts(state: State, code: str, counts: pd.DataFrame) -> Finding:
    """State the industry's progress as that of the whole is stated."""
    whole = counts[counts["project_type"] == "all"]
    if whole.empty:
        return Finding(
            "card_no_target", "note", {"industry": name_code(state.plan, "industry", code)}
        )
    return _sum_up(state, code)


def _sum_up(state: State, code: str) -> Finding:
    """State how far an industry is, with the sentences that `sum_up` has for the whole."""
    own = state.table[(state.table["industry"] == code) & (state.table["measure"] == state.measure)]
    lifted = dataclasses.replace(state, table=own.assign(industry="all"))
    told = sum_up(lifted)
    named = {**told.numbers, "where": name_code(state.plan, "industry", code)}
    return dataclasses.replace(told, numbers=named)


def _tell_besides(state: State, code: str, rows: pd.DataFrame) -> list[Finding]:
    """State headquarters, above-scale enterprises and other counts, or that none are asked for."""
    plan = state.plan
    label = name_code(plan, "industry", code)
    told = []
    for measure in dict.fromkeys(rows["measure"]):
        row = _find_whole(rows[rows["measure"] == measure])
        numbers: dict[str, Any] = {
            "industry": label,
            "measure": name_code(plan, "measure", str(measure)),
            "unit": Label(plan.unit(str(measure), "zh"), plan.unit(str(measure), "en")),
            "actual": None if pd.isna(row["actual"]) else float(row["actual"]),
            "target": None if pd.isna(row["target"]) else float(row["target"]),
            "completion": None if pd.isna(row["completion"]) else float(row["completion"]),
            "why": str(row["why"]),
        }
        told.append(Finding("card_count", "note", numbers))
    asked = set(rows["measure"])
    counted = plan.measures.get("counts", pd.Series(dtype=str))
    wanted = [m for m in plan.measures.index if m in FLAGS or counted.get(m) == "above_scale"]
    lacking = [name_code(plan, "measure", str(m)) for m in wanted if m not in asked]
    if lacking:
        told.append(Finding("card_not_asked", "note", {"industry": label, "measures": lacking}))
    return told


def _find_whole(rows: pd.DataFrame) -> pd.Series:
    """Return the row of all types, or the first where the plan asks for one type alone."""
    whole = rows[rows["project_type"] == "all"]
    return (whole if len(whole) else rows).iloc[0]


def _tell_indicators(plan: Plan, code: str, table: pd.DataFrame) -> list[Finding]:
    label = name_code(plan, "industry", code)
    if table.empty:
        return [Finding("card_no_indicators", "note", {"industry": label})]
    judged = table[table["actual"].notna()]
    told = [tell_target(plan, row) for row in judged.to_dict("records")]
    rest = table[table["actual"].isna()]
    if len(rest):
        numbers = {
            "industry": label,
            "measures": [name_code(plan, "measure", m) for m in dict.fromkeys(rest["measure"])],
            "targets": len(rest),
        }
        told.append(Finding("card_indicators_unknown", "note", numbers))
    return told


def _tell_landmarks(plan: Plan, code: str, rows: pd.DataFrame, unread: bool) -> Finding:
    label = name_code(plan, "industry", code)
    if rows.empty:
        return Finding("card_no_landmarks", "note", {"industry": label})
    numbers = {"industry": label, "listed": len(rows)}
    if unread:
        return Finding("card_landmarks_no_status", "note", numbers)
    numbers |= {name: int((rows["status"] == name).sum()) for name in STATUSES}
    numbers["unknown"] = int(rows["status"].isna().sum())
    return Finding("card_landmarks", "note", numbers)
