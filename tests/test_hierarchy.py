"""Leaves and totals, worked by hand and on the real plans."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest
from building import AREAS, INDUSTRIES, TYPES, build_plan, tables_that_add_up, write_plan

from h1224lib import add_totals, load_plan, roll_up
from h1224lib.errors import UnknownDimensionError, UnknownNameError
from h1224lib.hierarchy import complete_targets, find_leaves

LEAVES = list(itertools.product(AREAS, INDUSTRIES, TYPES))


@pytest.fixture(scope="module")
def huzhou():
    return load_plan("huzhou-1224")


def test_leaves_of_huzhou_sum_to_the_plan_and_leave_out_the_city_within(huzhou):
    targets = huzhou.targets.query("measure == 'projects'")
    sums = targets.groupby("horizon")["value"].sum().to_dict()
    assert sums == {"2023": 303, "2023-2025": 1000}
    assert "all" not in set(targets["area"]) | set(targets["industry"])
    assert "futurecity" not in set(targets["area"])
    # 8 areas x (5 industries x 2 types + 2 industries of revenue alone) x 2 horizons.
    assert len(targets) == 8 * 12 * 2
    assert targets["value"].isna().sum() > 0


def test_roll_up_keeps_a_dash_only_where_every_leaf_is_one(huzhou):
    rolled = roll_up(huzhou.targets, huzhou, by=["area", "industry"])
    cell = rolled.set_index(["area", "industry", "horizon"])["value"]
    assert pd.isna(cell["changhe", "commerce", "2023"])
    assert cell["changhe", "scitech", "2023"] == 1
    assert cell["nanxun", "software", "2023-2025"] == 9
    assert rolled["project_type"].unique().tolist() == ["all"]


def test_roll_up_refuses_an_unknown_dimension(huzhou):
    with pytest.raises(UnknownDimensionError) as refused:
        roll_up(huzhou.targets, huzhou, by=["county"])
    assert "county" in str(refused.value)


def test_totals_equal_every_printed_total(huzhou):
    summed = add_totals(huzhou.targets, huzhou)
    keys = ["measure", "area", "industry", "project_type", "horizon"]
    cells = huzhou.cells.query("measure == 'projects'")
    both = cells.merge(summed, on=keys, suffixes=("", "_summed"))
    assert len(both) == 396
    printed, sums = both["value"].fillna(-1), both["value_summed"].fillna(-1)
    assert (printed == sums).all()


def test_complete_targets_prefer_what_is_printed(tmp_path):
    plan = build_plan(dict.fromkeys(LEAVES, (1, 3)), tmp_path / "p")
    figures = plan.figures.copy()
    figures.loc[figures["figure_id"] == "all.all.all.2023", "value"] = 15
    import dataclasses

    whole = complete_targets(dataclasses.replace(plan, figures=figures))
    city = whole.query("area == 'all' and industry == 'all' and project_type == 'all'")
    assert city.set_index("horizon")["value"].to_dict() == {"2023": 15, "2023-2025": 36}


def test_totals_that_are_not_printed_are_summed_and_bear_no_figure(tmp_path):
    tables = tables_that_add_up(dict.fromkeys(LEAVES, (1, 3)))
    tables["figures"] = [r for r in tables["figures"] if "all" not in r["figure_id"]]
    plan = load_plan(write_plan(tmp_path / "p", tables))
    whole = complete_targets(plan)
    city = whole.query("area == 'all' and industry == 'all' and project_type == 'all'")
    assert city["value"].tolist() == [12, 36]
    assert city["figure_id"].tolist() == ["", ""]


def test_margins_alone_are_not_counted_twice(tmp_path):
    tables = tables_that_add_up(dict.fromkeys(LEAVES, (1, 3)))
    tables["figures"] = [
        r
        for r in tables["figures"]
        if [r["area"], r["industry"], r["project_type"]].count("all") >= 2
    ]
    plan = load_plan(write_plan(tmp_path / "p", tables))
    assert plan.targets.groupby("horizon")["value"].sum().to_dict() == {
        "2023": 12,
        "2023-2025": 36,
    }
    assert set(plan.targets["industry"]) == {"all"}


def test_cells_of_mixed_depth_that_do_not_overlap_are_all_leaves(huzhou):
    cells = huzhou.cells.query("horizon == '2023'")
    mixed = cells[
        ((cells["industry"] == "finance") & (cells["project_type"] == "all"))
        | ((cells["industry"] == "commerce") & (cells["project_type"] != "all"))
    ]
    mixed = mixed[mixed["area"] != "all"]
    assert len(find_leaves(mixed, huzhou)) == len(mixed)


def test_three_levels_of_areas_roll_up_through_the_middle(tmp_path):
    tables = tables_that_add_up(dict.fromkeys(LEAVES, (1, 3)))
    for code in ("east1", "east2"):
        tables["areas"].append(
            {"code": code, "zh": code, "en": code, "parent": "east", "part": "member"}
        )
    extra = []
    for row in tables["figures"]:
        if row["area"] == "east":
            whole = int(row["value"])
            for code, value in (("east1", 1), ("east2", whole - 1)):
                extra.append(
                    row
                    | {"area": code, "figure_id": code + row["figure_id"]}
                    | {"value": str(value), "printed": str(value)}
                )
    # East's industries and types add up only over its own total; keep the leaves' cells.
    tables["figures"] += [r for r in extra if "all" not in (r["industry"], r["project_type"])]
    plan = load_plan(write_plan(tmp_path / "p", tables))
    assert "east" not in set(plan.targets["area"])
    summed = add_totals(plan.targets, plan)
    city = summed.query("area == 'all' and industry == 'all' and project_type == 'all'")
    assert city["value"].tolist() == [12, 36]
    east = summed.query("area == 'east' and industry == 'trade' and project_type == 'heavy'")
    assert east["value"].tolist() == [1, 3]


def test_labels_refuse_unknown_codes(huzhou):
    with pytest.raises(UnknownNameError) as refused:
        huzhou.label("area", "atlantis", "en")
    assert "deqing" in str(refused.value)
