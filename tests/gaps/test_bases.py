"""Bases of a comparison: schedules of one's own keep their names, small bases are told."""

from __future__ import annotations

import pandas as pd
import pytest
from states import LEAVES, make_plan, make_state

from h1224lib import compare, measure_progress, measure_schedules, phase_targets
from h1224lib.errors import ScheduleError
from h1224lib.progress.own import keep_own


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return make_plan(tmp_path_factory.mktemp("plan") / "small")


def under(plan, schedule, **options):
    return make_state(plan, dict.fromkeys(LEAVES, 1), schedule=schedule, **options)


def named(compared):
    return [label.en for label in compared.schedules], [label.zh for label in compared.schedules]


def find(compared, kind):
    return [finding for finding in compared.findings if finding.kind == kind]


def test_two_of_ones_own_are_numbered(plan):
    compared = compare(under(plan, {"2023-06-30": 0.4}), under(plan, {"2023-06-30": 0.5}))
    assert named(compared) == (
        ["own schedule 1", "own schedule 2"],
        ["自定时序 1", "自定时序 2"],
    )
    [told] = find(compared, "comparison_schedules")
    assert "own schedule 1 and own schedule 2" in told.say("en")
    assert "前者是自定时序 1，后者是自定时序 2" in told.say("zh")
    # They are what tells the two apart.
    assert compared.findings[0].say("en").startswith("Own schedule 1 and own schedule 2:")


def test_the_same_written_otherwise_is_no_other(plan):
    compared = compare(under(plan, {"2023-06-30": 0.4}), under(plan, {"2023-06-30": "2/5"}))
    assert find(compared, "comparison_schedules") == []
    assert named(compared)[0] == ["one's own schedule"] * 2
    frame = pd.DataFrame({"measure": "projects", "area": ["east", "west"], "scheduled": [5, 6.5]})
    assert (
        find(compare(under(plan, frame), under(plan, frame.copy())), "comparison_schedules") == []
    )
    other = compare(under(plan, frame), under(plan, frame.assign(scheduled=[5, 7])))
    assert named(other)[0] == ["own schedule 1", "own schedule 2"]


def test_files_give_their_names(plan, tmp_path):
    shares = tmp_path / "office.csv"
    shares.write_text("day,share\n2023-06-30,0.4\n", encoding="utf-8")
    amounts = tmp_path / "council.csv"
    amounts.write_text("measure,area,scheduled\nprojects,east,5\n", encoding="utf-8")
    first, second = under(plan, str(shares)), under(plan, amounts)
    # Two fifths of what is due in three years; and five for East alone.
    assert first.cell()["scheduled"] == pytest.approx(0.4 * float(first.cell()["target"]))
    assert second.cell(area="east")["scheduled"] == 5
    assert named(compare(first, second))[0] == ["office", "council"]
    assert named(compare(first, under(plan, {"2023-06-30": 0.5})))[1] == ["office", "自定时序 2"]
    assert named(compare(first, under(plan, "days")))[0] == ["office", "the schedule by days"]
    # A file with the same content as a mapping is the same schedule.
    assert find(compare(first, under(plan, {"2023-06-30": "0.4"})), "comparison_schedules") == []
    (tmp_path / "other").mkdir()
    namesake = tmp_path / "other" / "office.csv"
    namesake.write_text("day,share\n2023-06-30,0.5\n", encoding="utf-8")
    assert named(compare(first, under(plan, namesake)))[0] == ["own schedule 1", "own schedule 2"]


def test_a_schedule_file_that_cannot_be_read_is_refused(plan, tmp_path):
    with pytest.raises(ScheduleError) as absent:
        under(plan, tmp_path / "none.csv")
    assert absent.value.key == "no_schedule_file"
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    with pytest.raises(ScheduleError) as empty:
        under(plan, tmp_path / "empty.csv")
    assert empty.value.key == "schedule_file_unreadable"
    for refused in (absent, empty):
        assert refused.value.say("zh")[0] != refused.value.say("en")[0]


def test_side_by_side_they_stay_apart_in_a_comparison(plan):
    results = under(plan, "days").actuals
    both = measure_schedules(plan, results, "2023Q2", [{"2023-06-30": 0.4}, {"2023-06-30": 0.5}])
    assert list(both.states) == ["own", "own2"]
    assert named(compare(*both.states.values()))[0] == ["own schedule 1", "own schedule 2"]


def test_a_phasing_that_is_given_is_the_library_s_where_it_expects_the_same(plan):
    given = under(plan, phase_targets(plan))
    assert keep_own("phased") is None
    assert find(compare(given, under(plan, "phased")), "comparison_schedules") == []
    rushed = under(plan, phase_targets(plan, profile="5/5/5/85"))
    compared = compare(rushed, under(plan, "phased"))
    assert named(compared)[0] == ["one's own schedule", "the phased targets"]
    assert named(compare(given, rushed))[0] == ["own schedule 1", "own schedule 2"]


def test_another_small_base_is_told(plan):
    a, b = under(plan, "days"), under(plan, "days", small_base=100)
    assert (a.small_base, b.small_base) == (5, 100)
    [told] = find(compare(a, b), "comparison_small_base")
    assert told.severity == "warning"
    assert "below 5 and below 100" in told.say("en")
    assert "小于 100" in told.say("zh")
    assert find(compare(a, a), "comparison_small_base") == []
    assert measure_progress(plan, a.actuals, "2023-06-30").small_base == 5
