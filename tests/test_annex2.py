"""Annex 2 was entered twice, independently: the tidy table and the printed grid must agree."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from h1224lib import load_plan

GRID = Path(__file__).parent / "golden" / "huzhou-annex2.csv"
AREAS = ("all", "wuxing", "nanxun", "deqing", "changxing", "anji", "nantaihu", "changhe")
AREAS += ("municipal",)
HORIZONS = ("2023-2025", "2023")
BOTH = ("all", "fixed_asset", "revenue")
BLOCKS = {
    "all": BOTH,
    "commerce": BOTH,
    "tourism": BOTH,
    "finance": ("all", "revenue"),
    "hr": ("all", "revenue"),
    "logistics": BOTH,
    "software": BOTH,
    "scitech": BOTH,
}
ROWS = [(industry, kind) for industry, kinds in BLOCKS.items() for kind in kinds]
COLUMNS = [(area, horizon) for area in AREAS for horizon in HORIZONS]


@pytest.fixture(scope="module")
def grid():
    with GRID.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_the_grid_has_the_shape_that_is_printed(grid):
    assert [len(row) for row in grid] == [18] * 22


def test_every_cell_is_the_same_in_both_entries(grid):
    figures = load_plan("huzhou-1224").figures
    annex = figures[figures["place"].str.startswith("annex2/")]
    keys = annex[["industry", "project_type", "area", "horizon"]].itertuples(index=False, name=None)
    printed = dict(zip(keys, annex["printed"], strict=True))
    entered = {
        (*row, *column): cell
        for row, cells in zip(ROWS, grid, strict=True)
        for column, cell in zip(COLUMNS, cells, strict=True)
    }
    assert len(entered) == 396
    assert printed == entered
