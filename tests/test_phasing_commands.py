"""`h1224 targets --phase`: what it prints, in three formats, and what it refuses."""

from __future__ import annotations

import csv
import io
import itertools
import json

import pytest
from building import AREAS, INDUSTRIES, TYPES, build_plan

from h1224lib import load_plan
from h1224lib.cli import main

YUNZE = "tests/plans/yunze-2026"


@pytest.fixture
def call(capfd, monkeypatch):
    """Return a function that calls `h1224 targets` in this process, in English."""
    monkeypatch.setenv("H1224_LANG", "en")

    def run(*args):
        with pytest.raises(SystemExit) as left:
            main(("targets", *args))
        out, err = capfd.readouterr()
        return int(str(left.value.code)), out, err

    return run


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_columns_are_those_of_targets_with_period_for_horizon(call):
    code, out, err = call("--phase", "quarter", "--format", "csv")
    assert (code, err) == (0, "")
    rows = rows_of(out)
    plain = ["period" if name == "horizon" else name for name in load_plan().targets]
    assert list(rows[0]) == [*plain, "cumulative", "unrounded", "computed"]
    projects = [row for row in rows if row["measure"] == "projects"]
    assert len(projects) == 96 * 12
    assert sum(int(row["value"] or 0) for row in projects) == 1000
    # A printed dash has no number, and a zero has one.
    assert {row["value"] for row in projects} >= {"", "0"}
    assert {row["computed"] for row in projects if row["value"]} == {"yes"}


def test_months_add_up_to_quarters_and_rollup_to_totals(call):
    args = ("--plan", "dazhou-2019", "--rollup", "--format", "csv", "--phase")
    quarters, months = (rows_of(call(*args, phase)[1]) for phase in ("quarter", "month"))
    ends = {row["area"]: row["cumulative"] for row in months if row["period"] == "2019-06"}
    by_area = {row["area"]: row["cumulative"] for row in quarters if row["period"] == "2019Q2"}
    assert ends == by_area
    assert by_area["all"] == "273.7"
    parts = [float(value) for area, value in by_area.items() if area != "all"]
    assert sum(parts) == pytest.approx(273.7)


def test_policy_and_profile_move_the_quarters(call):
    def total(*args):
        rows = rows_of(call("--phase", "quarter", "--rollup", "--format", "csv", *args)[1])
        whole = [
            r
            for r in rows
            if r["measure"] == "projects"
            and {r["area"], r["industry"], r["project_type"]} == {"all"}
        ]
        return {r["period"]: int(r["cumulative"]) for r in whole}

    front, half = total("--policy", "front"), total("--profile", "half")
    assert front["2024Q4"] > half["2024Q4"]
    # Half of each year's exact part by its middle: 151.5, and 303 + 348.5 / 2.
    assert half["2023Q2"] in (151, 152) and half["2024Q2"] in (477, 478)
    assert half["2023Q1"] in (60, 61)
    assert front["2025Q4"] == half["2025Q4"] == 1000


def test_json_holds_the_findings_and_how_good_it_is(call):
    code, out, _ = call("--phase", "quarter", "--format", "json", "--plan", "dazhou-2019")
    told = json.loads(out)
    assert (code, told["phase"], told["policy"], told["profile"]) == (0, "quarter", "even", "even")
    assert told["findings"][0]["zh"] == "测算，非文件下达"
    assert told["quality"][0]["optimal"] is True
    assert told["violations"] == []
    assert len(told["table"]) == 36
    assert {row["computed"] for row in told["table"]} == {True, False}
    about = ["plan", "as_of", "phase", "policy", "profile", "findings", "quality", "violations"]
    assert list(told) == [*about, "table"]
    assert (told["plan"], told["as_of"]) == ("dazhou-2019", None)


def test_json_says_as_of_when_and_how_it_was_asked(call):
    asked = ("--as-of", "2024-06-30", "--policy", "front", "--profile", "15/25/30/30")
    code, out, _ = call("--phase", "month", "--format", "json", "--plan", YUNZE, *asked)
    told = json.loads(out)
    assert (code, told["as_of"], told["phase"]) == (0, "2024-06-30", "month")
    assert (told["policy"], told["profile"]) == ("front", "15/25/30/30")


def test_a_table_for_people_opens_with_the_mark_and_shows_dashes(call):
    code, out, err = call("--phase", "quarter", "--plan", YUNZE, "--lang", "zh")
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "测算，非文件下达"
    [line] = [x for x in out.splitlines() if "annex1.investment.yi.2026Q3" in x]
    assert line.split()[2] == "-"
    english = call("--phase", "quarter", "--plan", YUNZE)[1]
    assert english.splitlines()[0] == "Computed, not issued by the plan"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--policy", "even"], "--policy needs --phase"),
        (["--profile", "even"], "--profile needs --phase"),
        (["--phase", "week"], "--phase is 'week', expected one of quarter and month"),
        (["--phase", "quarter", "--policy", "slow"], "no policy 'slow'"),
        (["--phase", "quarter", "--policy", "2019=1"], "lack 2024"),
        (["--phase", "month", "--profile", "1/2/3"], "no profile '1/2/3'"),
        (["--phase", "month", "--profile", "mars=even"], "'mars'"),
    ],
)
def test_wrong_use_is_one_clean_line(call, args, words):
    code, out, err = call(*args)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert words in err


@pytest.fixture
def contradictory(tmp_path):
    """A plan with a cell that prints 9 for its first year, and 7 for all three."""
    leaves = dict.fromkeys(itertools.product(AREAS, INDUSTRIES, TYPES), (1, 5))
    leaves["east", "trade", "heavy"] = (9, 7)
    build_plan(leaves, tmp_path / "p")
    return str(tmp_path / "p")


@pytest.mark.parametrize("form", ["csv", "json", "table"])
def test_a_plan_that_contradicts_itself_is_an_error_in_every_format(call, contradictory, form):
    code, out, err = call("--phase", "quarter", "--plan", contradictory, "--format", form)
    assert code == 1
    said = err if form == "csv" else out
    assert "contradict one another" in said
    assert (err == "") == (form != "csv")
    # Notes stay out of the way of a table for machines.
    assert "Computed" not in err


def test_warnings_are_told_beside_csv_and_are_no_error(call):
    code, out, err = call("--phase", "quarter", "--plan", YUNZE, "--format", "csv")
    assert code == 0 and rows_of(out)
    assert "4300 is printed and the cells make 4200" in err


def test_whole_projects_and_tenths_have_their_own_decimals(call):
    _, out, _ = call("--phase", "quarter", "--rollup")
    lines = [line.split() for line in out.splitlines() if "annex2" in line and "2023Q4" in line]
    whole = [line for line in lines if not any(word == "-" for word in line)]
    assert whole and not any(".00" in word for line in whole for word in line[:-2])
