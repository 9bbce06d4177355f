"""The dictionary sheet: what each column and setting means, and the values of the drop-downs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import xlsxwriter

from h1224lib import wording
from h1224lib.ledger.choices import OWNERS, range_name
from h1224lib.ledger.layout import fit_row, measure, set_up_print
from h1224lib.ledger.vocabulary import Field, list_fields, read_words

if TYPE_CHECKING:
    from h1224lib.ledger.template import Sheet

# Explanations stand on the left, lists from this column on.
LISTS = 6
_PARTS = ("column", "needed", "meaning", "example", "code")
_WIDTHS = (24, 10, 54, 24, 18)


def write_dictionary(sheet: Sheet, page: Any, title: str, banner: str) -> None:
    """Write the explanations, and the lists as named ranges.

    Parameters
    ----------
    sheet : Sheet
        The template that is being written.
    page : xlsxwriter worksheet
        Empty.
    title, banner : str
        What stands above each printed page; the banner also above the explanations.
    """
    head = sheet.write_banner(page, banner)
    for at, (part, width) in enumerate(zip(_PARTS, _WIDTHS, strict=True)):
        page.set_column(at, at, width)
        page.write_string(head, at, sheet.say(f"dictionary.{part}"), sheet.formats["needed"])
    row = head + 1
    for field in sheet.columns:
        told = [
            field.label.say(sheet.lang),
            sheet.say("yes") if field.needed else "",
            sheet.say(f"column.{field.name}"),
            _example(sheet, field),
            field.name,
        ]
        _write_row(sheet, page, row, told)
        row += 1
    _write_row(
        sheet, page, row + 1, [sheet.say("setting.name"), "", sheet.say("setting.meaning"), "", ""]
    )
    for at, (name, spec) in enumerate(read_words("settings").items(), start=row + 2):
        said = sheet.say(f"setting.{name}")
        _write_row(sheet, page, at, [spec[sheet.lang], "", said, "", name])
    _write_lists(sheet, page, head)
    page.freeze_panes(head + 1, 1)
    # Explanations on pages of their own, the lists behind them.
    set_up_print(sheet, page, head, title, banner, [LISTS])


def _write_row(sheet: Sheet, page: Any, row: int, texts: list[str]) -> None:
    for at, text in enumerate(texts):
        page.write_string(row, at, text, sheet.formats["wrap"])
    page.set_row(row, fit_row(list(zip(texts, _WIDTHS, strict=False))))


def _example(sheet: Sheet, field: Field) -> str:
    """Return an example: the first value offered, or one of the file."""
    offered = sheet.choices.values.get(field.name)
    examples: dict[str, str] = read_words("template")["example"]
    if offered:
        return offered[0]
    return examples.get(field.name, examples["date"] if field.kind == "date" else "")


def _write_lists(sheet: Sheet, page: Any, above: int) -> None:
    """Write each list down a column of its own and give it a name."""
    utility = xlsxwriter.utility
    tab = utility.quote_sheetname(sheet.say("dictionary_sheet"))
    for at, (name, values) in enumerate(sheet.choices.values.items(), start=LISTS):
        head = sheet.say("dictionary.lists", name=name_list(sheet, name))
        page.set_column(at, at, max(measure(head), *map(measure, values)) * 1.15 + 1)
        page.write_string(above, at, head, sheet.formats["free"])
        for row, value in enumerate(values, start=above + 1):
            page.write_string(row, at, value, sheet.formats["listed"])
        cells = utility.xl_range_abs(above + 1, at, above + len(values), at)
        sheet.book.define_name(range_name(name), f"={tab}!{cells}")


def name_list(sheet: Sheet, name: str) -> str:
    """Name a list by its column or its setting."""
    if name == OWNERS:
        return name_list(sheet, "industry")
    if not name.startswith("setting."):
        return str(list_fields()[name].label.say(sheet.lang))
    _, setting, *kind = name.split(".")
    said = str(read_words("settings")[setting][sheet.lang])
    if not kind or kind == ["all"]:
        return said
    kinds = sheet.choices.words["project_type"]
    return wording.say("template.setting_of", sheet.lang, setting=said, kind=kinds[kind[0]])
