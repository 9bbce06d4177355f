"""The ledger counted: on paper first, then what must hold of any."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pandas as pd
import pytest

from h1224lib import load_plan, measure_progress
from h1224lib.errors import ActualsError
from h1224lib.ledger import demonstration as demo
from h1224lib.ledger import read_ledger
from h1224lib.ledger.count import count_ledger, list_counted
from h1224lib.resources import data_folder

HEADER = (
    "项目编号,项目名称,区县,平台,行业,类别,总投资（亿元）,签约日期,落地日期,开工日期,"
    "设立日期,总部,认定状态,退出日期,分成比例"
)
ROWS = [
    # Fixed-asset, signed in January, begun in March.
    "A1,甲,德清县,,物流,固投类,5,2023-01-10,2023-02-01,2023-03-05,,否,核定,,",
    # Revenue in 未来城, a headquarters.
    "A2,乙,南太湖新区,未来城,商贸,营收类,1,2023-02-03,,,2023-04-01,是,自报,,",
    # Shared by two areas.
    "A3,丙,吴兴区,,软件,营收类,1,2023-03-31,,,,否,核定,,0.6",
    "A3,丙,安吉县,,软件,营收类,1,2023-03-31,,,,否,核定,,0.4",
    # Withdrawn in May.
    "A4,丁,长兴县,,文旅,营收类,1,2023-01-31,,,,否,核定,2023-05-02,",
    # Before the plan.
    "A5,戊,长兴县,,文旅,营收类,1,2022-12-31,,,,否,核定,,",
    # Where the plan has no target: 长合区 has no finance.
    "A6,己,长合区,,金融,营收类,1,2023-02-28,,,,否,核定,,",
]


@pytest.fixture(scope="module")
def plan():
    return load_plan("huzhou-1224")


@pytest.fixture
def read(tmp_path, plan):
    """Read the rows as a ledger with settings."""

    def reader(rows=ROWS, **settings):
        import openpyxl

        book = openpyxl.Workbook()
        for line in (HEADER, *rows):
            book.active.append([cell or None for cell in line.split(",")])
        page = book.create_sheet("设置")
        for name, value in {"台账日期": "2025-12-31", **settings}.items():
            page.append([name, value])
        book.save(tmp_path / "台账.xlsx")
        ledger = read_ledger(tmp_path / "台账.xlsx", plan)
        assert ledger.counts["rejected"] == 0, [p.say("en") for p in ledger.problems]
        return ledger

    return reader


def total(count, measure="projects", **cell):
    rows = count.actuals[count.actuals["measure"] == measure]
    for name, code in cell.items():
        rows = rows[rows[name] == code]
    return float(rows["value"].sum())


def test_the_first_quarter_by_hand(read):
    count = count_ledger(read(), "2023-03-31")
    # A1, A2, A3, A4 (withdrawn later) and A6; A5 was signed before the plan began.
    assert total(count, area="deqing") == 1
    assert total(count, area="wuxing") == 0.6
    assert total(count, area="anji") == 0.4
    assert total(count, area="changxing") == 1
    assert total(count, area="changhe", industry="finance") == 1
    assert total(count, area="futurecity", industry="all") == 1
    assert total(count, "headquarters", area="all") == 1
    assert count.step == Fraction(1, 5)
    february = count.actuals[count.actuals["period"] == "2023-02"]
    some = february[february["value"] > 0]
    assert sorted(zip(some["measure"], some["area"], strict=True)) == [
        ("headquarters", "all"),
        ("headquarters", "nantaihu"),
        ("projects", "changhe"),
        ("projects", "futurecity"),
        ("projects", "nantaihu"),
    ]
    state = measure_progress(count.plan, count.actuals, "2023-03-31", horizon="2023")
    assert float(state.cell().actual) == 5
    assert float(state.cell(area="wuxing").actual) == 0.6
    assert float(state.cell(area="nanxun").actual) == 0
    assert float(state.cell(area="futurecity").actual) == 1
    assert float(state.cell("headquarters").actual) == 1
    assert state.cell(area="all").scheduled == 303 / 4


@pytest.mark.parametrize(
    ("as_of", "settings", "counted", "left_out"),
    [
        ("2023-03-31", {}, 5, {"outside": 1}),
        ("2023-06-30", {}, 4, {"outside": 1, "withdrawn": 1}),
        ("2023-06-30", {"退出项目是否计数": "是"}, 5, {"outside": 1}),
        ("2023-05-01", {}, 5, {"outside": 1}),
        ("2023-05-02", {}, 4, {"outside": 1, "withdrawn": 1}),
        ("2023-03-31", {"只计核定项目": "是"}, 4, {"outside": 1, "not_recognised": 1}),
        ("2023-01-10", {}, 1, {"outside": 1, "not_reached": 4}),
        ("2023-01-09", {}, 0, {"outside": 1, "not_reached": 5}),
        (
            "2023-03-31",
            {"计数阶段（固投类）": "开工", "计数阶段（营收类）": "设立"},
            1,
            {"not_reached": 5},
        ),
        (
            "2023-06-30",
            {"计数阶段（固投类）": "开工", "计数阶段（营收类）": "设立"},
            2,
            {"not_reached": 4},
        ),
    ],
)
def test_what_counts_is_what_the_settings_say(read, as_of, settings, counted, left_out):
    count = count_ledger(read(**settings), as_of)
    told = count.findings[0]
    reasons = {
        r: told.numbers[r] for r in ("not_reached", "outside", "withdrawn", "not_recognised")
    }
    assert told.numbers["counted"] == counted
    assert {reason: n for reason, n in reasons.items() if n} == left_out
    assert told.numbers["projects"] == counted + sum(left_out.values()) == 6
    assert str(counted) in told.say("zh")
    assert sum(count.counted["credit_share"]) == pytest.approx(counted)


def test_a_stage_above_the_counting_stage_counts_from_its_own_day(read):
    rows = ["B1,甲,德清县,,物流,固投类,5,2023-01-10,,2023-03-05,,否,核定,,"]
    count = count_ledger(read(rows, **{"计数阶段（固投类）": "落地"}), "2023-12-31")
    assert count.rows["counted_on"].dt.date.tolist() == [dt.date(2023, 3, 5)]


def test_the_day_comes_from_the_settings_or_is_asked_for(read):
    assert count_ledger(read(期间="2023Q1")).as_of == dt.date(2023, 3, 31)
    with pytest.raises(ActualsError):
        count_ledger(read())


def test_a_day_within_a_month_is_covered(read):
    count = count_ledger(read(), "2023-02-10")
    state = measure_progress(count.plan, count.actuals, "2023-02-10", horizon="2023")
    assert float(state.cell().actual) == 3


def test_without_shared_credit_the_plan_stays_as_it_is(read, plan):
    count = count_ledger(read(ROWS[:2]), "2023-03-31")
    assert count.step == 1
    assert count.plan is plan


def test_thirds_add_up_to_a_whole(read):
    rows = [
        f"C1,甲,{area},,物流,营收类,5,2023-01-10,,,,否,核定,,1/3"
        for area in ("德清县", "吴兴区", "安吉县")
    ]
    count = count_ledger(read(rows), "2023-03-31")
    state = measure_progress(count.plan, count.actuals, "2023-03-31", horizon="2023")
    assert float(state.cell().actual) == 1
    assert float(state.cell(area="deqing").actual) == pytest.approx(1 / 3)


def test_a_plan_about_money_cannot_be_counted():
    with pytest.raises(ActualsError):
        list_counted(load_plan("dazhou-2019"))


@pytest.fixture(scope="module")
def demonstrated(plan):
    return read_ledger(data_folder() / "demo" / demo.LEDGER, plan)


@pytest.mark.parametrize("as_of", ["2023-03-31", "2023-12-31", "2024-05-31", "2024-06-30"])
def test_every_roll_up_of_the_demonstration_is_the_count_of_its_rows(demonstrated, plan, as_of):
    count = count_ledger(demonstrated, as_of)
    state = measure_progress(count.plan, count.actuals, as_of)
    rows = count.counted
    table = state.table[state.table["measure"] == "projects"]
    assert float(state.cell().actual) == pytest.approx(rows["project_id"].nunique())
    for row in table.to_dict("records"):
        mine = rows
        for dimension in ("area", "industry", "project_type"):
            code = row[dimension]
            if code == "futurecity":
                mine = mine[mine["platform"] == code]
            elif code != "all":
                mine = mine[mine[dimension] == code]
        if row["area"] != "futurecity" or row["industry"] == "all":
            assert float(row["actual"]) == pytest.approx(mine["credit_share"].sum(), abs=1e-9), row


def test_the_rows_behind_the_count_are_the_ledgers_own(demonstrated):
    count = count_ledger(demonstrated)
    assert set(count.rows["left_out"]) == {"", "withdrawn"}
    assert len(count.rows) == len(demonstrated.credited)
    assert count.rows[["sheet", "row"]].notna().all(axis=None)


def test_the_count_of_made_up_projects_says_so(demonstrated, read):
    count = count_ledger(demonstrated)
    assert count.findings[0].kind == "ledger_synthetic"
    assert count.actuals["source"].str.startswith("synthetic data").all()
    assert not count_ledger(read(), "2023-03-31").actuals["source"].str.startswith("synth").any()


def test_a_ledger_without_projects_counts_none(read):
    count = count_ledger(read(ROWS[5:6]), "2023-03-31")
    assert total(count) == 0
    state = measure_progress(count.plan, count.actuals, "2023-03-31", horizon="2023")
    assert float(state.cell().actual) == 0
    assert isinstance(count.rows, pd.DataFrame)
