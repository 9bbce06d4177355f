"""What the notebooks on reconciliation and outcomes hand to the reader, figures left out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from h1224lib.record import Run

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@pytest.fixture
def told(monkeypatch):
    """Return a function that runs a notebook's cells: the findings said, the tables shown."""

    def run(name):
        said: list = []
        tables: dict = {}
        monkeypatch.setattr(Run, "say", lambda self, found: said.extend(found))
        monkeypatch.setattr(Run, "table", lambda self, key, frame: tables.update({key: frame}))
        monkeypatch.setattr(Run, "figure", lambda self, key, chart: None)
        cells = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
        space: dict = {}
        for cell in cells:
            if cell["cell_type"] == "code":
                exec("".join(cell["source"]), space)
        return said, tables

    return run


def test_a_total_short_of_its_parts_is_said_once(told):
    said, _ = told("01_reconcile_targets")
    kinds = [finding.kind for finding in said]
    assert kinds.count("parts_short_of_total") == 2
    assert "unallocated" not in kinds
    assert kinds[0] == "plan_adds_up"


def test_outcomes_come_with_their_reasons_and_sources(told):
    _, tables = told("06_outcome_indicators")
    beside = tables["indicator-context"]
    port = beside[beside["measure"] == "port_containers"].iloc[0]
    assert port["comparable"] == "no: other definition"
    assert "只有水路港口" in port["note"]
    assert tables["for-circular"]["sources"].tolist() == [1, 1]
