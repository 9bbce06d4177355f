"""Progress, gaps and actuals: the real quarter by hand, then edges."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pandas as pd
import pytest

from h1224lib import attribute_gap, load_plan, measure_progress, read_actuals
from h1224lib.errors import ActualsError, ScheduleError, UnknownDimensionError
from h1224lib.progress import accumulate


@pytest.fixture(scope="module")
def dazhou():
    return load_plan("dazhou-2019")


@pytest.fixture(scope="module")
def actuals(dazhou):
    return read_actuals(None, dazhou)


def test_the_city_is_behind_a_quarter_of_the_year(dazhou, actuals):
    city = measure_progress(dazhou, actuals, "2019-03-31").cell()
    # 600.1 / 4 = 150.025; 150.025 - 120.5 = 29.525; 120.5 / 600.1 = 20.0800 %.
    assert (city["scheduled"], city["gap"], city["schedule"]) == (150.025, 29.525, 0.25)
    assert city["completion"] == pytest.approx(0.200800, abs=1e-6)
    assert city["lead_pp"] == pytest.approx(-4.919980, abs=1e-4)


def test_the_city_is_ahead_of_its_own_first_quarter_plan(dazhou, actuals):
    state = measure_progress(dazhou, actuals, "2019-03-31", schedule="printed")
    city = state.cell()
    assert (city["scheduled"], city["gap"]) == (110.5, -10)
    assert state.findings[0].kind == "progress_ahead"
    behind = state.findings[1]
    assert [label.zh for label in behind.numbers["areas"]] == ["开江县", "通川区"]
    assert behind.numbers["gaps"] == [1.8, 0.3]


def test_313_64_of_1015_after_the_first_quarter_leads_by_5_90_points(dazhou, actuals):
    figures = dazhou.figures.copy()
    figures.loc[(figures["area"] == "all") & (figures["horizon"] == "2019"), "value"] = 1015
    measures = dazhou.measures.assign(step="0.01")
    plan = dataclasses.replace(dazhou, figures=figures, measures=measures)
    done = actuals.assign(value=actuals["value"].where(actuals["area"] != "all", 313.64))
    city = measure_progress(plan, done, "2019-03-31").cell()
    assert round(100 * city["completion"], 2) == 30.90
    assert round(city["lead_pp"], 2) == 5.90


def test_every_area_gap_adds_up_to_the_city(dazhou, actuals):
    for schedule in ("quarters", "printed"):
        state = measure_progress(dazhou, actuals, "2019-03-31", schedule)
        parts = attribute_gap(state, by=["area"]).table
        assert not parts["unallocated"].any()
        assert parts["gap"].sum() == pytest.approx(float(state.cell()["gap"]), abs=1e-9)
        assert parts["gap"].is_monotonic_decreasing


def test_a_total_beyond_its_areas_is_a_part_of_its_own(dazhou, actuals):
    short = actuals[actuals["area"] != "quxian"]
    state = measure_progress(dazhou, short, "2019-03-31", "printed")
    parts = attribute_gap(state, by=["area"])
    rest = parts.table[parts.table["unallocated"]]
    # The printed total stays 120.5; the areas without 渠县's 12.0 sum to 108.5.
    assert rest["actual"].item() == pytest.approx(12.0)
    quxian = state.cell(area="quxian")
    assert pd.isna(quxian["actual"])
    assert pd.isna(quxian["gap"])


def test_day_without_data_says_so_and_does_not_guess(dazhou, actuals):
    state = measure_progress(dazhou, actuals, "2019-06-30")
    assert state.table["actual"].isna().all()
    assert [f.kind for f in state.findings] == ["progress_no_data"]
    assert attribute_gap(state, ["area"]).findings[0].kind == "gap_no_data"


def test_schedule_by_quarters_steps_at_the_quarter_end(dazhou, actuals):
    shares = [
        float(measure_progress(dazhou, actuals, day).cell()["schedule"])
        for day in ("2019-01-01", "2019-03-30", "2019-03-31", "2019-09-30", "2019-12-31")
    ]
    assert shares == [0, 0, 0.25, 0.75, 1]


def test_refusals_name_what_there_is(dazhou, actuals):
    with pytest.raises(ScheduleError) as wrong:
        measure_progress(dazhou, actuals, "2019-03-31", schedule="weekly")
    assert "quarters" in wrong.value.say("en")[0]
    with pytest.raises(ScheduleError) as late:
        measure_progress(dazhou, actuals, "2021-03-31")
    assert "2021-03-31" in late.value.say("zh")[0]
    with pytest.raises(ScheduleError):
        measure_progress(dazhou, actuals, "2019-06-30", schedule="printed")
    with pytest.raises(UnknownDimensionError):
        attribute_gap(measure_progress(dazhou, actuals, "2019-03-31"), by=["planet"])


def test_periods_add_up_only_without_a_hole_and_the_longer_wins(dazhou, actuals):
    def row(period, value, vintage="", comparable="yes"):
        first, last = {
            "2019Q1": ("2019-01-01", "2019-03-31"),
            "2019Q2": ("2019-04-01", "2019-06-30"),
            "2019H1": ("2019-01-01", "2019-06-30"),
        }[period]
        days = {"first_day": dt.date.fromisoformat(first), "last_day": dt.date.fromisoformat(last)}
        cell = {"measure": "investment", "area": "quxian", "industry": "all", "project_type": "all"}
        rest = {"vintage": vintage, "comparable": comparable}
        return cell | days | rest | {"period": period, "value": value}

    def done(*rows):
        day = (dt.date(2019, 1, 1), dt.date(2019, 6, 30))
        return accumulate(pd.DataFrame(list(rows)), dazhou, *day)["value"].tolist()

    assert done(row("2019Q1", 0.1), row("2019Q2", 0.2)) == [0.3]
    assert done(row("2019Q2", 0.2)) == []
    assert done(row("2019H1", 0.5), row("2019Q1", 0.1), row("2019Q2", 0.2)) == [0.5]
    assert done(row("2019H1", 0.5, "2019-07-10"), row("2019H1", 0.6, "2019-08-10")) == [0.6]
    assert done(row("2019H1", 0.5, comparable="no: other definition")) == []


def test_bad_actuals_are_refused_with_every_problem(tmp_path, dazhou):
    path = tmp_path / "a.csv"
    path.write_text(
        "measure,area,period,value,unit,status,comparable,confidence,vintage,source\n"
        "investment,atlantis,2019Q1,1,亿元,final,yes,high,,x\n"
        "investment,quxian,2019Q5,1,亿元,final,yes,high,,x\n"
        "investment,quxian,2019Q1,一,亿元,final,yes,high,,x\n"
        "investment,dazhu,2019Q1,1,万元,guess,yes,high,31/3/2019,x\n",
        encoding="utf-8",
    )
    with pytest.raises(ActualsError) as refused:
        read_actuals(path, dazhou)
    found = [(p.row, p.column, p.kind) for p in refused.value.problems]
    assert sorted(found) == [
        (2, "area", "unknown_code"),
        (3, "period", "not_period"),
        (4, "value", "not_number"),
        (5, "status", "not_listed"),
        (5, "unit", "other_unit"),
        (5, "vintage", "not_date"),
    ]
    with pytest.raises(ActualsError):
        read_actuals(tmp_path / "none.csv", dazhou)


HEADER = "measure,area,period,value,unit,status,comparable,confidence,vintage,source"


def refuse(path, plan):
    with pytest.raises(ActualsError) as refused:
        read_actuals(path, plan)
    for lang in ("zh", "en"):
        assert "datapackage" not in "".join(refused.value.say(lang))
    return [(p.row, p.column, p.kind) for p in refused.value.problems]


def test_actuals_keep_to_the_step_the_size_and_the_sign(tmp_path, dazhou):
    path = tmp_path / "a.csv"
    values = ("120.55", "9" * 400, "-5", "１２", "1e1000000", "9007199254740992", "120.5")
    rows = [f"investment,all,2019M{i},{v},亿元,final,yes,high,,x" for i, v in enumerate(values, 1)]
    rows.append("completion_pct,all,2019,-5,%,final,yes,high,,x")
    path.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    assert sorted(refuse(path, dazhou)) == [
        (2, "value", "off_step"),
        (3, "value", "too_large"),
        (4, "value", "negative"),
        (5, "value", "not_number"),
        (6, "value", "not_number"),
        (7, "value", "too_large"),
    ]


def test_columns_and_bytes_of_actuals_do_not_hide_its_cells(tmp_path, dazhou):
    path = tmp_path / "a.csv"
    rows = [
        HEADER.replace("status,", "") + ",seat",
        "investment,atlantis,2019Q1,1,亿元,yes,high,,x,y",
        "investment,quxian,0000,1,亿元,yes,high,,x,y",
        "investment,dazhu,２０１９,1,亿元,yes,high,,x,y\n",
    ]
    shape = [(1, "seat", "undeclarable_column"), (1, "status", "missing_column")]
    cells = [(2, "area", "unknown_code"), (3, "period", "not_period"), (4, "period", "not_period")]
    path.write_text("\n".join(rows), encoding="utf-8")
    assert sorted(refuse(path, dazhou)) == [*shape, *cells]
    path.write_bytes("\n".join(rows).encode("gbk"))
    # The year in row 4 is lost with the other signs of that row.
    assert sorted(refuse(path, dazhou)) == [*shape, (2, "", "not_utf8"), *cells[:2]]
    path.write_text("seat\nx\n", encoding="utf-8")
    assert {kind for _, _, kind in refuse(path, dazhou)} == {
        "undeclarable_column",
        "missing_column",
    }
    path.write_text('x,"y\n', encoding="utf-8")
    assert [kind for _, _, kind in refuse(path, dazhou)] == ["not_csv"]


def test_huzhou_ships_no_actuals_of_projects_and_says_so():
    plan = load_plan("huzhou-1224")
    state = measure_progress(plan, read_actuals(None, plan), "2023-12-31")
    assert state.measure == "projects"
    assert [f.kind for f in state.findings] == ["progress_no_data"]
    assert "湖州市引进项目" in state.findings[0].say("zh")


def test_every_accumulating_measure_has_its_row_and_no_other():
    plan = load_plan("huzhou-1224")
    state = measure_progress(plan, read_actuals(None, plan), "2023-12-31")
    whole = state.table.query("area == 'all' and project_type == 'all'").set_index("measure")
    assert whole.loc["above_scale"].query("industry == 'all'")["target"].item() == 400
    assert "retail_sales" not in whole.index
    assert "assessment_points" not in whole.index


def test_a_hole_is_no_zero(dazhou, actuals):
    # Neither the city nor Kaijiang has a result: eight areas do not make nine.
    some = actuals[~actuals["area"].isin(["all", "kaijiang"])]
    state = measure_progress(dazhou, some, "2019-03-31")
    assert pd.isna(state.cell()["actual"])
    assert [f.kind for f in state.findings] == ["progress_incomplete", "every_area_behind"]
    assert "开江县没有可比的完成数" in state.findings[0].say("zh")
    assert "另有 1 个没有完成数" in state.findings[1].say("zh")


def test_a_total_is_summed_where_every_area_with_a_target_has_a_result(dazhou, actuals):
    areas = actuals[actuals["area"] != "all"]
    state = measure_progress(dazhou, areas, "2019-03-31")
    assert state.cell()["actual"] == 120.5


def test_a_part_that_is_not_comparable_leaves_a_hole_too(dazhou, actuals):
    areas = actuals[actuals["area"] != "all"]
    no = areas["comparable"].mask(areas["area"] == "citylevel", "no: other definition")
    state = measure_progress(dazhou, areas.assign(comparable=no), "2019-03-31")
    assert state.findings[0].kind == "progress_incomplete"
    told = attribute_gap(state, ["area"]).findings[0]
    assert told.numbers["largest"].zh == "通川区"


def test_what_belongs_to_no_area_is_not_called_one(dazhou, actuals):
    more = actuals.assign(value=actuals["value"].where(actuals["area"] != "all", 120.6))
    state = measure_progress(dazhou, more, "2019-03-31")
    told = attribute_gap(state, ["area"]).findings[0]
    assert (told.numbers["behind"], told.numbers["of"]) == (9, 9)
    assert round(told.numbers["rest"], 9) == -0.1
    assert "−0.10 belong to no part" in told.say("en")
