"""Numbers printed for several cells together: worked on paper, then for random plans."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from building import AREAS, INDUSTRIES, TYPES, tables_that_add_up, write_plan
from hypothesis import given, settings
from hypothesis import strategies as st

from h1224lib import load_plan
from h1224lib.phasing import phase_targets
from h1224lib.phasing.inner import _follow

YUNZE = Path(__file__).parent / "plans" / "yunze-2026"
DIMENSIONS = ["area", "industry", "project_type"]
LEAVES = list(itertools.product(AREAS, INDUSTRIES, TYPES))
HORIZONS = {
    "2023-2025": ("2023-01-01", "2025-12-31"),
    "2023": ("2023-01-01", "2023-12-31"),
    "2024": ("2024-01-01", "2024-12-31"),
    "2024H1": ("2024-01-01", "2024-06-30"),
    "2024Q1": ("2024-01-01", "2024-03-31"),
    "2024-05": ("2024-05-01", "2024-05-31"),
}
# The quarters that each horizon is made of; a month is none.
QUARTERS = {
    "2023-2025": range(12),
    "2023": range(4),
    "2024": range(4, 8),
    "2024H1": range(4, 6),
    "2024Q1": range(4, 5),
}


def build(folder, printed):
    """Write a plan of (area, industry, type, horizon) -> number, or "-", or ">=number"."""
    tables = tables_that_add_up(dict.fromkeys(LEAVES, (0, 0)))
    used = {key[-1] for key in printed}
    tables["horizons"] = [
        {"code": code, "zh": code, "en": code, "first_day": first, "last_day": last}
        for code, (first, last) in HORIZONS.items()
        if code in used
    ]
    model = tables["figures"][0]
    tables["figures"] = [
        model
        | dict(zip([*DIMENSIONS, "horizon"], key, strict=True))
        | {"figure_id": ".".join(key), "relation": ">=" if str(value)[0] == ">" else "="}
        | {"value": str(value).strip("-<>="), "printed": str(value)}
        for key, value in printed.items()
    ]
    return load_plan(write_plan(folder, tables))


def reach(result, key, horizon):
    """Return what a cell or sum has in a horizon."""
    rows = result.complete()
    rows = rows[(rows[DIMENSIONS] == list(key)).all(axis=1)].set_index("period")["value"]
    names = [f"{year}Q{quarter}" for year in (2023, 2024, 2025) for quarter in (1, 2, 3, 4)]
    return rows.reindex(names).iloc[list(QUARTERS[horizon])].sum()


def differing(result):
    """Return the figures that the result itself says it does not meet."""
    told = [f for f in result.findings if f.kind == "phasing_total_differs"]
    return {figure for finding in told for figure in finding.places}


def heavy(area, industry="all", horizon="2023-2025"):
    return (area, industry, "heavy" if industry != "all" else "all", horizon)


# Four cells of twelve over three years: four a year where nothing else is printed.
FOUR = {heavy(a, i): 12 for a in ("east", "west") for i in INDUSTRIES}


def exact(result, period, table="table"):
    rows = getattr(result, table)
    rows = rows[rows["period"] == period].set_index(DIMENSIONS)["unrounded"]
    return {key: float(value) for key, value in rows.items()}


# -- worked on paper ---------------------------------------------------------------------------


@pytest.mark.parametrize("profile", ["even", "half_by_midyear", "0/40/30/30"])
@pytest.mark.parametrize("phase", ["quarter", "month"])
def test_a_printed_quarter_of_the_city_is_met(profile, phase):
    # Four districts print 4000 for the first quarter, the city 4500; the fifth makes up 500.
    result = phase_targets(load_plan(YUNZE), profile=profile, phase=phase, measures=["investment"])
    city = result.sums[(result.sums[DIMENSIONS] == "all").all(axis=1)]
    reached = city["cumulative"].tolist()
    assert reached[-1] == 19000
    assert reached[0 if phase == "quarter" else 2] == 4500
    assert reached[1 if phase == "quarter" else 5] == 9900
    wu = result.table[result.table["area"] == "wu"]
    assert set(wu["figure_id"].iloc[:1]) == {"annex1.investment.all.2026Q1"}
    # The fourth quarter's 4300 and 2400 are more than the districts print, and told.
    assert differing(result) == {
        "annex1.investment.all.2026Q4",
        "annex1.investment.north.2026Q4",
    }


def test_two_margins_at_once(tmp_path):
    wanted = {heavy("east"): 10, heavy("west"): 6}
    wanted |= {("all", "trade", "all", "2023"): 12, ("all", "tours", "all", "2023"): 4}
    wanted = {(*key[:-1], "2023"): value for key, value in wanted.items()}
    result = phase_targets(build(tmp_path / "p", FOUR | wanted))
    # From equal cells, row times column over the whole: 10 x 12 / 16 and so on.
    assert exact(result, "2023Q4") == {
        ("east", "trade", "heavy"): 7.5,
        ("east", "tours", "heavy"): 2.5,
        ("west", "trade", "heavy"): 4.5,
        ("west", "tours", "heavy"): 1.5,
    }
    for *key, horizon in wanted:
        assert reach(result, tuple(key), horizon) == wanted[*key, horizon]
    assert not differing(result) and result.violations.empty


def test_a_cell_that_prints_the_year_keeps_it(tmp_path):
    sizes = {heavy("east", "trade"): 12, heavy("east", "tours"): 36}
    own = {("east", "trade", "light", "2023-2025"): 30, ("east", "trade", "light", "2023"): 2}
    plan = build(tmp_path / "p", sizes | own | {("east", "all", "all", "2023"): 10})
    # 10 - 2 = 8 in the proportion 4 : 12.
    assert exact(phase_targets(plan), "2023Q4") == {
        ("east", "trade", "heavy"): 2,
        ("east", "tours", "heavy"): 6,
        ("east", "trade", "light"): 2,
    }


def test_a_dash_takes_no_share(tmp_path):
    own = {heavy("east", "trade", "2023"): "-"}
    plan = build(tmp_path / "p", FOUR | own | {("east", "all", "all", "2023"): 5})
    result = phase_targets(plan)
    first = result.table[result.table["period"] == "2023Q4"].set_index(DIMENSIONS)["cumulative"]
    assert pd.isna(first["east", "trade", "heavy"]) and first["east", "tours", "heavy"] == 5


@pytest.mark.parametrize("policy", ["even", "front_loaded"])
def test_a_year_in_the_middle_is_met_exactly(tmp_path, policy):
    # Thirds of cells: that the sum rises by just that much does not come of itself.
    cells = {
        heavy(a, i): size
        for (a, i), size in zip(
            itertools.product(AREAS, INDUSTRIES), (1, 2, 4, 5, 7, 11), strict=True
        )
    }
    wanted = {("east", "all", "all", "2024"): 2, ("all", "all", "all", "2024"): 13}
    wanted |= {("all", "tours", "all", "2024Q1"): 3}
    result = phase_targets(build(tmp_path / "p", cells | wanted), policy)
    for *key, horizon in wanted:
        assert reach(result, tuple(key), horizon) == wanted[*key, horizon]
    assert not differing(result)


def test_horizons_within_one_another_are_met_together(tmp_path):
    wanted = {("all", "all", "all", "2024"): 20, ("all", "all", "all", "2024H1"): 14}
    wanted |= {("east", "all", "all", "2024H1"): 3, ("all", "trade", "all", "2024Q1"): 5}
    result = phase_targets(build(tmp_path / "p", FOUR | wanted))
    for *key, horizon in wanted:
        assert reach(result, tuple(key), horizon) == wanted[*key, horizon]


def test_a_month_printed_for_an_area_is_met_by_month(tmp_path):
    plan = build(tmp_path / "p", FOUR | {("east", "all", "all", "2024-05"): 3})
    result = phase_targets(plan, phase="month")
    east = result.sums[(result.sums["area"] == "east") & (result.sums["industry"] == "all")]
    assert east.set_index("period")["value"]["2024-05"].unique().tolist() == [3]
    quarters = phase_targets(plan).sums
    east = quarters[(quarters["area"] == "east") & (quarters["industry"] == "all")]
    assert (east.set_index("period")["value"]["2024Q2"] >= 3).all()


def test_or_more_is_a_floor(tmp_path):
    # The paths give 16 in 2023.
    for printed, met in (("18", 18), ("9", 16)):
        folder = tmp_path / printed
        plan = build(
            folder,
            FOUR
            | {
                ("all", "all", "all", "2023"): f">={printed}",
                ("east", "all", "all", "2023"): 8,
                ("east", "trade", "heavy", "2023"): 4,
                ("east", "tours", "heavy", "2023"): 4,
            },
        )
        result = phase_targets(plan)
        assert reach(result, ("all", "all", "all"), "2023") == met and not differing(result)


# -- what cannot be met ------------------------------------------------------------------------


def test_areas_that_disagree_with_the_city_give_up_the_city(tmp_path):
    wanted = {("east", "all", "all", "2023"): 10, ("west", "all", "all", "2023"): 6}
    city = {("all", "all", "all", "2023"): 18}
    result = phase_targets(build(tmp_path / "p", FOUR | wanted | city))
    assert differing(result) == {"all.all.all.2023"}
    for *key, horizon in wanted:
        assert reach(result, tuple(key), horizon) == wanted[*key, horizon]


def test_the_one_that_two_others_contradict_is_given_up(tmp_path):
    # Areas make 16, industries make 16 but for one digit: 12 + 5. One of four gives way.
    wanted = {("east", "all", "all", "2023"): 10, ("west", "all", "all", "2023"): 6}
    wanted |= {("all", "trade", "all", "2023"): 12, ("all", "tours", "all", "2023"): 5}
    result = phase_targets(build(tmp_path / "p", FOUR | wanted))
    assert len(differing(result)) == 1
    # With the city's 16 printed too, only the industries can be wrong.
    wanted |= {("all", "all", "all", "2023"): 16}
    result = phase_targets(build(tmp_path / "q", FOUR | wanted))
    [given_up] = differing(result)
    assert given_up in {"all.trade.all.2023", "all.tours.all.2023"}


def test_what_the_longer_horizon_leaves_no_room_for_is_given_up_alone(tmp_path):
    # East has 24 in all: 25 in one year cannot be; west's and the city's 12 and 20 can.
    wanted = {("east", "all", "all", "2023"): 25, ("west", "all", "all", "2023"): 12}
    wanted |= {("all", "all", "all", "2023"): 20}
    result = phase_targets(build(tmp_path / "p", FOUR | wanted))
    assert differing(result) == {"east.all.all.2023"}
    assert reach(result, ("east", "all", "all"), "2023") == 8


def test_pairs_that_no_whole_numbers_meet_are_told(tmp_path):
    # Two by two by two, a third of every cell: the pairs' ones ask for a half of each.
    cells = list(itertools.product(("east", "west"), INDUSTRIES, TYPES))
    printed = {(*cell, "2023-2025"): 1 for cell in cells}
    one = {("east", "trade", "all"): 1, ("east", "tours", "all"): 1, ("west", "trade", "all"): 1}
    one |= {("west", "tours", "all"): 1, ("east", "all", "heavy"): 1, ("east", "all", "light"): 1}
    one |= {("west", "all", "heavy"): 1, ("west", "all", "light"): 1}
    one |= {("all", "trade", "heavy"): 1, ("all", "trade", "light"): 1}
    one |= {("all", "tours", "heavy"): 1, ("all", "tours", "light"): 1}
    printed |= {(*pair, "2024"): value for pair, value in one.items()}
    result = phase_targets(build(tmp_path / "p", printed))
    missed = {pair for pair, value in one.items() if reach(result, pair, "2024") != value}
    assert differing(result) == {".".join((*pair, "2024")) for pair in missed}
    assert result.table["value"].min() >= 0


# -- parts "of which" --------------------------------------------------------------------------


def follow(nearest, whole, settled):
    return _follow(np.array(nearest), np.array(whole), settled).tolist()


def test_a_part_rises_by_no_more_than_its_whole():
    # The whole stands still in the second period: the part, due 2, waits at 1.
    assert follow([1, 2, 3], [1, 1, 4], []) == [1, 1, 3]
    # What is printed by the end is reached by going ahead where the whole does.
    assert follow([0, 0, 3], [2, 3, 4], [2]) == [1, 2, 3]
    # No way leads to 3 with rises of 1, 0, 1: only what is reached is bounded.
    assert follow([0, 1, 3], [1, 1, 2], [2]) == [0, 1, 2]


def test_future_city_never_rises_faster_than_its_whole():
    for profile, phase in itertools.product(["even", "15/25/30/30"], ["quarter", "month"]):
        result = phase_targets(
            load_plan("huzhou-1224"), profile=profile, phase=phase, measures=["projects"]
        )
        part = result.parts.set_index("period")["value"]
        rows = result.sums[result.sums["area"] == "nantaihu"]
        whole = rows[(rows[DIMENSIONS[1:]] == "all").all(axis=1)].set_index("period")["value"]
        assert len(part) and (part <= whole.loc[part.index]).all()


# -- for random plans --------------------------------------------------------------------------

SUMS = [
    key
    for key in itertools.product(("all", *AREAS), ("all", *INDUSTRIES), ("all", *TYPES))
    if "all" in key
]
INNER = ["2023", "2024", "2024H1", "2024Q1"]


@st.composite
def plans(draw):
    """Draw what each cell has in each quarter, then which cells and sums are printed."""
    chosen = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    cells = [LEAVES[at] for at in sorted(chosen.permutation(12)[: draw(st.integers(2, 12))])]
    amounts = {cell: chosen.integers(0, draw(st.integers(2, 6)), 12) for cell in cells}
    printed = {(*cell, "2023-2025"): int(own.sum()) for cell, own in amounts.items()}
    share = draw(st.sampled_from([0.05, 0.2, 0.5]))
    for key, horizon in itertools.product([*cells, *SUMS], INNER):
        below = [c for c in cells if all(k in ("all", i) for k, i in zip(key, c, strict=True))]
        if below and chosen.random() < (share if "all" in key else share / 2):
            own = sum(amounts[cell] for cell in below)
            printed[*key, horizon] = int(own[list(QUARTERS[horizon])].sum())
    return printed


@settings(max_examples=15, deadline=None)
@given(plans(), st.sampled_from(["even", "front_loaded"]), st.sampled_from(["even", "half"]))
def test_every_printed_sum_is_met_or_told(printed, policy, profile):
    with tempfile.TemporaryDirectory() as folder:
        plan = build(Path(folder) / "p", printed)
        result = phase_targets(plan, policy, profile)
    missed = {
        ".".join(key)
        for key, value in printed.items()
        if reach(result, tuple(key[:-1]), key[-1]) != value
    }
    assert missed == differing(result)
    assert not missed, "whole numbers exist, and were not found"
    moved = (result.table["cumulative"] - result.table["unrounded"]).abs().astype(float)
    assert moved.max() < 1 and result.table["value"].min() >= 0
