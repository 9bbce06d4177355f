"""Horizons of every kind: in the middle, as months, of different fineness, with dashes."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from building import AREAS, INDUSTRIES, TYPES, tables_that_add_up, write_plan

from h1224lib import load_plan
from h1224lib.phasing import phase_targets

DIMENSIONS = ["area", "industry", "project_type"]
LEAVES = list(itertools.product(AREAS, INDUSTRIES, TYPES))
CELL = ("east", "trade", "heavy")


def years(first, last=None):
    return (f"{first}-01-01", f"{last or first}-12-31")


THREE = {"2023-2025": years(2023, 2025)}
QUARTER = {"2024Q3": ("2024-07-01", "2024-09-30")}
MAY = {"2024-05": ("2024-05-01", "2024-05-31")}


@pytest.fixture
def make(tmp_path):
    """Return a function: horizons (code -> days), printed (*cell, horizon, value) -> plan."""

    def build(horizons, printed, rows=slice(None)):
        tables = tables_that_add_up(dict.fromkeys(LEAVES, (0, 0)))
        tables["horizons"] = [
            {"code": code, "zh": code, "en": code, "first_day": first, "last_day": last}
            for code, (first, last) in horizons.items()
        ]
        model = tables["figures"][0]
        tables["figures"] = [
            model
            | dict(zip([*DIMENSIONS, "horizon"], key, strict=True))
            | {"figure_id": "f." + ".".join(key), "relation": "="}
            | {"value": "" if value is None else str(value)}
            | {"printed": "-" if value is None else str(value)}
            for *key, value in printed
        ]
        for name in ("areas", "industries"):
            tables[name] = [tables[name][0], *tables[name][1:][rows]]
        folder = tmp_path / f"p{len(list(tmp_path.iterdir()))}"
        return load_plan(write_plan(folder, tables))

    return build


def draw(horizon, part, seed):
    """Print a number for a part of a horizon, and no less for the whole, in every cell."""
    chosen = np.random.default_rng(seed)
    for cell in LEAVES:
        inner = int(chosen.integers(0, 5))
        yield (*cell, part, inner)
        yield (*cell, horizon, inner + int(chosen.integers(0, 9)))


def added(table, periods):
    rows = table[table["period"].str.startswith(periods)]
    return rows.groupby(DIMENSIONS)["value"].sum().to_dict()


# -- printed in the middle ---------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["even", "front_loaded", "growing"])
def test_a_year_printed_in_the_middle_is_met(make, policy):
    horizons = THREE | {"2024": years(2024)}
    plan = make(horizons, [(*CELL, "2023-2025", 8), (*CELL, "2024", 3)])
    assert added(phase_targets(plan, policy).table, "2024") == {CELL: 3}


@pytest.mark.parametrize("seed", range(4))
def test_middle_years_are_met_in_every_cell_and_sum(make, seed):
    printed = list(draw("2023-2025", "2024", seed))
    result = phase_targets(make(THREE | {"2024": years(2024)}, printed))
    wanted = {tuple(key): value for *key, horizon, value in printed if horizon == "2024"}
    assert added(result.table, "2024") == wanted
    whole = added(result.sums, "2024")["all", "all", "all"]
    assert whole == sum(wanted.values())


@pytest.mark.parametrize("seed", range(4))
def test_a_quarter_printed_in_the_middle_is_met_and_only_then_not_computed(make, seed):
    printed = list(draw("2024", "2024Q3", seed))
    result = phase_targets(make({"2024": years(2024)} | QUARTER, printed), profile="15/25/30/30")
    wanted = {tuple(key): value for *key, horizon, value in printed if horizon == "2024Q3"}
    assert added(result.table, "2024Q3") == wanted
    own = result.table[~result.table["computed"]]
    assert set(own["period"]) == {"2024Q3"} and len(own) == len(LEAVES)
    assert own["figure_id"].str.endswith("2024Q3").all()


def test_a_last_quarter_within_the_last_years(make):
    horizons = {"2024-2025": years(2024, 2025), "2024Q4": ("2024-10-01", "2024-12-31")}
    for seed in range(4):
        printed = list(draw("2024-2025", "2024Q4", seed))
        result = phase_targets(make(horizons, printed), profile="15/25/30/30")
        wanted = {tuple(key): value for *key, horizon, value in printed if horizon == "2024Q4"}
        assert added(result.table, "2024Q4") == wanted


# Whole and middle year of each cell: one sum cannot be kept within a step.
BREAKS = [(6, 2), (11, 3), (1, 0), (12, 4), (3, 1), (7, 4), (8, 1), (4, 1), (7, 3), (0, 0)]
BREAKS += [(10, 4), (8, 4)]


def test_a_table_of_fewest_violations_meets_the_middle_too(make):
    wanted = {cell: middle for cell, (_, middle) in zip(LEAVES, BREAKS, strict=True)}
    printed = [(*cell, "2024", middle) for cell, middle in wanted.items()]
    printed += [(*c, "2023-2025", whole) for c, (whole, _) in zip(LEAVES, BREAKS, strict=True)]
    result = phase_targets(make(THREE | {"2024": years(2024)}, printed))
    assert len(result.violations) == 1 and added(result.table, "2024") == wanted


# -- printed months ----------------------------------------------------------------------------


@pytest.mark.parametrize(("year", "month"), [(5, 3), (16, 14), (27, 25), (4, 4), (9, 0)])
def test_a_printed_month_is_met_and_nothing_falls(make, year, month):
    plan = make({"2024": years(2024)} | MAY, [(*CELL, "2024", year), (*CELL, "2024-05", month)])
    table = phase_targets(plan, phase="month").table
    assert table["value"].min() >= 0 and table["value"].sum() == year
    assert table["value"][4] == month
    assert table["computed"].tolist() == [at != 4 for at in range(12)]
    quarters = phase_targets(plan).table
    # A quarter holds its printed month.
    assert quarters["value"][1] >= month
    assert table["cumulative"][2::3].tolist() == quarters["cumulative"].tolist()


@pytest.mark.parametrize("seed", range(3))
def test_printed_months_of_many_cells(make, seed):
    printed = list(draw("2024", "2024-05", seed))
    result = phase_targets(make({"2024": years(2024)} | MAY, printed), phase="month")
    wanted = {tuple(key): value for *key, horizon, value in printed if horizon == "2024-05"}
    assert added(result.table, "2024-05") == wanted
    assert result.table["value"].min() >= 0


def test_printed_months_across_a_quarters_end(make):
    horizons = {"2024": years(2024), "spring": ("2024-03-01", "2024-04-30")}
    for year, spring in ((7, 5), (11, 3), (13, 1)):
        plan = make(horizons, [(*CELL, "2024", year), (*CELL, "spring", spring)])
        table = phase_targets(plan, phase="month").table
        assert table["value"][2:4].sum() == spring
        assert table["value"].min() >= 0 and table["value"].sum() == year


def test_months_stay_within_a_step_of_the_exact_path(make):
    for seed in range(4):
        printed = [(*c, "2024", int(v)) for c, v in zip(LEAVES, draw_numbers(seed), strict=True)]
        plan = make({"2024": years(2024)}, printed)
        result = phase_targets(plan, profile="15/25/30/30", phase="month")
        first = result.table[result.table["period"] == "2024-01"]
        exact = [value * 0.05 for *_, value in printed]
        got = first.set_index(DIMENSIONS)["unrounded"].astype(float)
        assert [got[c] for c in LEAVES] == pytest.approx(exact)
        moved = (result.table["cumulative"] - result.table["unrounded"]).abs()
        assert moved.max() < 1
        assert result.quality["moved_sum"].item() < 1 or len(result.violations)


def draw_numbers(seed):
    return np.random.default_rng(seed).integers(0, 12, len(LEAVES))


# -- of different fineness ---------------------------------------------------------------------


def test_an_area_printed_alone_in_one_year_and_by_cells_in_the_next(make):
    horizons = {"2024": years(2024), "2025": years(2025)}
    printed = [("east", "all", "all", "2024", 40), ("west", "all", "all", "2024", 20)]
    fine = [c for c in LEAVES if c[0] == "east"]
    printed += [(*c, "2025", v) for c, v in zip(fine, (1, 1, 1, 3), strict=True)]
    result = phase_targets(make(horizons, printed))
    east = result.complete().query("area == 'east' and industry == project_type == 'all'")
    assert east["period"].tolist() == [f"{y}Q{q}" for y in (2024, 2025) for q in (1, 2, 3, 4)]
    reached = east["cumulative"].astype(float).to_numpy()
    exact = [10, 20, 30, 40, 41.5, 43, 44.5, 46]
    assert (np.abs(reached - exact) < 1).all()
    # The margin binds: one of four quarters of a project at most is up or down.
    assert reached[[3, 5, 7]].tolist() == [40, 43, 46]
    keys = ["measure", *DIMENSIONS, "period"]
    assert not result.complete().duplicated(keys).any()


def test_a_first_year_printed_for_areas_is_shared_by_their_cells(make):
    printed = [(*cell, "2023-2025", 12) for cell in LEAVES]
    wanted = {"east": 30, "west": 3, "south": 1}
    printed += [(area, "all", "all", "2023", value) for area, value in wanted.items()]
    plan = make(THREE | {"2023": years(2023)}, printed)
    for policy in ("even", "front_loaded"):
        result = phase_targets(plan, policy)
        ends = result.sums[(result.sums["period"] == "2023Q4")].set_index(DIMENSIONS)
        got = {area: ends["cumulative"][area, "all", "all"] for area in wanted}
        assert got == wanted
        last = result.table[result.table["period"] == "2025Q4"]
        assert (last["cumulative"] == 12).all()
        told = {finding.kind for finding in result.findings}
        assert "phasing_shared" in told and "phasing_total_differs" not in told
        # Shares are ours, though the sum is printed.
        first = result.table[result.table["period"].str.startswith("2023")]
        assert first["computed"].all()
        assert set(first[first["area"] == "east"]["figure_id"]) == {"f.east.all.all.2023"}


def test_shares_fill_up_where_a_cell_has_no_more(make):
    sizes = dict(zip([c for c in LEAVES if c[0] == "east"], (1, 2, 20, 7), strict=True))
    printed = [(*cell, "2023-2025", size) for cell, size in sizes.items()]
    printed += [("east", "all", "all", "2023", 29)]
    result = phase_targets(make(THREE | {"2023": years(2023)}, printed))
    first = result.table[result.table["period"] == "2023Q4"].set_index(DIMENSIONS)["cumulative"]
    assert first.sum() == 29 and all(first[cell] <= size for cell, size in sizes.items())


def test_a_number_beyond_the_cells_is_told_and_not_shared(make):
    printed = [(*cell, "2023-2025", 3) for cell in LEAVES]
    printed += [("east", "all", "all", "2023", 13)]
    result = phase_targets(make(THREE | {"2023": years(2023)}, printed))
    told = {finding.kind for finding in result.findings}
    assert "phasing_total_differs" in told and "phasing_shared" not in told


# -- dashes and growth -------------------------------------------------------------------------


def test_a_printed_zero_within_a_dash_stays_a_zero(make):
    plan = make(THREE | {"2023": years(2023)}, [(*CELL, "2023", 0), (*CELL, "2023-2025", None)])
    table = phase_targets(plan).table
    assert table["value"].tolist()[:4] == [0, 0, 0, 0]
    assert table["value"].isna().tolist() == [False] * 4 + [True] * 8
    assert set(table["figure_id"][:4]) == {"f.east.trade.heavy.2023"}


def test_growth_from_a_first_year_printed_apart(make):
    horizons = {"2023": years(2023), "2024-2025": years(2024, 2025)}
    plan = make(horizons, [(*CELL, "2023", 10), (*CELL, "2024-2025", 60)])
    # 10 (1 + g + g^2) = 70 has g = 2.
    table = phase_targets(plan, "growing").table
    assert table["cumulative"].tolist()[3::4] == [10, 30, 70]


# -- the order of tables -----------------------------------------------------------------------


def test_the_order_of_areas_and_industries_changes_no_number(make):
    printed = [(*c, "2024", int(v)) for c, v in zip(LEAVES, draw_numbers(7), strict=True)]
    ways = (slice(None), slice(None, None, -1))
    one, other = (make({"2024": years(2024)}, printed, rows) for rows in ways)
    keys = ["measure", *DIMENSIONS, "period"]
    for phase in ("quarter", "month"):
        first, second = (
            phase_targets(p, profile="15/25/30/30", phase=phase).complete().set_index(keys)
            for p in (one, other)
        )
        assert first.index.tolist() != second.index.tolist()
        pd.testing.assert_frame_equal(first, second.loc[first.index])
