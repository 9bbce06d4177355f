"""Entries: what a code, a share, a stage and a remark are called."""

from __future__ import annotations

import datetime as dt

import pytest

from h1224lib import load_plan
from h1224lib.entries import ALSO, STAGES, WORDED, head, word_entry
from h1224lib.plan.model import TABLES


@pytest.mark.parametrize(
    ("column", "value", "zh", "en"),
    [
        ("by", ("area", "industry"), "区县、行业", "area and industry"),
        ("by", (), "全部", "the whole"),
        ("places", ("2.1", "3.4"), "2.1; 3.4", "2.1; 3.4"),
        ("withdrawn", True, "是", "yes"),
        ("date", dt.datetime(2024, 6, 30, 8), "2024-06-30", "2024-06-30"),
        ("share", 0.125, 12.5, 12.5),
        ("gap", 1 / 3, 0.333333, 0.333333),
        ("target", 1 / 3, 1 / 3, 1 / 3),
        ("platform", "futurecity", "未来城", "Future City"),
        ("industries", "hr;finance", "人力资源服务业、金融业", "Human resources and Finance"),
        ("stage", "landed", "落地", "Landed"),
        ("unit", "亿元", "亿元", "CNY 100 million"),
        ("light", "moon", "moon", "moon"),
        ("light", "red", "红灯", "red"),
        ("name", "=1+1", "=1+1", "=1+1"),
    ],
)
def test_entries_in_both_languages(column: str, value: object, zh: object, en: object) -> None:
    plan = load_plan("huzhou-1224")
    assert [word_entry(column, value, plan, lang) for lang in ("zh", "en")] == [zh, en]


def test_every_column_that_is_worded_has_a_header() -> None:
    for column in (*ALSO, *STAGES, *WORDED):
        assert head(column, "en") != column


def test_other_names_of_dimensions_are_of_tables_that_there_are() -> None:
    assert set(ALSO.values()) <= set(TABLES)
