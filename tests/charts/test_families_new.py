"""Burn-ups, tiles, dumbbells, effects, funnels, checklists, matrices: true in every case."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest
from edges import CASES, edge_state
from looking import LANGS, check_page, meta, table, texts

from h1224lib import (
    charts,
    decompose_completion,
    forecast,
    load_plan,
    measure_progress,
    read_actuals,
    read_results,
    shift_share,
    views,
)
from h1224lib.charts import theme
from h1224lib.charts.scales import spread
from h1224lib.composition import follow_stages, match_investors
from h1224lib.landmark_status import read_landmark_status
from h1224lib.resources import data_folder

DEMO = data_folder() / "demo"
MARK = {"zh": "合成数据", "en": "Synthetic data"}


@pytest.fixture(scope="module")
def huzhou():
    return load_plan("huzhou-1224")


@pytest.fixture(scope="module")
def quarters(huzhou):
    """The demonstration's quarter, and the one before it."""
    given = read_results(huzhou, DEMO / "synthetic-ledger.xlsx", DEMO / "synthetic-actuals.csv")
    return [measure_progress(huzhou, given, day) for day in ("2024-03-31", "2024-06-30")]


@pytest.fixture(scope="module")
def dazhou():
    plan = load_plan("dazhou-2019")
    return measure_progress(plan, read_actuals(None, plan), "2019-03-31")


@pytest.fixture(scope="module", params=CASES)
def edge(request, tmp_path_factory):
    return request.param, edge_state(request.param, tmp_path_factory.mktemp("edge"))


def before(state):
    known = len(state.actuals) > 0
    return measure_progress(state.plan, state.actuals, "2024-03-31") if known else None


@pytest.mark.parametrize("lang", LANGS)
def test_every_family_stays_on_its_page_in_every_case(edge, lang):
    _, state = edge
    earlier = before(state)
    split = decompose_completion(earlier or state, state, ["area"])
    drawn = [
        charts.burnup(state, lang, forecast(state)),
        charts.tile_map(state, lang),
        charts.dumbbells(earlier, state, lang),
        charts.effect_bars(split, lang),
        charts.shift_bars(shift_share(state), lang),
        charts.bullets(state, lang),
    ]
    for chart in drawn:
        meta(chart)
        check_page(chart)


def test_titles_are_true_of_nobody_everybody_ties_and_nothing(edge):
    case, state = edge
    title = meta(charts.tile_map(state, "en"))["title"]
    told = {
        "ties": "None of the 5 areas is behind",
        "nobody": "None of the 5 areas is behind",
        "all": "All 5 areas are behind the schedule by equal quarters",
        "zero": "All 5 areas are behind the schedule by equal quarters",
        "none": "There is no comparable result for Example City",
        "forty": "24 of 40 areas behind, Area 00 the furthest",
        "one": "Example City has done 0.0 %, 50.0 points behind",
        "outlier": "2 of 5 areas behind: Area 01 and Area 02",
    }
    if case in told:
        assert title == told[case]
    behind = (state.level(["area"])["gap"] > 0).sum()
    colours = _colours(charts.tile_map(state, "en"))
    assert colours.count(theme.BEHIND) == behind + 1  # and the key


def _colours(chart):
    rows = [row for data in chart.to_dict()["datasets"].values() for row in data]
    seen = {(row["left"], row["top"]): row["colour"] for row in rows if "colour" in row}
    return list(seen.values())


@pytest.mark.parametrize("lang", LANGS)
def test_a_burn_up_has_the_states_numbers_and_its_forecasts(quarters, lang):
    state = quarters[1]
    odds = forecast(state)
    chart = charts.burnup(state, lang, odds)
    data = table(chart).set_index(["kind", "day"])["value"]
    cell = state.cell()
    assert data["actual", "2024-06-30"] == cell["actual"] == 391
    # What was withdrawn since the end of March is in no month; it was then.
    assert data["actual", "2024-03-31"] == cell["actual"] - cell["new"]
    assert data["actual", "2024-03-31"] == quarters[0].cell()["actual"] - 3
    assert data["scheduled", "2024-06-30"] == cell["scheduled"]
    assert data["target", "2023-12-31"] == 303
    assert data["target", "2025-12-31"] == 1000
    for name in ("expected", "low", "high"):
        assert data[name, "2025-12-31"] == pytest.approx(odds.cell()[name])
    assert meta(chart)["mark"].startswith(MARK[lang])
    check_page(chart)


def test_a_course_adds_up_to_each_quarters_state(quarters, huzhou):
    from h1224lib.progress.course import follow_course

    early, late = (follow_course(state, "deqing").of("actual") for state in quarters)
    shared = late[late["day"].isin(early["day"])]["value"]
    assert shared.tolist() == early["value"].tolist()
    assert late["value"].is_monotonic_increasing or late["value"].notna().all()
    assert follow_course(quarters[1], "all").of("scheduled")["value"].iloc[-1] == 1000


def test_a_schedule_of_ones_own_is_known_on_its_day_alone(dazhou):
    from h1224lib.progress.course import follow_course

    plan = dazhou.plan
    own = measure_progress(
        plan, read_actuals(None, plan), "2019-03-31", {"2019-02-28": 0.2, "2019-12-31": 1}
    )
    due = follow_course(own).of("scheduled")
    assert due["day"].tolist() == ["2019-03-31"]
    assert due["value"].iloc[0] == pytest.approx(0.2 * 600.1)


@pytest.mark.parametrize("lang", LANGS)
def test_a_tile_map_says_that_it_is_no_map(quarters, huzhou, lang):
    chart = charts.tile_map(quarters[1], lang)
    said = meta(chart)
    caption = {"zh": "示意图，非行政区划图", "en": "schematic, not a map of administrative"}[lang]
    assert caption in said["subtitle"]
    notes = "".join(texts(chart)).replace(" ", "")
    assert {"zh": "非行政区划图", "en": "notamapofadministrativeboundaries"}[lang] in notes
    dashed = [
        layer
        for layer in chart.to_dict()["layer"]
        if isinstance(layer["mark"], dict) and layer["mark"].get("strokeDash") == [4, 3]
    ]
    names = {
        row["area"]
        for layer in dashed
        for row in chart.to_dict()["datasets"][layer["data"]["name"]]
    }
    assert names == {"nantaihu", "changhe", "futurecity"}
    data = table(chart).set_index("area")
    assert data.at["deqing", "lead_pp"] == quarters[1].cell(area="deqing")["lead_pp"]


def test_tiles_stand_where_the_plan_says_and_never_on_one_another(quarters, dazhou, edge):
    for state in (quarters[1], dazhou, edge[1]):
        spec = charts.tile_map(state).to_dict()
        rows = [row for data in spec["datasets"].values() for row in data if "area" in row]
        boxes = {(r["left"], r["top"], r["right"], r["bottom"]) for r in rows}
        boxes = [b for b in boxes if b[2] - b[0] > 20]
        outer = [b for b in boxes if not any(_inside(b, other) for other in boxes if other != b)]
        for one, other in itertools.combinations(outer, 2):
            apart = one[2] <= other[0] or other[2] <= one[0]
            assert apart or one[3] <= other[1] or other[3] <= one[1]
        assert max(b[2] for b in outer) <= theme.WIDTH


def _inside(one, other):
    return one[0] >= other[0] and one[1] >= other[1] and one[2] <= other[2] and one[3] <= other[3]


@pytest.mark.parametrize("lang", LANGS)
def test_dumbbells_have_both_periods_numbers(quarters, dazhou, lang):
    chart = charts.dumbbells(*quarters, lang)
    data = table(chart).set_index("area")
    for name, state in zip(("value_a", "value_b"), quarters, strict=True):
        assert data.at["deqing", name] == state.cell(area="deqing")["completion"]
    assert data.index[0] == "all"
    assert "7.5" in meta(chart)["title"]
    check_page(chart)
    assert "2019Q1" in meta(charts.dumbbells(None, dazhou, lang))["title"]


@pytest.mark.parametrize("lang", LANGS)
def test_effects_add_up_in_the_picture_as_in_the_split(quarters, dazhou, lang):
    state = quarters[1]
    split = decompose_completion(state, state, ["industry"], within_b={"area": "deqing"})
    chart = charts.effect_bars(split, lang)
    assert table(chart)["effect"].sum() == pytest.approx(float(split.difference))
    assert "21.1" in meta(chart)["title"]
    check_page(chart)
    lacking = decompose_completion(dazhou, dazhou, ["industry"], within_b={"area": "tongchuan"})
    check_page(charts.effect_bars(lacking, lang))
    shifts = charts.shift_bars(shift_share(*quarters), lang)
    parts = table(shifts)
    whole = parts[(parts["area"] == "all") & (parts["industry"] == "all")].iloc[0]
    assert whole[["national", "industry_mix", "competitive"]].sum() == pytest.approx(75)
    assert whole["change"] == 75
    check_page(shifts)


def test_shifts_of_bare_counts_have_no_plan_to_name(quarters):
    bare = shift_share({("east", "trade"): 4}, {("east", "trade"): 6})
    with pytest.raises(TypeError):
        charts.shift_bars(bare)


@pytest.mark.parametrize("lang", LANGS)
def test_a_funnel_has_a_bar_a_stage_and_the_days_between(quarters, dazhou, lang):
    state = quarters[1]
    chart = charts.stage_funnel(state, lang)
    found = follow_stages(state.counts[0]).table
    assert table(chart)["reached"].tolist() == found["reached"].tolist()
    assert any("218" in text for text in texts(chart))
    assert "218" in meta(chart)["title"]
    check_page(chart)
    assert meta(charts.stage_funnel(dazhou, lang))["title"]


@pytest.mark.parametrize("lang", LANGS)
def test_a_checklist_lists_every_landmark_with_its_own_shape(huzhou, dazhou, lang):
    status = read_landmark_status(DEMO / "synthetic-landmark-status.csv", huzhou)
    chart = charts.landmark_checklist(huzhou, status, "2024-06-30", lang)
    data = table(chart)
    assert data["landmark"].tolist() == huzhou.landmarks["landmark_id"].tolist()
    assert meta(chart)["mark"].startswith(MARK[lang])
    assert str((data["status"] == "reached").sum()) in meta(chart)["title"]
    shapes = [
        layer["mark"]["shape"]
        for layer in chart.to_dict()["layer"]
        if isinstance(layer["mark"], dict) and layer["mark"]["type"] == "point"
    ]
    assert len(set(shapes)) == len(shapes) == data["status"].nunique()
    check_page(chart)
    unknown = charts.landmark_checklist(huzhou, None, "2024-06-30", lang)
    assert "mark" not in meta(unknown) and set(table(unknown)["status"]) == {"unknown"}
    assert meta(charts.landmark_checklist(dazhou.plan, None, "2019-03-31", lang))["title"]


@pytest.mark.parametrize("lang", LANGS)
def test_a_matrix_keeps_the_cells_that_nobody_came_for(quarters, dazhou, lang):
    state = quarters[1]
    found = match_investors(state.counts[0]).table
    chart = charts.investor_matrix(state, lang, "finance")
    data = table(chart)
    own = found[found["industry"] == "finance"]
    assert data["projects"].sum() == pytest.approx(float(own["projects"].sum()))
    assert (data["projects"] == 0).sum() == 24
    assert "24" in meta(chart)["title"]
    whole = table(charts.investor_matrix(state, lang))
    assert whole["projects"].sum() == pytest.approx(391)
    check_page(chart)
    check_page(charts.investor_matrix(state, lang))
    assert meta(charts.investor_matrix(dazhou, lang))["title"]


def test_labels_are_moved_apart_and_stay_in_order():
    places = [100.0, 101.0, 102.0, 10.0]
    moved = spread(places, 10.0, 0.0, 200.0)
    assert pd.Series(moved).rank().tolist() == pd.Series(places).rank().tolist()
    gaps = pd.Series(sorted(moved)).diff().dropna()
    assert (gaps >= 10 - 1e-9).all()


def test_many_rows_fit_a_page_of_a4(tmp_path):
    state = edge_state("forty", tmp_path)
    drawn = [charts.bullets(state), charts.dumbbells(before(state), state)]
    for chart in [*drawn, charts.heat_map(state.plan), charts.tile_map(state)]:
        # 247 mm are the text height of an official A4 page, at one point a pixel.
        assert chart.to_dict()["height"] <= 247 / 25.4 * 72


def test_tables_beside_the_pictures_say_the_same(quarters, huzhou, dazhou):
    since = views.list_since(*quarters).table.set_index("area")
    drawn = table(charts.dumbbells(*quarters)).set_index("area")
    assert since["completion_change_pp"].dropna().to_dict() == pytest.approx(
        (100 * drawn["difference"]).dropna().to_dict()
    )
    assert views.list_since(None, dazhou).table.empty
    status = read_landmark_status(DEMO / "synthetic-landmark-status.csv", huzhou)
    listed = views.list_landmarks(quarters[1], [status]).table
    assert (listed["landmark_status"] == "reached").sum() == 7
    assert views.list_landmarks(dazhou).findings[0].kind == "landmarks_unlisted"
    assert views.list_landmarks(quarters[1]).findings[0].kind == "landmarks_unrecorded"
    investors = views.list_investors(quarters[1], "finance")
    assert investors.findings[0].numbers["empty"] >= 24
    assert views.list_investors(dazhou).table.empty
