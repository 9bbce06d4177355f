"""What a plan holds, and what it lacks."""

from __future__ import annotations

from h1224lib import describe_plan, load_plan


def test_counts_are_those_of_the_tables() -> None:
    plan = load_plan("huzhou-1224")
    about = describe_plan(plan)
    rows = about.table.set_index("table")["rows"]
    assert rows["figures"] == len(plan.figures)
    assert rows["industries"] == 8  # seven and the whole
    assert about.missing == []
    assert "湖政办发〔2023〕29号" in about.findings[0].say("zh")


def test_missing_dimensions_are_said() -> None:
    about = describe_plan(load_plan("dazhou-2019"))
    assert [f.numbers["dimension"] for f in about.missing] == ["industry", "project_type"]
    assert "industries" not in set(about.table["table"])
    assert about.missing[0].say("zh").startswith("这个方案不分行业")
    assert "has no industries" in about.missing[0].say("en")
