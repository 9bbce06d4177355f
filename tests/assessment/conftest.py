"""The plan of Huzhou, and what its demonstration ledger reached in 2023."""

from __future__ import annotations

import pytest

from h1224lib import load_plan, measure_progress, read_ledger
from h1224lib.resources import data_folder


@pytest.fixture(scope="session")
def plan():
    return load_plan()


@pytest.fixture(scope="session")
def ledger(plan):
    return read_ledger(data_folder() / "demo" / "synthetic-ledger.xlsx", plan)


@pytest.fixture(scope="session")
def state(plan, ledger):
    return measure_progress(plan, ledger, "2023-12-31", horizon="2023")
