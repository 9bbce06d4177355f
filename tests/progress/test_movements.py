"""Movements: each reason on paper, then the identity of cells on any two ledgers."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from written_ledgers import read_rows, row

from h1224lib import load_plan, measure_progress, read_ledger
from h1224lib.errors import ComparisonError
from h1224lib.ledger.count import count_ledger
from h1224lib.ledger.simulate import simulate_ledger
from h1224lib.progress.movements import REASONS, compare_ledgers
from h1224lib.resources import data_folder
from h1224lib.wording import has

NOW, BEFORE = "2024-06-30", "2024-03-31"


@pytest.fixture(scope="module")
def plan():
    return load_plan("huzhou-1224")


@pytest.fixture
def compare(tmp_path, plan):
    def comparer(now, before, rule_now=None, rule_before=None):
        said = {"台账日期": NOW, "截至日期": NOW, **(rule_now or {})}
        then = {"台账日期": BEFORE, "截至日期": BEFORE, **(rule_before or {})}
        ledgers = [
            read_rows(tmp_path / "本期.xlsx", plan, now, **said),
            read_rows(tmp_path / "上期.xlsx", plan, before, **then),
        ]
        return compare_ledgers(*map(count_ledger, ledgers))

    return comparer


def in_cell(moved, measure="projects", **codes):
    table = moved.table[moved.table["measure"] == measure]
    for dimension in ("area", "industry", "project_type"):
        table = table[table[dimension] == codes.get(dimension, "all")]
    assert len(table) == 1
    return table.iloc[0][["before", "entered", "left", "corrected", "now"]].tolist()


def reasons(moved, measure="projects"):
    rows = moved.rows[moved.rows["measure"] == measure]
    return [tuple(r) for r in rows[["project_id", "reason", "value"]].to_numpy().tolist()]


KEPT = row("A0")
LATE = {"签约日期": "2024-05-06"}
CASES = {
    # now, before, rule now, rule before -> reason, signed value
    "new": ([KEPT, row("A1", **LATE)], [KEPT], {}, {}, "entered", 1),
    "signed since": (
        [KEPT, row("A1", 签约日期="2024-01-10", 落地日期="2024-05-06", 类别="固投类")],
        [KEPT, row("A1", 签约日期="2024-01-10", 类别="固投类")],
        {"计数阶段（固投类）": "落地"},
        {"计数阶段（固投类）": "落地"},
        "entered",
        1,
    ),
    "backdated": ([KEPT, row("A1")], [KEPT], {}, {}, "backdated", 1),
    "put in later": (
        [KEPT, row("A1", 类别="固投类", 落地日期="2024-02-02")],
        [KEPT, row("A1", 类别="固投类")],
        {"计数阶段（固投类）": "落地"},
        {"计数阶段（固投类）": "落地"},
        "backdated",
        1,
    ),
    "mended": ([KEPT, row("A1")], [KEPT, row("A1", 区县="某某县")], {}, {}, "mended", 1),
    "refused and new": (
        [KEPT, row("A1", **LATE)],
        [KEPT, row("A1", 区县="某某县")],
        {},
        {},
        "entered",
        1,
    ),
    "recognised": (
        [KEPT, row("A1")],
        [KEPT, row("A1", 认定状态="自报")],
        {"只计核定项目": "是"},
        {"只计核定项目": "是"},
        "recognised",
        1,
    ),
    "reinstated": (
        [KEPT, row("A1")],
        [KEPT, row("A1", 退出日期="2024-02-20")],
        {},
        {},
        "reinstated",
        1,
    ),
    "into the plan": (
        [KEPT, row("A1")],
        [KEPT, row("A1", 签约日期="2022-12-30")],
        {},
        {},
        "redated",
        1,
    ),
    "withdrawn": (
        [KEPT, row("A1", 退出日期="2024-05-20")],
        [KEPT, row("A1")],
        {},
        {},
        "withdrawn",
        -1,
    ),
    "gone": ([KEPT], [KEPT, row("A1")], {}, {}, "gone", -1),
    "refused": ([KEPT, row("A1", 区县="某某县")], [KEPT, row("A1")], {}, {}, "refused", -1),
    "unrecognised": (
        [KEPT, row("A1", 认定状态="自报")],
        [KEPT, row("A1")],
        {"只计核定项目": "是"},
        {"只计核定项目": "是"},
        "unrecognised",
        -1,
    ),
    "taken back": (
        [KEPT, row("A1", 类别="固投类")],
        [KEPT, row("A1", 类别="固投类", 落地日期="2024-02-02")],
        {"计数阶段（固投类）": "落地"},
        {"计数阶段（固投类）": "落地"},
        "taken_back",
        -1,
    ),
    "out of the plan": (
        [KEPT, row("A1", 签约日期="2022-12-30")],
        [KEPT, row("A1")],
        {},
        {},
        "redated",
        -1,
    ),
    "rule drops": (
        [KEPT, row("A1", 类别="固投类")],
        [KEPT, row("A1", 类别="固投类")],
        {"计数阶段（固投类）": "落地"},
        {},
        "rule",
        -1,
    ),
    "rule adds": (
        [KEPT, row("A1", 退出日期="2024-02-20")],
        [KEPT, row("A1", 退出日期="2024-02-20")],
        {"退出项目是否计数": "是"},
        {},
        "rule",
        1,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_reason_by_hand(compare, case):
    now, before, rule_now, rule_before, reason, value = CASES[case]
    moved = compare(now, before, rule_now, rule_before)
    assert reasons(moved) == [("A1", reason, value)]
    movement = REASONS[reason]
    signed = {"entered": (value, 0, 0), "left": (0, -value, 0), "corrected": (0, 0, value)}
    was = 1 if value > 0 else 2
    assert in_cell(moved) == [was, *signed[movement], was + value]
    assert in_cell(moved, area="deqing", industry="software")[4] == was + value
    assert moved.findings[0].numbers["reasons"]


def test_every_reason_has_a_case_and_words():
    tried = {case[4] for case in CASES.values()} | {"moved", "reflagged"}
    assert tried == set(REASONS)
    assert all(has(f"movement_reason.{reason}") for reason in REASONS)


def test_a_move_leaves_the_city_as_it_was(compare):
    moved = compare([KEPT, row("A1", 区县="安吉县")], [KEPT, row("A1")])
    assert reasons(moved) == [("A1", "moved", 1), ("A1", "moved", -1)]
    assert in_cell(moved) == [2, 0, 0, 0, 2]
    assert in_cell(moved, area="deqing") == [2, 0, 0, -1, 1]
    assert in_cell(moved, area="anji") == [0, 0, 0, 1, 1]


def test_a_move_into_the_platform_stays_within_its_area(compare):
    there = {"区县": "南太湖新区"}
    moved = compare([row("A1", 平台="未来城", **there)], [row("A1", **there)])
    assert in_cell(moved, area="nantaihu") == [1, 0, 0, 0, 1]
    assert in_cell(moved, area="futurecity") == [0, 0, 0, 1, 1]


def test_another_share_moves_part_of_a_project(compare):
    def halves(first, second):
        return [row("A1", 分成比例=first), row("A1", 区县="安吉县", 分成比例=second)]

    moved = compare(halves(0.6, 0.4), halves("1/3", "66.6666666667%"))
    assert in_cell(moved) == [1, 0, 0, 0, 1]
    table = moved.table.query("area == 'deqing' and measure == 'projects'").iloc[0]
    parts = [
        Fraction(float(table[n])).limit_denominator(99) for n in ("before", "corrected", "now")
    ]
    assert parts == [Fraction(1, 3), Fraction(4, 15), Fraction(3, 5)]
    rows = moved.rows.set_index("area")[["row", "row_before"]]
    assert rows.to_dict("index") == {
        "anji": {"row": 3, "row_before": 3},
        "deqing": {"row": 2, "row_before": 2},
    }


def test_a_flag_moves_headquarters_alone(compare):
    of_hq = {"行业": "商贸"}
    moved = compare([row("A1", 总部="是", **of_hq)], [row("A1", 总部="否", **of_hq)])
    assert reasons(moved) == []
    assert reasons(moved, "headquarters") == [("A1", "reflagged", 1)]
    assert in_cell(moved, "headquarters") == [0, 0, 0, 1, 1]
    assert moved.findings[0].kind == "movements_none"


def test_places_in_both_ledgers(compare):
    moved = compare([row("A1", **LATE), KEPT], [KEPT, row("A2")])
    rows = moved.rows.set_index("project_id")
    assert rows.loc["A1", ["sheet", "row"]].tolist() == ["Sheet", 2]
    assert rows.loc["A1", ["row_before"]].isna().all()
    assert rows.loc["A2", ["sheet_before", "row_before"]].tolist() == ["Sheet", 3]
    assert rows.loc["A2", ["row"]].isna().all()


def test_the_ledger_before_must_be_before(compare):
    with pytest.raises(ComparisonError) as caught:
        compare([KEPT], [KEPT], {"截至日期": "2024-02-29"})
    assert "2024-03-31" in str(caught.value)


def test_days_before_the_horizon_are_in_neither(tmp_path, plan):
    said = {"台账日期": NOW, "截至日期": NOW}
    count = count_ledger(read_rows(tmp_path / "a.xlsx", plan, [KEPT], **said))
    moved = compare_ledgers(count, count, since=dt.date(2024, 2, 1))
    assert in_cell(moved) == [0, 0, 0, 0, 0]


def test_the_demonstration_in_every_cell(plan):
    folder = data_folder() / "demo"
    now, before = (
        read_ledger(folder / name, plan)
        for name in ("synthetic-ledger.xlsx", "synthetic-ledger-2024Q1.xlsx")
    )
    state = measure_progress(plan, now, NOW, previous=before)
    then = measure_progress(plan, before, BEFORE)
    keys = ["measure", "area", "industry", "project_type"]
    both = state.table.merge(then.table[[*keys, "actual"]], on=keys, suffixes=("", "_then"))
    known = both[both["actual"].notna() & both["actual_then"].notna()]
    assert len(known) > 150
    made = known["actual_then"] + known["entered"] - known["left"] + known["corrected"]
    assert np.allclose(made.astype(float), known["actual"].astype(float), rtol=0, atol=1e-9)
    assert (state.table["entered"].dropna() >= 0).all()
    moved = compare_ledgers(state.counts[0], count_ledger(before))
    assert {"entered", "withdrawn"} <= set(moved.rows["reason"])
    assert set(moved.rows["data_kind"]) == set(moved.table["data_kind"]) == {"synthetic"}


EDITS = (
    "drop",
    "area",
    "industry",
    "signed",
    "withdraw",
    "recognition",
    "platform",
    "headquarters",
)


@settings(max_examples=6, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    edits=st.lists(st.tuples(st.sampled_from(EDITS), st.integers(0, 10_000)), max_size=12),
    recognised_only=st.tuples(st.booleans(), st.booleans()),
)
def test_the_identity_holds_on_any_two_ledgers(tmp_path_factory, seed, edits, recognised_only):
    plan = load_plan("huzhou-1224")
    folder = tmp_path_factory.mktemp("pair")
    frames = [simulate_ledger(plan, seed, day, scale=0.2) for day in (NOW, BEFORE)]
    frames[0] = edit(frames[0], edits)
    counts = []
    for number, frame in enumerate(frames):
        path = folder / f"{number}.csv"
        frame.rename(columns={"investment": "总投资（亿元）"}).to_csv(path, index=False)
        ledger = read_ledger(path, plan)
        rule = ledger.settings
        object.__setattr__(rule, "recognised_only", recognised_only[number])
        counts.append(count_ledger(ledger, (NOW, BEFORE)[number]))
    moved = compare_ledgers(*counts)
    for count, name in zip(counts, ("now", "before"), strict=True):
        keys = ["measure", "area", "industry", "project_type"]
        own = count.actuals.groupby(keys)["value"].sum()
        told = moved.table.set_index(keys)[name].reindex(own.index)
        assert np.allclose(told.astype(float), own.astype(float), rtol=0, atol=1e-9)
    table = moved.table
    steps = {
        n: in_steps(table[n], counts) for n in ("before", "entered", "left", "corrected", "now")
    }
    made = steps["before"] + steps["entered"] - steps["left"] + steps["corrected"]
    assert (made == steps["now"]).all()
    assert (steps["entered"] >= 0).all()
    assert (steps["left"] >= 0).all()
    assert (moved.rows["value"] != 0).all()
    assert set(moved.rows["reason"]) <= set(REASONS)


def in_steps(values, counts):
    whole = np.lcm.reduce([count.step.denominator for count in counts])
    scaled = values.astype(float) * whole
    assert np.allclose(scaled, scaled.round(), rtol=0, atol=1e-6)
    return scaled.round().astype(int)


def edit(frame, edits):
    """Change what an office changes: drop, move, date back, withdraw, take recognition back."""
    frame = frame.astype({"area": object, "industry": object, "platform": object})
    for kind, lot in edits:
        if frame.empty:
            return frame
        at = frame["project_id"] == frame["project_id"].iloc[lot % len(frame)]
        if kind == "drop":
            frame = frame[~at].reset_index(drop=True)
        elif kind in ("area", "industry") and at.sum() == 1:
            other = {"area": ("anji", "changhe"), "industry": ("software", "hr")}[kind]
            frame.loc[at, kind] = other[lot % 2]
            frame.loc[at, ["platform", "direction", "landmark"]] = None
        elif kind == "signed":
            frame.loc[at, "signed"] = pd.Timestamp(["2022-11-30", "2023-01-02"][lot % 2])
        elif kind == "withdraw":
            frame.loc[at, "withdrawn"] = pd.Timestamp("2024-06-29")
        elif kind == "recognition":
            frame.loc[at, "recognition"] = ["recognised", "self_reported"][lot % 2]
        elif kind == "headquarters":
            frame.loc[at, "headquarters"] = lot % 2 == 0
        elif kind == "platform" and (frame.loc[at, "area"] == "nantaihu").all():
            frame.loc[at, "platform"] = [None, "futurecity"][lot % 2]
    return frame
