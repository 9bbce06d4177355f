"""A ledger that is kept for the kernels of a run: the same as reading it, and nothing is left."""

from __future__ import annotations

import dataclasses
import os
import shutil
import stat
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from h1224lib import load_plan, read_ledger, read_results
from h1224lib.batch import run as batch
from h1224lib.batch.inputs import Inputs
from h1224lib.batch.staging import open_private
from h1224lib.ledger import handover
from h1224lib.ledger.count import count_ledger
from h1224lib.ledger.demonstration import DIRTY, LEDGER, mark_rows
from h1224lib.ledger.simulate import simulate_ledger
from h1224lib.resources import data_folder

FOLDER = data_folder() / "demo"


@pytest.fixture(scope="module")
def plan():
    return load_plan("huzhou-1224")


@pytest.fixture(params=[LEDGER, DIRTY, "a.parquet"])
def path(request, plan, tmp_path):
    if request.param != "a.parquet":
        return FOLDER / request.param
    rows = mark_rows(simulate_ledger(plan, 3, "2024-06-30")).drop(columns="above_scale_date")
    # Repeated and unknown: marks that hold one text for each row.
    rows.loc[5, "project_id"] = rows.loc[4, "project_id"]
    rows.loc[9:12, "area"] = "南区"
    path = tmp_path / "a.parquet"
    rows.rename(columns={"investment": "总投资（亿元）"}).to_parquet(path, index=False)
    return path


def same(one, other):
    """Tell whether two values are equal and of equal types, all the way down."""
    if type(one) is not type(other):
        return False
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other, check_exact=True)
        types = [[[type(v) for v in frame[c]] for c in frame] for frame in (one, other)]
        return types[0] == types[1]
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and bool((one == other).all())
    if dataclasses.is_dataclass(one):
        names = [field.name for field in dataclasses.fields(one)]
        return all(same(getattr(one, name), getattr(other, name)) for name in names)
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other or (one != one and other != other)


def test_what_is_recalled_is_what_was_read(plan, path, tmp_path, monkeypatch):
    read = read_ledger(path, plan)
    count_ledger(read, "2024-06-30")  # what is looked at on the way changes nothing
    handover.keep_ledger(read, path, tmp_path / "kept")
    monkeypatch.setenv(handover.FOLDER, str(tmp_path / "kept"))
    own = load_plan("huzhou-1224")
    recalled = handover.recall_ledger(path, own)
    fresh = read_ledger(path, own)
    assert recalled.plan is own
    parts = [field.name for field in dataclasses.fields(fresh) if field.name != "plan"]
    for name in parts:
        assert same(getattr(recalled, name), getattr(fresh, name)), name
    assert recalled.problems == fresh.problems
    assert recalled.findings == fresh.findings
    one, other = (count_ledger(ledger, "2024-06-30").actuals for ledger in (recalled, fresh))
    pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_only_the_same_file_plan_and_library_are_recalled(plan, tmp_path, monkeypatch):
    path = tmp_path / "a.xlsx"
    shutil.copy(FOLDER / LEDGER, path)
    handover.keep_ledger(read_ledger(path, plan), path, tmp_path)
    assert handover.recall_ledger(path, plan) is None  # no run says that it has read anything
    monkeypatch.setenv(handover.FOLDER, str(tmp_path))
    assert handover.recall_ledger(path, plan) is not None
    aliases = plan.areas.assign(aliases="别名")
    assert handover.recall_ledger(path, dataclasses.replace(plan, areas=aliases)) is None
    assert handover.recall_ledger(path, load_plan("dazhou-2019")) is None
    assert handover.recall_ledger(shutil.copy(path, tmp_path / "b.xlsx") and path, plan)
    assert handover.recall_ledger(tmp_path / "b.xlsx", plan) is None
    assert handover.recall_ledger(tmp_path / "none.xlsx", plan) is None
    with monkeypatch.context() as other:
        other.setattr(handover, "__version__", "0.0.0")
        assert handover.recall_ledger(path, plan) is None
    path.write_bytes(path.read_bytes() + b" ")
    assert handover.recall_ledger(path, plan) is None


def test_results_are_read_once(plan, tmp_path, monkeypatch):
    handover.keep_ledger(read_ledger(FOLDER / LEDGER, plan), FOLDER / LEDGER, tmp_path)
    monkeypatch.setenv(handover.FOLDER, str(tmp_path))
    [before] = read_results(plan, FOLDER / LEDGER)
    monkeypatch.setattr("h1224lib.ledger.read.read_ledger", None)
    [after] = read_results(plan, FOLDER / LEDGER)
    assert same(before.projects, after.projects)
    with pytest.raises(TypeError):
        read_results(plan, FOLDER / DIRTY)


@pytest.fixture
def inputs(plan):
    path = FOLDER / LEDGER
    return Inputs("2024Q2", {"ledger": path}, {}, True, read_ledger(path, plan))


@pytest.mark.parametrize("error", [None, KeyboardInterrupt, SystemExit])
def test_nothing_is_left_however_the_run_ends(inputs, tmp_path, monkeypatch, error):
    monkeypatch.setattr("h1224lib.batch.staging.find_short_folder", lambda: str(tmp_path))
    with pytest.raises(error or ZeroDivisionError), open_private() as private:
        environment = batch._keep_ledger(inputs, Path(private) / "ledger")
        folder = Path(environment[handover.FOLDER])
        assert folder.parents[1] == tmp_path
        assert len(list(folder.iterdir())) == 1
        if os.name == "posix":
            assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
        raise (error or ZeroDivisionError)
    assert list(tmp_path.iterdir()) == []


def test_without_room_each_kernel_reads_anew(inputs, plan, tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("h1224lib.batch.run.keep_ledger", refuse)
    environment = batch._keep_ledger(inputs, tmp_path / "ledger")
    monkeypatch.setenv(handover.FOLDER, environment[handover.FOLDER])
    assert handover.recall_ledger(FOLDER / LEDGER, plan) is None
    assert len(read_results(plan, FOLDER / LEDGER)) == 1


def test_without_a_ledger_nothing_is_kept(tmp_path):
    assert batch._keep_ledger(Inputs(None, {}, {}), tmp_path / "ledger") == {}
    assert list(tmp_path.iterdir()) == []
