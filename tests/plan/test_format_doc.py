"""docs/plan-format.md: every table and field described, and its example is a plan."""

from __future__ import annotations

import json
import re

import pytest

from h1224lib import load_plan, reconcile
from h1224lib.identities import derive_identities, derive_ratios
from h1224lib.plan import check_folder
from h1224lib.plan.tables import CODE, is_number, plan_format
from h1224lib.resources import PACKAGE

DOC = PACKAGE.parent / "docs" / "plan-format.md"


@pytest.fixture(scope="module")
def text():
    return DOC.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def described(text):
    """Table -> field -> (required, meaning, example), as the document's tables say."""
    found = {}
    for name, body in re.findall(r"^### `(\w+)\.csv`(.*?)(?=^##)", text, re.MULTILINE | re.DOTALL):
        rows = re.findall(r"^\| `(\w+)` \|(.*)\|$", body, re.MULTILINE)
        found[name] = {field: [c.strip() for c in rest.split(" |")] for field, rest in rows}
    return found


@pytest.fixture
def example(text, tmp_path):
    """Write the example's files, each from the block below its name."""
    blocks = re.findall(
        r"^`([a-z_]+\.(?:csv|json))`\n\n```\w+\n(.*?)^```$", text, re.MULTILINE | re.DOTALL
    )
    folder = tmp_path / "example"
    folder.mkdir()
    for name, content in blocks:
        (folder / name).write_text(content, encoding="utf-8")
    assert len(blocks) == len(list(folder.iterdir())) == 5
    return folder


def test_every_table_and_field_is_described_and_no_other(described):
    expected = {name: list(spec["fields"]) for name, spec in plan_format().items()}
    assert {name: list(fields) for name, fields in described.items()} == expected


def test_what_is_required_and_allowed_is_said(described, text):
    for name, spec in plan_format().items():
        optional = f"### `{name}.csv`" + ".*\\(optional\\)"
        assert bool(re.search(optional, text)) is not spec["required"], name
        for field, rules in spec["fields"].items():
            required, meaning, _ = described[name][field]
            assert required.startswith("yes") is rules.get("required", False), (name, field)
            choices = rules.get("enum", [])
            assert [c for c in choices if f"`{c}`" not in meaning] == [], (name, field)


def test_examples_of_cells_would_be_accepted(described):
    fits = {"number": is_number, "positive": is_number, "code": CODE.fullmatch}
    for name, spec in plan_format().items():
        for field, rules in spec["fields"].items():
            example = described[name][field][2].strip("`")
            if example:
                assert fits.get(rules["type"], bool)(example), (name, field)
                assert example in rules.get("enum", [example]), (name, field)
            else:
                assert not rules.get("required"), (name, field)


def test_the_relations_that_are_checked_are_those_of_the_document(text):
    section = text[text.index("what the numbers say of each other") :]
    listed = {
        kind
        for cell in re.findall(r"^\| (`.*?) [^`|]* \|", section, re.MULTILINE)
        for kind in re.findall(r"`(\w+)`", cell)
    }
    plans = [load_plan(name) for name in ("huzhou-1224", "dazhou-2019")]
    derived = {identity.kind for plan in plans for identity in derive_identities(plan)}
    derived |= {"ratio" for plan in plans if derive_ratios(plan)}
    assert derived <= listed
    assert listed - derived <= {"sum_over_time"}


def test_links_within_the_page_lead_somewhere(text):
    heads = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
    links = re.findall(r"\]\(#([^)]*)\)", text)
    assert len(links) >= 8
    assert [link for link in links if link not in anchors] == []


def test_the_example_has_no_problem_and_reconciles(example, text):
    assert check_folder(example) == []
    plan = load_plan(example)
    report = reconcile(plan)
    assert report.checks["status"].unique().tolist() == ["holds"]
    assert f"finds {len(report.checks)} relations" in text
    counts = report.checks["kind"].value_counts().to_dict()
    assert counts == {
        "sum": 2,
        "year_within_cumulative": 3,
        "part_within_whole": 1,
        "restatement": 1,
    }
    leaves = plan.targets.set_index(["area", "horizon"])["value"]
    assert sorted(leaves.index) == [
        ("east", "2026"),
        ("east", "2026H1"),
        ("west", "2026"),
        ("west", "2026H1"),
    ]
    assert leaves.isna().sum() == 1


def test_a_typing_error_in_the_example_is_found(example):
    figures = example / "figures.csv"
    typed = figures.read_text(encoding="utf-8").replace("=,1000,万元,1000,", "=,1100,万元,1100,")
    figures.write_text(typed, encoding="utf-8")
    assert not reconcile(load_plan(example)).passed


def test_a_column_of_ones_own_is_declared_as_the_document_shows(example, text):
    schema = json.loads("{" + re.findall(r'`("schema": \{.*?\})`', text)[0] + "}")["schema"]
    own = schema["fields"][0]["name"]
    areas = example / "areas.csv"
    lines = areas.read_text(encoding="utf-8").splitlines()
    widened = [f"{lines[0]},{own}", *(f"{line}," for line in lines[1:])]
    areas.write_text("\n".join(widened) + "\n", encoding="utf-8")
    assert [p.kind for p in check_folder(example)] == ["unknown_column"]
    package = json.loads((example / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"][1]["schema"] = schema
    (example / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    assert check_folder(example) == []
