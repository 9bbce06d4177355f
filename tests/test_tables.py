"""Tables in words: names, dashes, rounded numbers."""

from __future__ import annotations

from html.parser import HTMLParser

import pandas as pd
import pytest

from h1224lib import load_plan, reconcile
from h1224lib.csv_text import write_csv
from h1224lib.hierarchy import complete_targets
from h1224lib.plan import Plan
from h1224lib.plan.tables import plan_format
from h1224lib.tables import lay_out, to_html, word_table


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan("huzhou-1224")


def test_codes_and_headers_become_names(plan: Plan) -> None:
    words = word_table(plan.targets.query("area == 'wuxing'").head(2), plan, "zh")
    assert list(words) == ["计量", "地区", "行业", "类别", "期限", "数值", "单位", "数的编号"]
    assert words["地区"].tolist() == ["吴兴区", "吴兴区"]
    assert (
        word_table(plan.targets.query("area == 'wuxing'").head(1), plan, "en")["Unit"].item()
        == "projects"
    )


def test_a_printed_dash_is_a_dash_and_a_missing_number_is_none(plan: Plan) -> None:
    dashed = plan.targets.query("area == 'changhe'").head(1)
    assert word_table(dashed, plan, "en")["Value"].item() == "-"
    # Nowhere printed: a result without a target, as the state of a period may have it.
    absent = dashed.assign(horizon="2019", value=pd.NA)
    assert word_table(absent, plan, "en")["Value"].item() is None
    both = pd.concat([dashed, absent])
    column = lay_out(both, plan, "en").header.index("Value")
    assert [row[column] for row in lay_out(both, plan, "en").rows] == ["-", "–"]


def test_a_target_that_follows_another_is_shown_as_printed(plan: Plan) -> None:
    rows = plan.targets.query("measure == 'wholesale_sales_growth'")
    assert word_table(rows, plan, "zh")["数值"].tolist() == ["省平均", 12]


def test_a_sum_of_dashes_alone_is_a_dash(plan: Plan) -> None:
    whole = complete_targets(plan)
    assert word_table(whole, plan, "en")["Value"].notna().all()


def test_shares_become_percent_and_leads_stay(plan: Plan) -> None:
    frame = pd.DataFrame({"completion": [0.2008], "lead_pp": [-4.92]})
    assert word_table(frame, plan, "en").to_dict("records") == [
        {"Completion (%)": 20.08, "Lead (pp)": -4.92}
    ]


def test_kinds_statuses_and_lists_are_worded(plan: Plan) -> None:
    words = word_table(reconcile(plan).checks.query("along == 'area'").head(1), plan, "zh")
    assert words[["种类", "沿", "结果"]].iloc[0].tolist() == ["分项合计", "地区", "成立"]
    assert "; " in words["所涉数"].item()


def test_points_line_up_with_two_decimals_at_most(plan: Plan) -> None:
    laid = lay_out(pd.DataFrame({"gap": [10.35, 8.8254, -4.0]}), plan, "en")
    assert [row[0] for row in laid.rows] == ["10.35", "8.83", "−4.00"]
    assert lay_out(pd.DataFrame({"gap": [1.0, None]}), plan, "en").rows == [["1"], ["–"]]


def test_what_is_the_same_in_every_row_is_said_once(plan: Plan) -> None:
    frame = plan.targets.query("horizon == '2023' and area == 'deqing'")
    laid = lay_out(frame, plan, "zh")
    assert "期限" not in laid.header
    assert "期限：2023年" in laid.about
    one = lay_out(complete_targets(plan).query("area == 'deqing'").tail(1), plan, "zh")
    assert "地区" in one.header


def test_long_and_empty_tables_say_so(plan: Plan) -> None:
    laid = lay_out(plan.targets, plan, "en", saved=True)
    assert len(laid.rows) == 20
    assert laid.note == f"The first 20 of {len(plan.targets)} rows; the CSV has all of them."
    assert lay_out(plan.targets.head(0), plan, "zh").note == "没有符合条件的行。"
    assert len(lay_out(plan.targets, plan, "en", rows=None).rows) == len(plan.targets)


def test_html_is_escaped_and_aligned(plan: Plan) -> None:
    laid = lay_out(pd.DataFrame({"note": ["<script>"], "gap": [1]}), plan, "en")
    page = to_html(laid, "en", "A & B")
    seen: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.append((tag, dict(attrs)))

    Reader().feed(page)
    assert "&lt;script&gt;" in page and "A &amp; B" in page
    assert [tag for tag, _ in seen if tag == "script"] == []
    sides = [str(attrs["style"]) for tag, attrs in seen if tag == "td"]
    assert ["right" in side for side in sides] == [False, True]
    assert all(attrs.get("scope") == "col" for tag, attrs in seen if tag == "th")


def test_relations_and_remarks_are_said_in_the_readers_language(plan: Plan) -> None:
    notes = ["初步数 (preliminary)；无发布日 (no date)", ""]
    frame = pd.DataFrame({"relation": ["=", "reference"], "note": notes})
    frame["comparable"] = ["no: other definition", "context"]
    english = word_table(frame, plan, "en")
    assert english.iloc[0].tolist() == ["exactly", "preliminary; no date", "no"]
    assert english.iloc[1].tolist() == ["follows another quantity", "", "context"]
    chinese = word_table(frame, plan, "zh")
    assert chinese.iloc[0].tolist() == ["等于", "初步数；无发布日", "不可比"]
    # No cell needs a guard that would not read back.
    assert "'" not in write_csv(chinese, guard=True)


def test_every_relation_of_the_format_has_words(plan: Plan) -> None:
    relations = plan_format()["figures"]["fields"]["relation"]["enum"]
    for lang in ("zh", "en"):
        words = word_table(pd.DataFrame({"relation": relations}), plan, lang).iloc[:, 0]
        assert not set(words) & set(relations) - {"range"}
        assert words.is_unique


def test_what_is_computed_has_six_decimals_and_what_is_printed_all_of_its_own(plan: Plan) -> None:
    computed = {"lead_pp": [-23.676470588235293], "completion": [0.26323529411764707]}
    frame = pd.DataFrame({"value": [1.23456789], **computed})
    assert word_table(frame, plan, "en").iloc[0].tolist() == [1.23456789, -23.676471, 26.323529]


def test_a_little_more_than_the_first_rows_is_shown_whole(plan: Plan) -> None:
    few = lay_out(plan.targets.head(32), plan, "en")
    assert (len(few.rows), few.note) == (32, "")
    many = lay_out(plan.targets.head(33), plan, "en")
    assert len(many.rows) == 20
    assert "20 of 33" in many.note


def test_what_a_trace_repeats_is_said_once_and_units_only_where_their_words_agree(
    plan: Plan,
) -> None:
    frame = pd.DataFrame({"file": ["a.xlsx"] * 2, "sheet": ["x", "x"], "row": [3, 4]})
    laid = lay_out(frame, plan, "en")
    assert (laid.header, laid.about) == (["Row"], "File: a.xlsx; Sheet: x")
    # 家 is enterprises of the one and firms of the other.
    units = pd.DataFrame({"measure": ["above_scale", "top100_hr_firms"], "unit": ["家", "家"]})
    assert lay_out(units, plan, "zh").about == "单位：家"
    assert lay_out(units, plan, "en").header == ["Measure", "Unit"]


def test_names_wrap_before_a_table_is_cut_and_numbers_never_do(plan: Plan) -> None:
    frame = pd.DataFrame({"note": ["a name longer than fourteen letters"], "gap": [-123456.5]})
    cells = [c for c in to_html(lay_out(frame, plan, "en"), "en", "x").split("<td") if "</td>" in c]
    assert ["nowrap" in cell for cell in cells] == [False, True]
    chinese = pd.DataFrame({"source": ["软件和信息技术", "软件和信息技术服务"]})
    cells = to_html(lay_out(chinese, plan, "zh"), "zh", "x").split("<td")[1:]
    assert ["nowrap" in cell for cell in cells] == [True, False]
