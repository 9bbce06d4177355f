"""`h1224 score`: the three formats, the marks of what was read, and what is refused."""

from __future__ import annotations

import io
import json

import pandas as pd
import pytest

from h1224lib.cli import main
from h1224lib.resources import data_folder

LEDGER = ("--ledger", str(data_folder() / "demo" / "synthetic-ledger.xlsx"))


@pytest.fixture
def call(capfd, monkeypatch):
    monkeypatch.setenv("H1224_LANG", "en")

    def run(*args):
        with pytest.raises(SystemExit) as left:
            main(("score", *args))
        out, err = capfd.readouterr()
        return int(str(left.value.code)), out, err

    return run


def test_three_formats_say_the_same(call):
    code, out, _ = call(*LEDGER)
    assert code == 0
    assert "Deqing County" in out
    assert "synthetic" in out
    code, out, err = call(*LEDGER, "--format", "csv", "--components")
    parts = pd.read_csv(io.StringIO(out))
    assert "one reading" in err
    code, out, _ = call(*LEDGER, "--format", "json")
    told = json.loads(out)
    assert (code, told["simulation"], len(told["table"])) == (0, False, 7)
    sums = parts.groupby("area")["got"].sum()
    for row in told["table"]:
        assert sums[row["area"]] == pytest.approx(row["points"])


def test_another_year_is_a_simulation_and_daily_work_is_read(call, tmp_path):
    daily = tmp_path / "daily.csv"
    daily.write_text("area,item,points\n德清,team,2\n", encoding="utf-8")
    options = ("--year", "2024", "--rule", "bands", "--not-applicable", "zero", "--lang", "zh")
    code, out, _ = call(*LEDGER, *options, "--daily", str(daily))
    assert code == 0
    assert "模拟测算" in out
    # Only Deqing handed anything in, and one item of five: no total is known.
    assert "缺 34 项数" in out


def test_without_results_or_assessment_it_says_so(call):
    code, out, _ = call()
    assert code == 0
    assert "missing is not zero" in out
    code, out, err = call("--plan", "dazhou-2019")
    assert (code, out) == (0, "")
    assert "prints no assessment" in err


@pytest.mark.parametrize(
    "wrong",
    [("--rule", "best"), ("--not-applicable", "none"), ("--year", "1999"), ("--daily", "none.csv")],
)
def test_what_cannot_be_is_refused_on_a_clean_line(call, wrong):
    code, out, err = call(*LEDGER, *wrong)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert "Traceback" not in err
