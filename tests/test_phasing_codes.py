"""Cells as numbers, the sums that they are lifted to, and the order of the tables."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from building import AREAS, INDUSTRIES, TYPES, build_plan

from h1224lib import load_plan
from h1224lib.phasing import phase_targets
from h1224lib.phasing.cells import every_sum, find_cells, lift_sums, summing_rows
from h1224lib.phasing.codes import decode, encode, order_by_name
from h1224lib.phasing.inner import climb
from h1224lib.plan.model import DIMENSIONS

KEYS = list(DIMENSIONS)
LEAVES = list(itertools.product(AREAS, INDUSTRIES, TYPES))


@pytest.fixture(scope="module", params=["huzhou-1224", "dazhou-2019"])
def plan(request):
    return load_plan(request.param)


def test_numbers_and_names_go_back_and_forth_in_the_plans_order(plan):
    count = len(plan.areas) * len(plan.industries) * len(plan.project_types)
    names = decode(np.arange(count), plan)
    tables = (plan.areas, plan.industries, plan.project_types)
    assert [tuple(row) for row in names.to_numpy()] == list(
        itertools.product(*(table.index for table in tables))
    )
    assert encode(names, plan).tolist() == list(range(count))
    assert encode(names.iloc[[3, 1, 3]], plan).tolist() == [3, 1, 3]


def test_names_sort_as_text_does(plan):
    cells = encode(plan.targets, plan)
    for dimensions in (KEYS, KEYS[::-1]):
        order = order_by_name(np.unique(cells), plan, dimensions)
        sorted_ = decode(np.unique(cells)[order], plan)[dimensions]
        rows = [tuple(row) for row in sorted_.to_numpy()]
        assert rows == sorted(rows)


def test_a_cell_is_in_each_sum_above_it_once(plan):
    # Also in that of a dimension which cannot lift it: climbed by hand, with sets.
    measure = plan.targets["measure"].value_counts().index[0]
    keys = find_cells(plan, str(measure)).keys
    wanted: dict[tuple[str, ...], set[int]] = {}
    for number, cell in enumerate(keys.itertuples(index=False, name=None)):
        ladders = [climb(plan.table(d)["parent"], code) for d, code in zip(KEYS, cell, strict=True)]
        for above in set(itertools.product(*ladders)):
            wanted.setdefault(above, set()).add(number)
    own = set(keys.itertuples(index=False, name=None))
    wanted = {name: cells for name, cells in wanted.items() if name not in own or len(cells) > 1}
    matrix, names = every_sum(keys, plan)
    dense = matrix.toarray()
    assert set(np.unique(dense)) <= {0, 1}
    found = {
        name: set(np.flatnonzero(dense[row]).tolist())
        for row, name in enumerate(names.itertuples(index=False, name=None))
    }
    assert found == wanted
    assert (np.diff(lift_sums(keys, plan)[1]) > 0).all()
    distinct, _ = summing_rows(keys, plan)
    several = {frozenset(cells) for cells in wanted.values() if len(cells) > 1}
    rows = [frozenset(np.flatnonzero(row).tolist()) for row in distinct.toarray()]
    assert set(rows) == several
    assert len(rows) == len(several)


def test_tables_go_by_the_plans_order_and_then_by_time(plan):
    for measure, rows in phase_targets(plan).table.groupby("measure"):
        if plan.accumulates(str(measure)):
            places = encode(rows, plan)
            assert (np.diff(places) >= 0).all()
            for _, own in rows.groupby(KEYS):
                assert own["period"].is_monotonic_increasing


def test_cells_with_the_same_numbers_keep_their_own_figures(tmp_path):
    # Their path is one, and looked at once; what it comes from is each cell's own.
    plan = build_plan(dict.fromkeys(LEAVES, (4, 20)), tmp_path / "p")
    table = phase_targets(plan).table
    horizon = np.where(table["period"].str.startswith("2023"), "2023", "2023-2025")
    wanted = table[KEYS].agg(".".join, axis=1) + "." + horizon
    assert table["figure_id"].tolist() == wanted.tolist()


def test_a_dash_of_one_cell_is_no_dash_of_its_neighbour(tmp_path):
    cells = dict.fromkeys(LEAVES, (4, 20))
    cells["east", "trade", "heavy"] = (None, 20)
    plan = build_plan(cells, tmp_path / "p")
    phased = phase_targets(plan)
    dashed = phased.table[phased.table["value"].isna()]
    assert set(dashed[KEYS].itertuples(index=False, name=None)) == {("east", "trade", "heavy")}
    assert dashed["period"].tolist() == ["2023Q1", "2023Q2", "2023Q3", "2023Q4"]
    assert dashed[["cumulative", "unrounded"]].isna().all(axis=None)
    assert set(dashed["figure_id"]) == {"east.trade.heavy.2023"}
    assert not dashed["computed"].any()
    # A sum of which every cell has a dash has one; the others hold what is known.
    sums = phased.sums[phased.sums["period"] == "2023Q4"].set_index(KEYS)["cumulative"]
    assert sums.loc["all", "all", "all"] == 4 * (len(LEAVES) - 1)
    assert isinstance(phased.sums["cumulative"].dtype, pd.Int64Dtype)
