"""What the rules find in Huzhou's plan, worked on paper from the document; then Dazhou's."""

from __future__ import annotations

import pytest

from h1224lib import load_plan, review_plan
from h1224lib.review import measure_paces


@pytest.fixture(scope="module")
def found():
    by_kind: dict[str, list] = {}
    for finding in review_plan(load_plan("huzhou-1224")):
        by_kind.setdefault(finding.kind, []).append(finding)
    return by_kind


def one(found, kind):
    assert len(found[kind]) == 1
    return found[kind][0].numbers


def named(rows, column=0):
    return [row[column].en for row in rows]


def test_at_least_74_above_scale_enterprises_are_in_no_industrys_target(found):
    three, first = (f.numbers for f in found["parts_short_of_total"])
    # 240 + 20 + 60 + 6 = 326; at least 400 - 326 = at least 74.
    assert [value for _, value in three["parts"]] == [240, 20, 60, 6]
    assert (three["sum"], three["total"], three["rest"]) == (326, 400, 74)
    assert three["bound"] == "at_least"
    assert [m.en for m in three["missing"]] == ["Culture and tourism", "Finance", "Logistics"]
    # 60 + 10 + 20 + at least 2 = at least 92, against at least 120: minima 28 apart.
    assert (first["sum"], first["total"], first["rest"]) == (92, 120, 28)
    assert first["bound"] == "minima"


def test_dashes_for_2023_under_a_target(found):
    numbers = one(found, "dash_under_target")
    # Software, fixed-asset: Deqing "1 | -" and Changxing "1 | -"; Wuxing "1 | 1" is none.
    assert named(numbers["cells"]) == [
        "Deqing County, Software and IT, Fixed-asset",
        "Changxing County, Software and IT, Fixed-asset",
    ]
    assert numbers["value"] == 2


def test_exact_here_and_a_bound_there(found):
    rows = [f.numbers for f in found["exact_and_bound"]]
    assert [(n["value"], n["relation"], n["agree"]) for n in rows] == [
        (200, ">=", True),
        (70, ">=", True),
        # 收入 100 (3.6) and 超 100 (its landmarks): nothing is both 100 and more than 100.
        (100, ">", False),
    ]
    assert rows[0]["bound_places"] == ["3.3"]


def test_twenty_results_under_every_way_of_counting(found):
    three, first = (f.numbers for f in found["landmark_count"])
    # Units 2023-2025: commerce 2 + 5, tourism 2 to 3, finance 1 (+ 2 restated), hr 3,
    # logistics 4 x 1, scitech 10 (software's one is restated): 27 to 28, with restated 30 to 31.
    # Results: 10, with restated 13. Clauses: 7, with software's restated one 8.
    # Named in 2023 alone: 1 finance, 1 logistics, 1 software: 3 more of each.
    assert three["counts"] == [
        [False, True, 30, 31, 13, 8],
        [False, False, 27, 28, 10, 7],
        [True, True, 33, 34, 16, 11],
        [True, False, 30, 31, 13, 10],
    ]
    assert (three["reached"], three["ways"], three["exact"]) == (4, 12, 0)
    # 2023: 1 + 3, 1 to 2, 1, 1, 1, 1, 6 = 15 to 16 units; 8 results; 7 clauses, just the 7.
    assert first["counts"] == [[False, True, 15, 16, 8, 7]]
    assert (first["headline"], first["exact"]) == (7, 1)


def test_landmarks_that_restate_that_are_dropped_and_that_have_no_number(found):
    restating = one(found, "landmarks_restating")
    assert [row[1] for row in restating["rows"]] == [200, 6000, 100]
    dropped = one(found, "landmarks_dropped")
    assert (dropped["count"], dropped["early"]) == (3, 8)
    assert [n.zh for n in dropped["names"]] == [
        "北京绿色金融研究院（南院）", "多式联运项目", "云上芯湖州智慧园",
    ]  # fmt: skip
    assert one(found, "landmarks_without_number")["count"] == 5
    units = found["landmark_units"][0].numbers
    # 个: commerce 2, tourism 1; 家: finance, hr, logistics 2, scitech; 亿元: finance, software.
    assert dict(units["units"]) == {"个": 3, "家": 5, "亿元": 2}
    assert units["unnumbered"] == 3


def test_restated_landmarks_are_found_from_the_figures_alone():
    import dataclasses

    from h1224lib.review.landmarks import is_restated

    plan = load_plan("huzhou-1224")
    blind = dataclasses.replace(plan, landmarks=plan.landmarks.assign(restates=""))
    assert is_restated(blind).tolist() == (plan.landmarks["restates"] != "").tolist()


def test_tourisms_directions_are_misnumbered(found):
    rows = one(found, "numbering_slips")["rows"]
    assert [(r[2], r[3]) for r in rows] == [("四是", "4"), ("4", "5")]


def test_topics_of_two_industries(found):
    topics = {t: ids for t, _, ids in one(found, "shared_topics")["topics"]}
    assert topics["冷链"] == ["commerce.5", "logistics.3"]
    assert len(topics) == 7


def test_municipal_targets_that_nobody_assesses(found):
    numbers = one(found, "targets_unassessed")
    # 81 of 1000 and 21 of 303; commerce 65 + finance 10 + hr 6 = 81.
    assert [row[1:3] for row in numbers["totals"]] == [[81, 1000], [21, 303]]
    assert [value for _, value in numbers["industries"]] == [65, 10, 6]


def test_weights_against_shares_and_without_targets(found):
    rows = {r[0].en: r for r in one(found, "weights_against_targets")["rows"]}
    # Logistics 15 % for 42 of 1000: 15 / 4.2 = 3.571; tourism 15 / 24.5 = 0.612; 5.83-fold.
    assert rows["Logistics"][4] == pytest.approx(15 / 4.2)
    assert rows["Culture and tourism"][4] == pytest.approx(15 / 24.5)
    assert one(found, "weights_against_targets")["spread"] == pytest.approx(24.5 / 4.2)
    changhe = one(found, "weights_without_targets")
    # Changhe has 3 projects, all in scitech (10 %): 100 - 10 = 90 % of the weight is empty.
    assert (changhe["area"].en, changhe["weight"], changhe["target"]) == ("Changhe Zone", 90, 3)


def test_points_weights_and_words_hold(found):
    # 90 + 10 = 100 points; 20 + 15 x 4 + 10 x 2 = 100 %; 5 x 2 = 10 points.
    sums = one(found, "points_and_weights_hold")["rows"]
    assert [row[1] for row in sums] == [100, 100, 10]
    held = one(found, "constraints_in_words_hold")
    assert "No fixed-asset in finance and HR" in named(held["notes"])
    assert "points_and_weights" not in found
    assert "constraints_in_words" not in found


def test_stages_years_and_numbers_that_are_missing(found):
    stage = one(found, "target_without_stage")
    assert [len(stage["late"]), len(stage["early"])] == [3, 1]
    assert one(found, "targets_without_number")["count"] == 5  # investment, four growth rates
    years = one(found, "years_without_target")
    assert (years["years"], years["left"]) == (["2024", "2025"], 697)  # 1000 - 303
    undivided = one(found, "undivided_targets")
    assert [name.en for name in undivided["divided"]] == ["Projects attracted"]


def test_bounds_that_change_and_aims(found):
    assert one(found, "bound_changes")["count"] == 4
    assert [row[1:] for row in one(found, "approximate_targets")["rows"]] == [
        [2, 3], [1, 2], [10, None], [6, None],
    ]  # fmt: skip
    assert one(found, "mixed_units")["units"] == ["个", "家"]


def test_areas_with_the_same_targets(found):
    numbers = one(found, "even_allotments")
    alike = {tuple(a.en for a in areas): n for areas, n in numbers["repeated"]}
    # Tourism, hr (and, with Wuxing, finance): the three counties are alike.
    assert alike["Deqing County", "Changxing County", "Anji County"] == 3
    # Those three, commerce (33/10, Anji 33/9) and scitech (7/2, Anji 7/1).
    assert alike["Deqing County", "Changxing County"] == 5
    assert numbers["throughout"] == []


def test_who_carries_most(found):
    row = one(found, "concentrated_targets")["rows"][0]
    assert row[2:] == [110, 200, 0.55]
    within = one(found, "parts_within")
    assert [r[1:3] for r in within["totals"]] == [[160, 216], [45, 67]]
    assert not within["split"]


def test_due_at_once_and_nothing_at_first(found):
    # Printed "1 | 1": Deqing logistics, Wuxing software, Changhe scitech, all fixed-asset.
    assert one(found, "due_at_once")["count"] == 3
    late = one(found, "nothing_at_first")
    # Logistics fixed-asset 2 + 2 + 3 + 2; scitech fixed-asset 1, revenue 5 + 5 + 2: 22.
    assert (late["count"], late["left"]) == (8, 22)


def test_the_pace_that_2023_leaves(found):
    rows = {row[0].en: row for row in one(found, "pace_left")["rows"]}
    # (1000 - 303) / 2 = 348.5 a year after 303: 1.150.
    assert rows["Projects attracted"][3:5] == [697, pytest.approx(348.5 / 303)]
    # (20 - 7) / 2 = 6.5 after 7; both are bounds.
    assert rows["Landmark results"][4:] == [pytest.approx(6.5 / 7), True]
    by = {f.numbers["by"]: f.numbers for f in found["pace_by_part"]}
    # Municipal (81 - 21) / 2 = 30 after 21; Changhe (3 - 1) / 2 = 1 after 1.
    assert by["area"]["fastest"] == pytest.approx(30 / 21)
    assert (by["area"]["slowest"], by["area"]["even"]) == (1, 1)
    # Scitech (45 - 11) / 2 = 17 after 11; hr (100 - 40) / 2 = 30 after 40.
    assert by["industry"]["fastest"] == pytest.approx(17 / 11)
    assert by["industry"]["slowest"] == 0.75
    # Logistics revenue in Deqing, scitech revenue in Wuxing: (6 - 1) / 2 = 2.5 after 1.
    assert (by["cell"]["fastest"], len(by["cell"]["fastest_cells"])) == (2.5, 2)


def test_every_leaf_with_a_2023_target_has_a_pace():
    paces = measure_paces(load_plan("huzhou-1224")).query("leaf and measure == 'projects'")
    assert paces["left"].sum() == 697 - 2  # two leaves print "-" for 2023, one project each
    assert (paces["pace"].isna() == (paces["first_value"] == 0)).all()


def test_growth_that_levels_imply(found):
    rows = {row[0].en: row for row in one(found, "implied_growth")["rows"]}
    assert len(rows) == 11
    # 2500 to 6000 in two years: 2.4 ** 0.5 - 1 = 54.9 %.
    assert rows["Financial assets managed, Finance"][3] == pytest.approx(0.549193, abs=1e-6)
    # At least 1800 to at least 2100: (7/6) ** 0.5 - 1 = 8.0 % at the minima.
    assert rows["Services value added"][3:5] == [pytest.approx(0.080123, abs=1e-6), "minima"]
    # More than 110 to 140: at most (14/11) ** 0.5 - 1 = 12.8 %.
    containers = rows["Rail and water containers, Logistics"]
    assert containers[3:5] == [pytest.approx(0.128152, abs=1e-6), "at_most"]


def test_124_days_of_2023_had_gone_when_the_plan_was_issued(found):
    # January to April have 31 + 28 + 31 + 30 = 120 days, and 4 in May: 124 of 365.
    numbers = one(found, "issued_after_start")
    assert (numbers["gone"], numbers["days"]) == (124, 365)


def test_dazhou_has_paces_alone():
    found = review_plan(load_plan("dazhou-2019"))
    assert [f.kind for f in found] == ["pace_left", "pace_by_part"]
    # (600.1 - 110.5) / 3 quarters = 163.2 after 110.5: 1.477.
    assert found[0].numbers["rows"][0][3:5] == [489.6, pytest.approx(163.2 / 110.5)]
    # Jingkai (45 - 6.5) / 3 = 12.833 after 6.5; Kaijiang (22.3 - 5.3) / 3 = 5.667 after 5.3.
    assert found[1].numbers["fastest"] == pytest.approx(38.5 / 3 / 6.5)
    assert found[1].numbers["slowest"] == pytest.approx(17 / 3 / 5.3)
