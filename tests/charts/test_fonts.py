"""The shipped font: widths, breaks, glyphs, and its licence."""

from __future__ import annotations

import io

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from h1224lib import resources, wording
from h1224lib.charts import fonts
from h1224lib.errors import MissingGlyphError
from h1224lib.plan import load_plan


@pytest.mark.parametrize("style", ["Regular", "Bold"])
def test_fonts_are_static_and_hold_gb2312(style):
    path = resources.fonts_folder() / f"H1224Sans-{style}.ttf"
    font = TTFont(io.BytesIO(path.read_bytes()))
    assert "fvar" not in font
    assert font["OS/2"].usWeightClass == {"Regular": 400, "Bold": 700}[style]
    cells = (bytes([row, cell]) for row in range(0xA1, 0xFF) for cell in range(0xA1, 0xFF))
    gb2312 = "".join(cell.decode("gb2312", errors="ignore") for cell in cells)
    assert len(gb2312) > 7000
    assert not set(gb2312) - {chr(code) for code in font.getBestCmap()}
    assert path.stat().st_size < 2.6e6


def test_licence_and_origin_stand_beside_the_fonts():
    folder = resources.fonts_folder()
    assert "SIL OPEN FONT LICENSE" in (folder / "OFL.txt").read_text(encoding="utf-8").upper()
    assert "Noto Sans SC" in (folder / "README.md").read_text(encoding="utf-8")


def test_a_chinese_sign_is_as_wide_as_its_size():
    assert fonts.width("湖州市", 8) == 24
    assert fonts.width("湖州市", 8, bold=True) == 24
    assert 0 < fonts.width("iii", 8) < fonts.width("WWW", 8)


@given(st.text(alphabet="湖州市，。（）、 abcXYZ12·", max_size=60), st.integers(30, 200))
def test_breaking_loses_nothing_and_keeps_to_the_room(text, room):
    lines = fonts.break_lines(text, room, 8).split("\n")
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        # A piece that cannot be broken may stick out: a word, or signs held by punctuation.
        assert fonts.width(line, 8) <= room or len(list(fonts._pieces(line))) == 1


def test_punctuation_neither_begins_nor_ends_a_line():
    for line in fonts.break_lines("截至三月，完成（百分之八）。" * 4, 40, 8).split("\n"):
        assert line[0] not in "，。、）"
        assert line[-1] not in "（《"


def test_a_bracket_is_the_best_place_to_break():
    name = "软件和信息技术服务业（含工业设计）"
    assert fonts.balance_lines(name, 88, 8).split("\n") == [
        "软件和信息技术服务业",
        "（含工业设计）",
    ]


def test_a_missing_glyph_names_the_text_and_the_sign():
    with pytest.raises(MissingGlyphError) as refused:
        fonts.check_glyphs(["湖州", "犇羴鱻公司"])
    assert "犇羴鱻公司" in refused.value.say("en")[0]
    assert "鱻 (U+9C7B)" in refused.value.say("zh")[0]


def test_a_cut_font_holds_what_it_was_asked_for_and_is_the_same_each_time():
    raw = fonts.cut("湖州1224", bold=False)
    fonts.cut.cache_clear()
    assert fonts.cut("湖州1224", bold=False) == raw
    cmap = TTFont(io.BytesIO(raw)).getBestCmap()
    assert {chr(code) for code in cmap} == set("湖州1224")
    assert len(raw) < 10_000


def test_every_word_of_catalogue_and_plans_can_be_drawn():
    fonts.check_glyphs(t for texts in wording.catalogue().values() for t in texts.values())
    for name in resources.plan_names():
        plan = load_plan(name)
        for table in (
            plan.areas,
            plan.industries,
            plan.project_types,
            plan.measures,
            plan.horizons,
        ):
            fonts.check_glyphs([*table["zh"], *table["en"]])
        fonts.check_glyphs([plan.cite("zh"), plan.cite("en")])


def test_symbols_of_figures_are_there():
    fonts.check_glyphs(["−–—≥≤≈×·…→←↑↓▲▼△▽●○■□◆◇✓％‰℃㎡￥€¹²³⁴①②③（）〔〕《》“”‘’、。～Äéñ"])
