"""What a notebook shows and keeps."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from h1224lib import attribute_gap, charts, load_plan, measure_progress, open_run, read_actuals
from h1224lib.errors import UnknownNameError
from h1224lib.findings import Finding
from h1224lib.record import MIMETYPE, Run

Bundles = list[dict[str, Any]]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Bundles:
    """Collect what is displayed, as a notebook would get it."""
    bundles: Bundles = []
    monkeypatch.setattr(
        "IPython.display.display", lambda item: bundles.append(item._repr_mimebundle_())
    )
    return bundles


def run_of(plan: str, out: Path | None, lang: str = "zh") -> Run:
    return open_run(plan, "2019Q1", lang, out, notebook="04_gaps_by_area", subject="kaijiang")


def test_findings_are_shown_in_words_and_kept_as_data(shown: Bundles) -> None:
    state_finding = Finding("no_area_behind", "note", {"of": 9, "schedule": "printed"})
    run_of("dazhou-2019", None).say(state_finding)
    [bundle] = shown
    assert bundle["text/markdown"] == "9 个地区均不落后于印发的当期计划。"
    entry = bundle[MIMETYPE]
    assert (entry["type"], entry["notebook"], entry["subject"], entry["lang"]) == (
        "findings",
        "04_gaps_by_area",
        "kaijiang",
        "zh",
    )
    assert entry["findings"][0]["en"].startswith("None of the 9 areas")


def test_many_findings_are_a_list_and_severities_are_said(shown: Bundles) -> None:
    behind = {"areas": ["甲"], "behind": 1, "of": 2, "schedule": "quarters"}
    findings = [Finding("areas_behind", "warning", behind)] * 23
    run_of("dazhou-2019", None).say(findings)
    lines = shown[0]["text/markdown"].splitlines()
    assert len(lines) == 21
    assert lines[0].startswith("- 注意：")
    assert "另有 3 条" in lines[-1]
    assert len(shown[0][MIMETYPE]["findings"]) == 23


def test_nothing_to_say_shows_nothing(shown: Bundles) -> None:
    run_of("dazhou-2019", None).say([])
    assert shown == []


def test_names_of_a_plan_are_no_markup(shown: Bundles) -> None:
    numbers = {"dimension": "area"}
    finding = Finding("progress_no_target", "note", {"where": "<b>*A* [x](y) $1$", **numbers})
    run_of("dazhou-2019", None, "en").say(finding)
    assert shown[0]["text/markdown"].startswith(r"&lt;b&gt;\*A\* \[x\](y) \$1\$ has")


def test_a_table_is_kept_whole_with_bom_and_words(shown: Bundles, tmp_path: Path) -> None:
    plan = load_plan("huzhou-1224")
    run = open_run(plan, None, "zh", tmp_path, notebook="00_start")
    run.table("targets", plan.targets)
    path = tmp_path / "tables" / "00_start-targets.zh.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == len(plan.targets)
    assert {row["地区"] for row in rows} > {"吴兴区", "市属"}
    assert {row["数值"] for row in rows} >= {"-"}
    entry = shown[0][MIMETYPE]
    assert entry["files"] == {"csv": "tables/00_start-targets.zh.csv"}
    assert (entry["title"], entry["rows"]) == ("目标", len(plan.targets))
    assert shown[0]["text/html"].count("<tr>") == 21


def test_a_table_is_shown_whole_where_asked_and_numbered_ones_are_of_a_kind(
    shown: Bundles, tmp_path: Path
) -> None:
    plan = load_plan("huzhou-1224")
    run = open_run(plan, None, "zh", tmp_path, notebook="00_start")
    run.table("targets-2", plan.targets, rows=None)
    assert shown[0]["text/html"].count("<tr>") == len(plan.targets) + 1
    assert shown[0][MIMETYPE]["title"] == "目标"
    assert (tmp_path / "tables" / "00_start-targets-2.zh.csv").exists()


def test_without_a_folder_nothing_is_kept(
    shown: Bundles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    plan = load_plan("dazhou-2019")
    run = open_run(plan, None, "en")
    run.table("targets", plan.targets)
    assert shown[0][MIMETYPE]["files"] == {}
    assert list(tmp_path.iterdir()) == []


def test_a_figure_leaves_five_files(shown: Bundles, tmp_path: Path) -> None:
    plan = load_plan("dazhou-2019")
    state = measure_progress(plan, read_actuals(None, plan), as_of="2019-03-31")
    chart = charts.gap_bars(attribute_gap(state, by=["area"]), lang="en", highlight="kaijiang")
    run_of("dazhou-2019", tmp_path / "运行 1", "en").figure("gap-quarters", chart)
    folder = tmp_path / "运行 1" / "figures" / "04_gaps_by_area" / "kaijiang"
    assert {path.name for path in folder.iterdir()} == {
        f"gap-quarters.en.{form}" for form in ("svg", "png", "pdf", "vl.json", "csv")
    }
    text = (folder / "gap-quarters.en.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(text.splitlines()))
    assert rows[0][0] == "Area"
    assert [rows[4][0], rows[4][-1]] == ["Kaijiang County", "2.075"]
    entry = shown[0][MIMETYPE]
    assert entry["alt"]
    assert entry["title"]
    assert (tmp_path / "运行 1" / entry["files"]["svg"]).is_file()
    assert shown[0]["text/html"].startswith('<div class="h1224-figure"><img alt=')


@pytest.mark.parametrize("name", ["../up", "A", "", "a b", "con.csv"])
def test_names_that_name_no_file(shown: Bundles, name: str) -> None:
    run = run_of("dazhou-2019", None)
    with pytest.raises(UnknownNameError):
        run.table(name, run.plan.targets)


def test_unknown_language() -> None:
    with pytest.raises(UnknownNameError, match="fr"):
        open_run("dazhou-2019", lang="fr")
