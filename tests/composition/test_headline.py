"""Activity, headline and cards: from a state, on paper and on the demonstration."""

from __future__ import annotations

import datetime as dt
import re

import pandas as pd
import pytest
from written_ledgers import read_rows, row

from h1224lib import (
    count_activity,
    describe_industry,
    load_plan,
    measure_progress,
    read_actuals,
    read_landmark_status,
    read_results,
    score_headline,
)
from h1224lib.errors import ActualsError, UnknownNameError
from h1224lib.resources import data_folder
from h1224lib.results import gather_results
from h1224lib.wording import LANGUAGES

# What a missing number looks like where a sentence takes it for one.
NOTHING = re.compile(r"\bnan\b|<NA>|\bNone\b(?! of)")
DEMO = data_folder() / "demo"
FILES = ("synthetic-ledger.xlsx", "synthetic-actuals.csv", "synthetic-landmark-status.csv")
HEADS = "measure,area,industry,project_type,period,value,unit,status,comparable,confidence,source"


@pytest.fixture(scope="module")
def plan():
    return load_plan("huzhou-1224")


@pytest.fixture(scope="module")
def demo(plan):
    return measure_progress(plan, read_results(plan, *(DEMO / f for f in FILES)), "2024-06-30")


@pytest.fixture(scope="module")
def dazhou():
    plan = load_plan("dazhou-2019")
    return measure_progress(plan, read_actuals(None, plan), "2019-03-31")


@pytest.fixture
def state(tmp_path, plan):
    """Measure a ledger, rows of actuals and of the status of landmarks."""

    def measurer(rows, actuals=(), status=(), as_of="2023-06-30"):
        paths = {"ledger": None, "actuals": None, "landmarks": None}
        if rows:
            read_rows(tmp_path / "台账.xlsx", plan, rows, 台账日期="2025-12-31")
            paths["ledger"] = tmp_path / "台账.xlsx"
        paths["actuals"] = tmp_path / "完成数.csv"
        paths["actuals"].write_text("\n".join([HEADS, *actuals]) + "\n", encoding="utf-8")
        if status:
            paths["landmarks"] = tmp_path / "进展.csv"
            lines = ["landmark,status,date,value,evidence", *status]
            paths["landmarks"].write_text("\n".join(lines) + "\n", encoding="utf-8")
        return measure_progress(plan, read_results(plan, **paths), as_of)

    return measurer


def held(month, number, area="deqing"):
    return f"activities,{area},all,all,{month},{number},场,preliminary,yes,high,年报"


SIGNED = [row(f"A{n}", 签约日期=f"2023-0{month}-10") for n, month in enumerate((1, 1, 2, 4))]


def test_activity_by_hand(state):
    months = [held(f"2023-0{month}", month) for month in (1, 2, 3, 4, 5, 6)]
    table = count_activity(state(SIGNED, months)).table.set_index("period")
    assert table["activities"].tolist() == [1, 2, 3, 4, 5, 6, 6, 15]
    assert table["new"].tolist() == [2, 1, 0, 1, 0, 0, 3, 1]
    assert table["new_per_activity"].tolist() == [2, 0.5, 0, 0.25, 0, 0, 0.5, 1 / 15]
    assert table["grain"].tolist() == ["month"] * 6 + ["quarter"] * 2


def test_a_ratio_only_where_both_are_known(state):
    months = [held(f"2023-0{month}", number) for month, number in ((1, 0), (2, 2), (4, 4))]
    view = count_activity(state(SIGNED, months))
    table = view.table.set_index("period")
    assert table["activities"].isna().tolist() == [
        False, False, True, False, True, True, True, True,
    ]  # fmt: skip
    # Nothing was held in January, nothing is known of March.
    assert table["new_per_activity"].notna().tolist() == [
        False, True, False, True, False, False, False, False,
    ]  # fmt: skip
    assert view.findings[0].kind == "activity_month"
    assert view.findings[0].numbers["period"] == "2023-04"


def test_an_area_that_did_not_report_makes_a_hole(state):
    rows = [held("2023-01", 3), held("2023-02", 3), held("2023-01", 2, "anji")]
    table = count_activity(state(SIGNED, rows)).table.set_index("period")
    assert table.at["2023-01", "activities"] == 5
    assert pd.isna(table.at["2023-02", "activities"])


def test_activity_says_what_there_is_not(state, dazhou):
    assert count_activity(state(SIGNED)).findings[0].kind == "activity_no_data"
    assert count_activity(dazhou).findings[0].kind == "activity_no_measure"


def test_quarters_of_the_demonstration_are_the_sums_of_their_months(demo):
    table = count_activity(demo).table
    for _, quarter in table[table["grain"] == "quarter"].iterrows():
        inside = (table["first_day"] >= quarter["first_day"]) & (
            table["last_day"] <= quarter["last_day"]
        )
        months = table[inside & (table["grain"] == "month")]
        assert len(months) == 3
        for name in ("activities", "new"):
            assert months[name].sum() == pytest.approx(float(quarter[name]))
    assert set(table["data_kind"]) == {"synthetic"}


STATUS = [
    "commerce.2023.1,reached,2023-05-20,1,文件一",
    "hr.2023.1,under_way,2023-05-08,,",
    "scitech.2025.1,reached,2023-07-01,10,文件二",
]


def test_landmarks_reached_by_the_day_count(state):
    measured = state(SIGNED, [], STATUS)
    cell = measured.cell("landmarks")
    assert [cell["target"], cell["actual"], cell["completion"]] == [20, 1, 0.05]
    assert "landmarks_reached" in [f.kind for f in measured.findings]
    later = state(SIGNED, [], STATUS, as_of="2023-09-30")
    assert later.cell("landmarks")["actual"] == 2
    assert later.trace("landmarks")["value"].sum() == 2


def test_a_landmark_given_up_later_still_counts_today(state):
    rows = [*STATUS, "commerce.2023.1,dropped,2023-08-01,,撤回"]
    assert state(SIGNED, [], rows).cell("landmarks")["actual"] == 1
    assert state(SIGNED, [], rows, as_of="2023-09-30").cell("landmarks")["actual"] == 1


def test_landmarks_are_not_counted_twice(state):
    own = "landmarks,all,all,all,2023-05,1,项,preliminary,yes,high,年报"
    with pytest.raises(ActualsError):
        state(SIGNED, [own], STATUS)


def test_invented_landmarks_mark_the_state(plan):
    given = read_results(plan, landmarks=DEMO / FILES[2])
    assert gather_results(given, plan, "2024-06-30").synthetic
    assert not gather_results(given[:1], plan, "2024-06-30").synthetic


def test_the_demonstration_ships_with_no_landmarks_of_its_own(plan):
    assert len(read_results(plan, DEMO / FILES[0], DEMO / FILES[1])) == 2
    assert len(read_results(plan, *(DEMO / f for f in FILES))) == 3


def test_days_after_the_plan_count_no_landmarks(plan):
    status = read_landmark_status(DEMO / FILES[2], plan)
    rows = read_actuals(None, plan)
    found = gather_results([rows, status], plan, dt.date(2026, 6, 30))
    assert not (found.actuals["measure"] == "landmarks").any()


def test_the_headline_by_hand(state):
    firms = [
        f"above_scale,all,all,all,2023-0{m},5,家,preliminary,yes,high,年报" for m in range(1, 7)
    ]
    of_hq = row("H1", 行业="商贸", 总部="是", 签约日期="2023-03-01")
    measured = state([*SIGNED, of_hq], firms, STATUS)
    table = score_headline(measured).table.set_index("measure")
    assert table.index.tolist() == [
        "projects", "landmarks", "service_value_added", "above_scale", "headquarters",
    ]  # fmt: skip
    assert table["headline"].tolist() == [True] * 4 + [False]
    assert table["target"].tolist() == [1000, 20, 2100, 400, 10]
    assert table["actual"].fillna(-1).tolist() == [5, 1, -1, 30, 1]
    assert table["completion"].fillna(-1).tolist() == [0.005, 0.05, -1, 0.075, 0.1]
    assert table["data"].tolist() == ["ledger", "landmarks", "no_data", "preliminary", "ledger"]
    assert table.at["service_value_added", "why"] == "no_data"
    assert table["relation"].tolist() == ["=", ">=", ">=", ">=", "="]
    assert table["last_year"].isna().all()


def test_the_headline_a_year_later(state):
    rows = [row("A1", 签约日期="2023-03-01"), row("A2", 签约日期="2024-03-01")]
    gdp = [
        f"service_value_added,all,all,all,{year},{value},亿元,final,yes,high,年报"
        for year, value in ((2022, 1800.5), (2023, 1950.0), (2024, 2080.0), (2025, 2200.0))
    ]
    table = score_headline(state(rows, gdp, as_of="2024-06-30")).table.set_index("measure")
    assert table.loc["projects", ["actual", "last_year"]].tolist() == [2, 1]
    # 2024 and 2025 were not over: the target's own year has no figure yet.
    level = table.loc["service_value_added"]
    assert pd.isna(level["actual"])
    assert [level["why"], level["last_year"]] == ["other_year", 1950]
    assert [level["latest"], level["latest_period"]] == [1950, "2023"]
    table = score_headline(state(rows, gdp, as_of="2025-12-31")).table.set_index("measure")
    level = table.loc["service_value_added"]
    assert [level["actual"], level["completion"]] == [2200, pytest.approx(2200 / 2100)]
    assert [level["last_year"], level["data"]] == [2080, "final"]


def test_the_headline_says_what_it_does_not_know(demo, dazhou):
    finding = score_headline(demo).findings[0]
    assert finding.numbers["known"] == 4
    assert "without a comparable result" in finding.say("en")
    assert "没有可比的完成数" in finding.say("zh")
    table = score_headline(dazhou).table
    assert table[["measure", "target", "actual"]].values.tolist() == [["investment", 600.1, 120.5]]


def test_cards_of_every_industry(demo, plan):
    status = read_landmark_status(DEMO / FILES[2], plan)
    for code in plan.industries.index.drop("all"):
        card = describe_industry(demo, code, status)
        cell = demo.cell(industry=code)
        whole = card.counts.query("project_type == 'all'").iloc[0]
        assert whole["actual"] == cell["actual"]
        assert card.findings[0].numbers["gap"] == cell["gap"]
        told = [finding.say(lang) for finding in card.findings for lang in LANGUAGES]
        assert all(text and not NOTHING.search(text) for text in told)
        assert set(card.landmarks["landmark"]) == set(
            plan.landmarks.query("industry == @code")["landmark_id"]
        )


def test_a_card_by_hand(state, plan):
    of_hq = {"行业": "商贸", "招引方向": "新零售"}
    rows = [row(f"A{n}", 签约日期="2023-03-01", 总部="是", **of_hq) for n in range(3)]
    measured = state(rows, [], STATUS)
    status = gather_status(measured, STATUS)
    card = describe_industry(measured, "commerce", status)
    # 255 in three years, a sixth of it by the second quarter of the first.
    assert card.findings[0].kind == "progress_behind"
    assert card.findings[0].numbers["actual"] == 3
    assert card.findings[0].numbers["where"].zh == "商贸（含电商）业"
    by = {f.numbers["measure"].en: f for f in card.findings if f.kind == "card_count"}
    assert by["Company headquarters"].numbers["actual"] == 3
    assert by["New above-scale enterprises"].numbers["actual"] is None
    directions = plan.directions.query("industry == 'commerce'")["direction_id"]
    assert set(card.directions["direction"]) == set(directions) - {"commerce.3"}
    landmark = next(f for f in card.findings if f.kind == "card_landmarks")
    assert [landmark.numbers["reached"], landmark.numbers["unknown"]] == [1, 3]
    assert card.landmarks["status"].notna().sum() == 1


def gather_status(state, rows):
    """Return rows of statuses as the reader would."""
    cells = [line.split(",") for line in rows]
    names = ["landmark", "status", "date", "value", "evidence"]
    frame = pd.DataFrame(cells, columns=names)
    return frame.assign(date=[dt.date.fromisoformat(day) for day in frame["date"]])


def test_a_card_of_an_industry_ahead_and_of_one_without_results(state, plan):
    rows = [row(f"A{n}", 行业="人社", 签约日期="2023-03-01") for n in range(60)]
    measured = state(rows)
    assert describe_industry(measured, "hr").findings[0].kind == "progress_ahead"
    published = measure_progress(plan, read_actuals(None, plan), "2023-06-30")
    card = describe_industry(published, "hr")
    kinds = [finding.kind for finding in card.findings]
    assert kinds[0] == "progress_no_data"
    assert "card_landmarks_no_status" in kinds
    assert "card_directions_no_ledger" in kinds
    assert "card_not_asked" in kinds
    assert card.directions.empty


def test_a_card_of_no_industry_is_refused(demo):
    with pytest.raises(UnknownNameError):
        describe_industry(demo, "farming")
