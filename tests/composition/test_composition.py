"""What a ledger is made of: each view on paper, on a ledger of a dozen rows."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from written_ledgers import read_rows, row

from h1224lib import (
    count_sizes,
    follow_stages,
    list_regions,
    load_plan,
    match_investors,
    measure_concentration,
    measure_platforms,
    read_ledger,
)
from h1224lib.composition.investors import list_empty
from h1224lib.composition.regions import list_provinces
from h1224lib.errors import ComparisonError
from h1224lib.ledger.count import count_ledger
from h1224lib.resources import data_folder
from h1224lib.wording import LANGUAGES

# What a missing number looks like where a sentence takes it for one.
NOTHING = re.compile(r"\bnan\b|<NA>|\bNone\b(?! of)")
HEAVY = {"类别": "固投类", "行业": "物流"}
ROWS = [
    row("A1", **{"总投资（亿元）": "0.99"}, 投资方类型="独角兽", 来源地="上海市", 招引方向="1"),
    row("A2", **{"总投资（亿元）": "1"}, 区县="安吉县", 来源地="上海市"),
    row("A3", **{"总投资（亿元）": "10"}, 区县="南太湖新区", 平台="未来城", 来源地="杭州市"),
    row("A4", **{"总投资（亿元）": "12.5"}, 分成比例="60%", 来源地="杭州市"),
    row("A4", **{"总投资（亿元）": "12.5"}, 区县="安吉县", 分成比例="40%", 来源地="杭州市"),
    row("A5", **{"总投资（亿元）": None}),
    # These three do not count: withdrawn, not yet signed, before the plan.
    row("A6", **{"总投资（亿元）": "50"}, 退出日期="2024-02-01", 来源地="北京市"),
    row("A7", **{"总投资（亿元）": "50"}, 签约日期="2024-08-01", 来源地="北京市"),
    row("A8", **{"总投资（亿元）": "50"}, 签约日期="2022-08-01", 来源地="北京市"),
]


@pytest.fixture(scope="module")
def plan():
    return load_plan("huzhou-1224")


@pytest.fixture
def count(tmp_path, plan):
    def counter(rows=ROWS, as_of="2024-06-30", **settings):
        said = {"台账日期": "2024-12-31", **settings}
        ledger = read_rows(tmp_path / "台账.xlsx", plan, rows, **said)
        assert ledger.counts["rejected"] == 0, [p.say("en") for p in ledger.problems]
        return count_ledger(ledger, as_of)

    return counter


@pytest.fixture(scope="module")
def demo(plan):
    return count_ledger(read_ledger(data_folder() / "demo" / "synthetic-ledger.xlsx", plan))


VIEWS = [
    count_sizes,
    match_investors,
    list_regions,
    measure_platforms,
    measure_concentration,
    follow_stages,
]


def words(view):
    """Word each finding in both languages."""
    return [finding.say(lang) for finding in view.findings for lang in LANGUAGES]


@pytest.mark.parametrize("view", VIEWS)
def test_invented_rows_are_marked_and_the_rule_is_said(demo, view):
    made = view(demo)
    assert set(made.table["data_kind"]) == {"synthetic"}
    assert made.table["counting_rule"].nunique() == 1
    assert all(text and not NOTHING.search(text) for text in words(made))


@pytest.mark.parametrize("view", VIEWS)
def test_a_ledger_of_which_nothing_counts(count, view):
    made = view(count([row("A1", 签约日期="2024-08-01")]))
    assert "data_kind" not in made.table
    assert all(text and not NOTHING.search(text) for text in words(made))


def test_sizes_by_hand(count):
    sizes = count_sizes(count())
    table = sizes.table.set_index(["area", "industry", "at_least"])
    columns = ["projects", "investment", "unknown"]
    assert table.loc[("all", "all", 0.0), columns].tolist() == [5, 24.49, 1]
    assert table.loc[("all", "all", 1.0), columns].tolist() == [3, 23.5, 1]
    assert table.loc[("all", "all", 10.0), columns].tolist() == [2, 22.5, 1]
    # Deqing has 60 % of A4, which is large in both areas.
    assert table.loc[("deqing", "all", 10.0), columns].tolist() == [0.6, 7.5, 1]
    assert table.loc[("anji", "all", 1.0), columns].tolist() == [1.4, 6, 0]
    assert table.loc[("wuxing", "all", 0.0), columns].tolist() == [0, 0, 0]
    assert table.loc[("all", "software", 0.0), columns].tolist() == [5, 24.49, 1]
    assert sizes.findings[0].severity == "warning"
    assert "2 are of CNY 1 billion or more (CNY 2.3 billion in all)" in sizes.findings[0].say("en")


def test_sizes_add_up_over_areas_and_industries(demo):
    table = count_sizes(demo).table
    for limit, rows in table.groupby("at_least"):
        whole = rows[(rows["area"] == "all") & (rows["industry"] == "all")].iloc[0]
        for dimension in ("area", "industry"):
            parts = rows[rows[dimension] != "all"]
            for name in ("projects", "investment", "unknown"):
                assert parts[name].sum() == pytest.approx(float(whole[name]), abs=1e-9), limit


def test_other_limits(count):
    table = count_sizes(count(), at_least=[20, 5]).table
    assert table.query("area == 'all' and industry == 'all'")["at_least"].tolist() == [0, 5, 20]


def test_recognised_alone_where_the_settings_say_so(count):
    rows = [row("A1"), row("A2", 认定状态="自报")]
    assert count_sizes(count(rows)).findings[0].numbers["projects"] == 2
    settled = count(rows, 只计核定项目="是")
    assert count_sizes(settled).findings[0].numbers["projects"] == 1


def test_investors_by_hand(count, plan):
    mine = plan.directions[plan.directions["industry"] == "software"]["zh"].tolist()
    rows = [
        row("A1", 招引方向=mine[0], 投资方类型="独角兽"),
        row("A2", 招引方向=mine[0], 投资方类型="独角兽"),
        row("A3", 招引方向=mine[1], 投资方类型="校友企业"),
        row("A4", 招引方向=mine[1]),
        row("A5", 投资方类型="独角兽"),
    ]
    view = match_investors(count(rows))
    table = view.table
    assert table["projects"].sum() == 5
    own = table[table["projects"] > 0].set_index(["direction_zh", "kind_zh"])["projects"]
    assert own.to_dict() == {
        (mine[0], "独角兽"): 2,
        (mine[1], "校友企业"): 1,
        (mine[1], "未注明"): 1,
        ("未注明", "独角兽"): 1,
    }
    # Every direction of the plan has a row for every kind, so that the empty ones show.
    kinds = table["investor_kind"].nunique()
    assert len(table) == kinds * (len(plan.directions) + 1)
    empty = list_empty(table)
    assert len(empty) == len(plan.directions) - 2
    assert view.findings[0].numbers["empty"] == len(empty)
    assert view.findings[1].numbers["unknown"] == 1


def test_a_direction_is_not_empty_if_a_part_of_it_has_a_project(count):
    rows = [row("A1", 行业="金融", 招引方向="公募私募基金管理人")]
    empty = set(list_empty(match_investors(count(rows)).table)["direction"])
    assert {"finance.2", "finance.2.2"}.isdisjoint(empty)
    assert "finance.2.1" in empty


def test_regions_by_hand(count):
    view = list_regions(count())
    rows = view.table.set_index("source_region")
    columns = ["projects", "share", "investment", "unknown"]
    assert rows.index.tolist() == ["杭州市", "上海市", ""]
    assert rows.loc["杭州市", columns].tolist() == [2, 0.5, 22.5, 0]
    assert rows.loc["上海市", columns].tolist() == [2, 0.5, 1.99, 0]
    assert rows.loc[""].isna()[["share", "investment_share"]].all()
    assert rows.loc["", ["projects", "unknown"]].tolist() == [1, 1]
    names = {(name.zh, name.en) for name in view.findings[0].numbers["names"]}
    # A province has an English name here, a city below it none.
    assert names == {("杭州市", "杭州市"), ("上海市", "Shanghai")}


def test_provinces_are_one_region_however_written(count):
    names = ["浙江", "浙江省", "上海", "上海市", "杭州", "杭州市"]
    rows = [row(f"A{i}", 来源地=name) for i, name in enumerate(names)]
    view = list_regions(count(rows))
    found = view.table.set_index("source_region")["projects"].to_dict()
    # Of cities no list tells that two names are one.
    assert found == {"浙江省": 2, "上海市": 2, "杭州": 1, "杭州市": 1}
    assert "most of them" not in view.findings[0].say("en")
    assert len(list_provinces()) == 34


@pytest.mark.parametrize("limits", [[], [0], [-1], [1, 1], [float("nan")], ["x"], 5])
def test_amounts_to_count_from_that_are_none(count, limits):
    with pytest.raises(ComparisonError) as raised:
        count_sizes(count(), limits)
    assert all(raised.value.say(lang)[0] for lang in LANGUAGES)


def test_pairs_without_a_project_are_told(demo):
    view = match_investors(demo)
    numbers = view.findings[-1].numbers
    assert view.findings[-1].kind == "investors_cells"
    table = view.table
    named = table[(table["direction"] != "") & (table["investor_kind"] != "")]
    own = named.groupby(["direction", "investor_kind"])["projects"].sum()
    assert numbers["cells"] == len(own)
    # A direction also has what its parts have, so that fewer are empty than rows are.
    assert 0 < numbers["empty"] <= int((own == 0).sum())


def test_one_measured_step_is_not_called_the_slowest(count):
    view = follow_stages(count([row("F1", **HEAVY, 落地日期="2024-01-20")]))
    assert "Only one step has days at both ends" in view.findings[0].say("en")
    assert "最慢" not in view.findings[0].say("zh")
    assert "The slowest step" in follow_stages(count(STAGES)).findings[0].say("en")


def test_no_region_at_all(count):
    assert list_regions(count([row("A1")])).findings[0].kind == "regions_unknown"


def test_the_platform_by_hand(count):
    row = measure_platforms(count()).table.iloc[0]
    assert [row["platform"], row["parent"]] == ["futurecity", "nantaihu"]
    assert [row["projects"], row["share"], row["parent_share"]] == [1, 0.2, 1]
    # The plan: 160 of 1000, and 160 of the 216 of Nantaihu.
    assert row["planned_share"] == 0.16
    assert row["planned_parent_share"] == pytest.approx(160 / 216)
    assert row["lead_pp"] == pytest.approx(4)
    assert row["investment_share"] == pytest.approx(10 / 24.49)


def test_a_ledger_without_platforms_says_so(count):
    view = measure_platforms(count([row("A1")]))
    assert view.findings[0].kind == "platform_unknown"


def test_concentration_by_hand(count):
    view = measure_concentration(count())
    table = view.table.set_index("quantity")
    # 2.6 in Deqing, 1.4 in Anji, 1 in Nantaihu, of 5.
    expected = (2.6**2 + 1.4**2 + 1) / 25
    assert table.at["projects", "herfindahl"] == pytest.approx(expected)
    assert table.at["projects", "equal_areas"] == pytest.approx(1 / expected)
    assert table.at["projects", "largest"] == "deqing"
    number = table.at["projects", "areas"]
    even = 1 / number
    assert table.at["projects", "normalised"] == pytest.approx((expected - even) / (1 - even))


def test_targets_of_areas_by_hand(demo, plan):
    areas = plan.cells.query(
        "measure == 'projects' and industry == 'all' and project_type == 'all'"
        " and horizon == '2023-2025' and area not in ['all', 'futurecity']"
    )["value"].astype(float)
    expected = sum((areas / 1000) ** 2)
    table = measure_concentration(demo).table.set_index("quantity")
    assert areas.sum() == 1000
    assert table.at["targets", "herfindahl"] == pytest.approx(expected)


STAGES = [
    # Signed 10 January; landed after 10, 20 and 40 days; one by a month alone; two wait.
    row("F1", **HEAVY, 落地日期="2024-01-20", 开工日期="2024-03-01"),
    row("F2", **HEAVY, 落地日期="2024-01-30"),
    row("F3", **HEAVY, 落地日期="2024-02-19"),
    row("F4", **HEAVY, 落地日期="2024年3月"),
    row("F5", **HEAVY),
    row("F6", **{**HEAVY, "签约日期": "2024-06-20"}),
    # Withdrawn after landing; started without a day of landing.
    row("F7", **HEAVY, 落地日期="2024-01-15", 退出日期="2024-05-01"),
    row("F8", **HEAVY, 开工日期="2024-04-01"),
]


def test_the_funnel_by_hand(count):
    view = follow_stages(count(STAGES))
    table = view.table.query("project_type == 'fixed_asset'").set_index("stage")
    assert table["reached"].tolist() == [7, 5, 2, 0, 0]
    assert table["conversion"].fillna(-1).tolist() == [-1, 5 / 7, 2 / 5, 0, -1]
    assert table["current"].tolist() == [2, 3, 2, 0, 0]
    assert table["withdrawn"].tolist() == [0, 1, 0, 0, 0]
    assert table["skipped"].tolist() == [0, 1, 0, 0, 0]
    landed = table.loc["landed"]
    assert [landed["pairs"], landed["day_unknown"]] == [3, 1]
    assert [landed["days_q1"], landed["days_median"], landed["days_q3"]] == [15, 20, 30]
    # F5 since 10 January, F6 since 20 June.
    assert [landed["waiting"], landed["waiting_median"]] == [2, (172 + 10) / 2]
    assert landed["waiting_longest"] == 172
    started = table.loc["started"]
    # F1 took 41 days; F8 has no day of landing.
    assert [started["pairs"], started["days_median"], started["waiting"]] == [1, 41, 3]
    assert view.findings[0].numbers["waiting"] == 3
    assert "3 still wait" in view.findings[0].say("en")


def test_stages_after_the_day_are_not_reached(count):
    table = follow_stages(count(STAGES, as_of="2024-01-31")).table
    own = table.query("project_type == 'fixed_asset'").set_index("stage")
    # F6 signs in June; F3, F4, F8 land or start later; F7 is withdrawn later.
    assert own["reached"].tolist()[:3] == [7, 3, 0]
    assert own.loc["landed", "withdrawn"] == 0


def test_withdrawn_projects_are_followed_where_they_count(count):
    settled = count(STAGES, 退出项目是否计数="是")
    own = follow_stages(settled).table.query("project_type == 'fixed_asset'").set_index("stage")
    assert own["reached"].tolist()[:2] == [8, 6]
    assert own["withdrawn"].sum() == 0


def test_those_on_their_way_to_the_counting_stage_are_followed(count):
    counted = count(STAGES, **{"计数阶段（固投类）": "开工"})
    assert len(counted.counted) == 2
    own = follow_stages(counted).table.query("project_type == 'fixed_asset'").set_index("stage")
    assert own["reached"].tolist()[:3] == [7, 5, 2]


def test_each_project_stands_at_one_stage(demo):
    table = follow_stages(demo).table
    for _, rows in table.groupby("project_type"):
        assert rows["current"].sum() == rows["reached"].iloc[0]
        assert rows["reached"].is_monotonic_decreasing
        assert (rows["waiting"].iloc[1:].to_numpy() == rows["current"].iloc[:-1].to_numpy()).all()


def test_no_day_is_taken_from_a_month(count):
    rows = [row("F1", **HEAVY, 落地日期="2024年3月")]
    view = follow_stages(count(rows))
    landed = view.table.query("stage == 'landed'").iloc[0]
    assert [landed["pairs"], landed["day_unknown"]] == [0, 1]
    assert pd.isna(landed["days_median"])
    assert view.findings[0].kind == "funnel_without_days"
