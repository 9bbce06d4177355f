"""Cells: dates, amounts, shares and identifiers, first on paper, then as properties."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from h1224lib.ledger.amounts import Amount, read_amount, scale
from h1224lib.ledger.columns import make_column
from h1224lib.ledger.credits import read_shares
from h1224lib.ledger.dates import Context, read_date
from h1224lib.ledger.headers import mean_header
from h1224lib.ledger.texts import clean_ids
from h1224lib.ledger.units import names_unit, unit_of
from h1224lib.ledger.vocabulary import Fault
from h1224lib.ledger.written_dates import Span

DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31))


def days(said, *context: Context) -> tuple[str, str]:
    span = read_date(said, *context)
    assert isinstance(span, Span), span
    return span.first.isoformat(), span.last.isoformat()


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("2023年5月6日", "2023-05-06", "2023-05-06"),
        ("2023年05月06号", "2023-05-06", "2023-05-06"),
        ("２０２３年５月６日", "2023-05-06", "2023-05-06"),
        ("2023/5/6", "2023-05-06", "2023-05-06"),
        ("2023.10.15", "2023-10-15", "2023-10-15"),
        ("2023-05-06 00:00:00", "2023-05-06", "2023-05-06"),
        ("2024/3/12 9:30", "2024-03-12", "2024-03-12"),
        ("2024-03-12T09:30:00+08:00", "2024-03-12", "2024-03-12"),
        ("2024年3月1日 9:30", "2024-03-01", "2024-03-01"),
        ("2023/5/16 0:00:00", "2023-05-16", "2023-05-16"),
        ("2023/12/31 0:00", "2023-12-31", "2023-12-31"),
        ("2023/11/10 0:00:00", "2023-11-10", "2023-11-10"),
        ("2023/5/6 0:00:00", "2023-05-06", "2023-05-06"),
        ("2023-05-16 00:00:00", "2023-05-16", "2023-05-16"),
        ("2023年5月16日 9:30", "2023-05-16", "2023-05-16"),
        ("2023/5/16 上午 9:30:00", "2023-05-16", "2023-05-16"),
        ("2023/5/16 9:30 PM", "2023-05-16", "2023-05-16"),
        ("2023年5月16日上午9时30分", "2023-05-16", "2023-05-16"),
        ("2023年5月16日下午", "2023-05-16", "2023-05-16"),
        ("2023年5月底", "2023-05-21", "2023-05-31"),
        ("2023年2月末", "2023-02-21", "2023-02-28"),
        ("2023年5月初", "2023-05-01", "2023-05-10"),
        ("2023一季度", "2023-01-01", "2023-03-31"),
        ("2023第三季度", "2023-07-01", "2023-09-30"),
        ("2024年三月", "2024-03-01", "2024-03-31"),
        ("2024年十二月三十一日", "2024-12-31", "2024-12-31"),
        ("20230506", "2023-05-06", "2023-05-06"),
        ("二〇二三年十一月二十日", "2023-11-20", "2023-11-20"),
        ("二〇二三年十月", "2023-10-01", "2023-10-31"),
        ("2024年2月", "2024-02-01", "2024-02-29"),
        ("2023.10", "2023-10-01", "2023-10-31"),
        ("2023年5月中旬", "2023-05-11", "2023-05-20"),
        ("2023年2月下旬", "2023-02-21", "2023-02-28"),
        ("2023年第二季度", "2023-04-01", "2023-06-30"),
        ("2023年二季度", "2023-04-01", "2023-06-30"),
        ("2023Q4", "2023-10-01", "2023-12-31"),
        ("2023年上半年", "2023-01-01", "2023-06-30"),
        ("2023年", "2023-01-01", "2023-12-31"),
        (2023.0, "2023-01-01", "2023-12-31"),
        (202305.0, "2023-05-01", "2023-05-31"),
        (20230506.0, "2023-05-06", "2023-05-06"),
        (45052.0, "2023-05-06", "2023-05-06"),
        (45052.75, "2023-05-06", "2023-05-06"),
        (dt.datetime(2023, 5, 6, 14, 30), "2023-05-06", "2023-05-06"),
    ],
)
def test_dates_on_paper(said, first, last):
    assert days(said) == (first, last)


@pytest.mark.parametrize("said", ["-", "——", "/", "无", "", "未开工", "尚未落地", "待定", "N/A"])
def test_nothing_is_no_date(said):
    assert read_date(said) is None


@pytest.mark.parametrize(
    "said",
    [
        "23.5.6",
        "6/5/2023",
        "2023年底",
        "5/6",
        "2024/3/19:30",
        "24年3月",
        "2023-5-6至5-9",
        "2023年第五季度",
        "约2023年",
        "20231季度",
        "2023 1 1",
        "2023\n12\n1",
        "是",
    ],
)
def test_what_may_mean_two_days_is_none(said):
    assert read_date(said).kind == "ledger_date_unreadable"


@pytest.mark.parametrize(
    "said", [2023.1, 2023.5, 5.6, 9999.5, float("inf"), float("nan"), -1.0, 1e12]
)
def test_numbers_that_are_no_days(said):
    assert read_date(said).kind in ("ledger_date_number", "ledger_date_far")


@given(DAYS)
def test_a_day_is_read_however_it_is_written(day):
    said = [f"{day.year}年{day.month}月{day.day}日", f"{day:%Y-%m-%d}", f"{day:%Y.%m.%d}"]
    said += [f"{day.year}/{day.month}/{day.day}", f"{day:%Y%m%d}", day]
    iso = day.isoformat()
    assert {days(text) for text in said} == {(iso, iso)}
    assert days(f"{day.month}月{day.day}日", Context((day.year,))) == (iso, iso)


@given(st.integers(1990, 2099), st.integers(1, 12), st.integers(1, 40))
def test_a_day_that_does_not_exist_is_an_error(year, month, day):
    found = read_date(f"{year}-{month}-{day}")
    exists = day <= calendar.monthrange(year, month)[1]
    assert isinstance(found, Span) == exists
    assert exists or found.kind == "ledger_date_impossible"


@given(st.text(max_size=12))
def test_no_text_breaks_the_readers(text):
    assert isinstance(read_date(text), Span | Fault | None)
    assert isinstance(read_amount(text, 0), Amount | Fault | None)
    assert all(isinstance(share, Fraction) for share in read_shares(text))
    column = make_column("project_id", "编号", "A", [text], {})
    ids, _ = clean_ids(column)
    kept = re.sub(r"[\r\n\t]+", "", text.strip())
    # An apostrophe in front is how spreadsheets mark a text.
    assert ids.isna().all() or ids[0] in (kept, kept.removeprefix("'").strip())


@given(st.decimals(0, 10**6, places=6, allow_nan=False, allow_infinity=False))
def test_amounts_are_exact_in_every_unit(value):
    assert read_amount(f"{value}万元", 0).yi == value.scaleb(-4)
    assert read_amount(f"{value}亿", -4).yi == value
    assert read_amount(f"{value:,}", -4).yi == value.scaleb(-4)
    assert read_amount(f"人民币{value}元", 0).yi == value.scaleb(-8)


@pytest.mark.parametrize(
    ("said", "yi"),
    [
        ("1亿5000万元", "1.5"),
        ("1亿零", None),
        ("2亿3000万", "2.3"),
        ("5000W", "0.5"),
        ("5000w元", "0.5"),
        ("500（万元）", "0.05"),
        ("5亿左右", "5"),
        ("5亿元以上", "5"),
        ("RMB 5 million", "0.05"),
        ("5 million yuan", "0.05"),
        ("1.5亿5000万", None),
        ("5000万1亿", None),
        ("1亿5000", None),
        ("5亿-8亿", None),
        ("5亿元/年", None),
        ("500万欧", None),
        ("5 million", None),
    ],
)
def test_amounts_in_words_of_the_office(said, yi):
    amount = read_amount(said, 0)
    if yi is None:
        assert amount.kind in ("ledger_amount_unreadable", "ledger_amount_foreign")
    else:
        assert (amount.yi, amount.about) == (Decimal(yi), "左右" in said or "以上" in said)


@given(
    st.lists(st.decimals(0, 10**9, places=5, allow_nan=False, allow_infinity=False), min_size=1),
    st.sampled_from([0, -1, -2, -4, -8]),
)
def test_number_cells_become_the_nearest_float(values, power):
    # What a workbook stores is the float nearest to what was typed, shown with 15 digits.
    stored = np.array([float(value) for value in values])
    exact = [float(Decimal(format(v, ".15g")).scaleb(power)) for v in stored.tolist()]
    assert scale(stored, power).tolist() == exact


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("总投资（亿元）", 0),
        ("总投资(万元)", -4),
        ("总投资\n（万元人民币）", -4),
        ("投资额/亿元", 0),
        ("Investment (CNY 10,000)", -4),
        ("investment_wan", -4),
        ("总投资（百万元）", -2),
        ("总投资", None),
        ("总投资（万美元）", None),
        ("总投资（亿港元）", None),
        ("总投资（十万元）", -3),
        ("总投资（百亿元）", 2),
        ("总投资_亿元", 0),
        ("总投资万元", -4),
        ("总投资（人民币亿元）", 0),
        ("总投资（人民币）", None),
        ("Total Investment (100 million yuan)", 0),
        ("Total Investment (RMB 100 million)", 0),
        ("Total investment (million yuan)", -2),
        ("Investment (billion yuan)", 1),
        ("Investment (10k yuan)", -4),
        ("Investment (10,000 yuan)", -4),
        ("Investment (RMB mn)", -2),
        ("Investment (million)", None),
        ("Investment (yuan)", -8),
        ("单位：个、万元", -4),
        ("填报单位：元通街道  单位：亿元  2024年6月", 0),
        ("招商台账（截至2024年6月30日，单位：万元）", -4),
    ],
)
def test_units_of_headers(header, unit):
    assert unit_of(header) == unit


@pytest.mark.parametrize(
    "header",
    [
        "总投资（万元/亿元）",
        "总投资（亿元/万元）",
        "总投资（元/亿）",
        "总投资（亿欧）",
        "总投资（亿日圆）",
        "总投资（美元亿）",
        "总投资（单位：亿元，外资为万美元）",
        "Investment (EUR m)",
    ],
)
def test_a_unit_that_cannot_be_taken_is_named_and_not_guessed(header):
    assert unit_of(header) is None
    assert names_unit(header)
    assert mean_header(header) == "investment"


@pytest.mark.parametrize(
    "header",
    [
        "投资金额（万元）",
        "总投资_亿元",
        "总投资/亿元",
        "总投资额万元",
        "Total Investment (RMB 100 million)",
        "Investment (RMB mn)",
    ],
)
def test_headers_of_amounts_with_a_unit_behind(header):
    assert mean_header(header) == "investment"


@pytest.mark.parametrize(
    ("said", "shares"),
    [
        ("60%", [Fraction(3, 5)]),
        ("0.6", [Fraction(3, 5)]),
        ("60", [Fraction(3, 5)]),
        ("1", [Fraction(1)]),
        ("100%", [Fraction(1)]),
        ("1/3", [Fraction(1, 3)]),
        ("60/40", [Fraction(3, 5), Fraction(2, 5)]),
        ("6:4", [Fraction(3, 5), Fraction(2, 5)]),
        ("60%、40%", [Fraction(3, 5), Fraction(2, 5)]),
        ("1/3、2/3", [Fraction(1, 3), Fraction(2, 3)]),
        ("0.5;0.5", [Fraction(1, 2), Fraction(1, 2)]),
        ("吴兴区（60%）、德清县（40%）", [Fraction(3, 5), Fraction(2, 5)]),
        ("33.3%", [Fraction(333, 1000)]),
        ("五五开", []),
    ],
)
def test_shares_on_paper(said, shares):
    assert list(read_shares(said)) == shares


@given(st.text("0123456789", min_size=1, max_size=30))
def test_identifiers_of_digits_survive(text):
    ids, marks = clean_ids(make_column("project_id", "编号", "A", [text], {}))
    assert (ids.tolist(), marks) == ([text], [])


@given(st.floats(allow_nan=False))
def test_a_number_cell_is_an_identifier_only_if_nothing_of_it_can_be_lost(value):
    ids, marks = clean_ids(make_column("project_id", "编号", "A", [value], {}))
    whole = abs(value) < 10**15 and value == int(value)
    assert ids.notna().tolist() == [whole]
    assert (marks[0].severity == "note") == whole
