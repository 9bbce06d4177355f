"""The catalogue is complete: both languages, every key that the code names, no blanks."""

from __future__ import annotations

import re

import jinja2
import pytest

from h1224lib import wording
from h1224lib.findings import Finding, Label, problem, worst
from h1224lib.resources import PACKAGE

SOURCES = {path: path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}
PROBLEMS = sorted(
    {k for text in SOURCES.values() for k in re.findall(r'\bproblem\(\s*"(\w+)"', text)}
)
FINDINGS = sorted(
    {
        key
        for text in SOURCES.values()
        for key in re.findall(r'(?<!> )\b(?:Finding|without_rows)\(\s*"(\w+)"', text)
    }
)
ERRORS = sorted(
    {k for text in SOURCES.values() for k in re.findall(r'\b[A-Z]\w+Error\(\s*"(\w+)"', text)}
)
SAID = sorted(
    {k for text in SOURCES.values() for k in re.findall(r'wording\.say\(\s*"([\w.]+)"', text)}
)


def test_the_search_for_keys_finds_them():
    assert "unknown_code" in PROBLEMS
    assert {"gap_parts", "shift_one_period"} <= set(FINDINGS)
    assert "plan_has_problems" in ERRORS
    assert "cell_name" in SAID


@pytest.mark.parametrize("key", sorted(wording.catalogue()))
def test_every_entry_is_in_both_languages_and_parses(key):
    texts = wording.catalogue()[key]
    assert set(texts) == set(wording.LANGUAGES)
    for text in texts.values():
        # A plain note bears no word before it.
        assert text.strip() or key == "severity.note"
        jinja2.Environment(undefined=jinja2.StrictUndefined).parse(text)


@pytest.mark.parametrize("key", PROBLEMS)
def test_every_problem_says_what_was_expected_and_how_to_mend_it(key):
    for part in (key, f"{key}.expected", f"{key}.remedy"):
        assert wording.has(part), part


@pytest.mark.parametrize("key", [*FINDINGS, *ERRORS, *SAID])
def test_every_key_that_the_code_names_is_there(key):
    assert wording.has(key)


@pytest.mark.parametrize(
    "kind", ["sum", "sum_over_time", "year_within_cumulative", "part_within_whole", "restatement"]
)
def test_every_kind_of_identity_can_fail_in_words(kind):
    assert wording.has(f"{kind}_fails")
    assert wording.has(f"kind.{kind}")


def test_numbers_round_half_up_and_say_when_they_are_missing():
    assert wording.number(29.525, 2) == "29.53"
    assert wording.number(-0.005, 2) == "−0.01"
    assert wording.number(None) == "–"
    assert wording.number(10.0) == "10"
    assert wording.number(1e12) == "1000000000000"


def test_english_plurals():
    one = {"checks": 1, "fails": 1}
    assert Finding("plan_does_not_add_up", "error", one).say("en") == "1 of 1 identities fails."


def test_labels_follow_the_language():
    label = Label("德清县", "Deqing")
    numbers = {"areas": [label], "behind": 1, "of": 2, "unknown": 0, "schedule": "quarters"}
    finding = Finding("areas_behind", "warning", numbers)
    assert "德清县" in finding.say("zh")
    assert "1 of 2 areas is behind" in finding.say("en")
    record = finding.as_record()
    assert record["numbers"]["areas"] == [{"zh": "德清县", "en": "Deqing"}]
    assert record["zh"] == finding.say("zh")


def test_a_missing_value_is_an_error_not_a_blank():
    with pytest.raises(jinja2.UndefinedError):
        wording.say("areas_behind", "en")


def test_problems_cut_what_was_found_and_keep_their_place():
    long = problem("not_number", "figures.csv", 7, "value", "9" * 10000)
    assert long.say("en").startswith("figures.csv, row 7, column value; '999")
    assert len(long.say("en")) < 400
    assert worst([long]) == "error"
    assert worst([]) is None


@pytest.mark.parametrize(
    ("environment", "lang"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_ALL": "C", "LANG": "zh_CN"}, "en"),
        ({"H1224_LANG": "zh", "LC_ALL": "C"}, "zh"),
    ],
)
def test_the_users_language_comes_from_the_environment(monkeypatch, environment, lang):
    for name in ("H1224_LANG", "LC_ALL", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert wording.user_language() == lang
