"""The ledger's words: every rule is worded, used and planted; the page names what there is."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from h1224lib import load_plan, wording
from h1224lib.findings import SEVERITIES
from h1224lib.ledger import Limits
from h1224lib.ledger.headers import mean_header
from h1224lib.ledger.vocabulary import index_headers, list_fields, read_words
from h1224lib.resources import PACKAGE

RULES = read_words("rules")
SOURCES = "".join(
    path.read_text(encoding="utf-8") for path in sorted((PACKAGE / "ledger").glob("*.py"))
)
PAGE = (Path(__file__).parents[2] / "docs" / "ledger-format.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", RULES["rules"])
def test_every_rule_has_severity_reason_and_words(kind):
    severity, reason = RULES["rules"][kind]
    assert severity in SEVERITIES
    assert reason in RULES["reasons"]
    for part in (kind, f"{kind}.expected", f"{kind}.remedy"):
        assert wording.has(part), part


def test_every_rule_is_applied_somewhere():
    # Two are made of parts: the amount's kind, and `_further` behind a trouble.
    made = {f"ledger_amount_{end}" for end in ("infinite", "unreadable", "large", "zero")}
    made |= {kind for kind in RULES["rules"] if kind.endswith("_further")}
    named = set(re.findall(r'"(ledger_\w+)"', SOURCES)) | made
    assert set(RULES["rules"]) <= named


def test_every_header_means_one_column():
    meant: dict[str, set[str]] = {}
    for name, entry in read_words("columns")["column"].items():
        for text in (entry["zh"], entry["en"], *entry["aliases"]):
            meant.setdefault(text, set()).add(name)
    assert all(len(names) == 1 for names in meant.values())
    for name, known in list_fields().items():
        assert {mean_header(known.label.zh), mean_header(known.label.en)} == {name}


@pytest.mark.parametrize(
    "header",
    [
        "计划开工时间",
        "预计投产日期",
        "拟签约时间",
        "签约日期（计划）",
        "总投资（计划）",
        "联系人",
        "开工率",
    ],
)
def test_what_is_planned_or_something_else_is_no_column_of_the_ledger(header):
    assert mean_header(header) is None


def test_no_alias_of_a_stage_is_an_alias_of_another():
    stems = [s for entry in read_words("columns")["date"].values() for s in entry["stems"]]
    assert len(stems) == len(set(stems))
    assert index_headers()["入规日期"] == "above_scale_date"


def test_the_page_names_every_column_setting_and_limit():
    for name, known in list_fields().items():
        assert f"| `{name}` | {known.label.zh} · {known.label.en} |" in PAGE, name
    for name, entry in read_words("settings").items():
        assert f"| `{name}` | {entry['zh']} |" in PAGE, name
        for choice in entry.get("choices", {}):
            assert f"`{choice}`" in PAGE, choice
    for limit in dataclasses.fields(Limits):
        assert f"| `{limit.name}` |" in PAGE, limit.name


def test_the_page_says_which_columns_are_needed():
    for name, known in list_fields().items():
        [line] = [line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |")]
        assert line.split("|")[4].strip() == known.needed


def test_ladders_are_those_of_the_plans_types():
    assert set(read_words("columns")["ladders"]) == set(load_plan().project_types.index) - {"all"}
