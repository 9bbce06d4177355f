"""The rulebook: rules, functions and words in step; every finding can be said and kept."""

from __future__ import annotations

import importlib
import json

import pytest

from h1224lib import load_plan, review_plan, wording
from h1224lib.findings import SEVERITIES
from h1224lib.resources import PACKAGE
from h1224lib.review import list_rules

MODULES = [
    f"h1224lib.review.{path.stem}"
    for path in sorted((PACKAGE / "review").glob("*.py"))
    if path.stem not in ("__init__", "rulebook", "cells", "ordinals")
]


def test_rules_and_functions_are_the_same():
    functions = {
        (module.rpartition(".")[2], name.removeprefix("find_"))
        for module in MODULES
        for name, found in vars(importlib.import_module(module)).items()
        if name.startswith("find_") and found.__module__ == module
    }
    assert functions == {(rule.module, rule.name) for rule in list_rules()}
    assert len({rule.name for rule in list_rules()}) == len(list_rules()) > 25


@pytest.mark.parametrize("rule", list_rules(), ids=lambda rule: rule.name)
def test_a_rule_has_a_severity_a_reason_and_words(rule):
    assert rule.severity in SEVERITIES
    assert rule.reason.zh and rule.reason.en
    assert wording.has(rule.name)


@pytest.mark.parametrize("rule", list_rules(), ids=lambda rule: rule.name)
def test_what_a_rule_finds_bears_its_name_and_severity(rule):
    for finding in rule.apply(load_plan()):
        assert finding.kind in (rule.name, f"{rule.name}_hold")
        expected = "note" if finding.kind != rule.name else rule.severity
        assert finding.severity == expected


def test_every_finding_is_said_in_both_languages_and_kept_as_data():
    for name in ("huzhou-1224", "dazhou-2019"):
        for finding in review_plan(load_plan(name)):
            record = json.loads(json.dumps(finding.as_record(), allow_nan=False))
            assert record["zh"].endswith("。")
            assert record["en"].endswith(".")
            assert "nan" not in record["en"].lower().split()


def test_the_gravest_come_first():
    order = [SEVERITIES.index(f.severity) for f in review_plan(load_plan())]
    assert order == sorted(order)
    assert min(order) == 1  # Huzhou's annex adds up: warnings and notes alone
