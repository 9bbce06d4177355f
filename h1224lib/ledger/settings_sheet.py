"""The sheet of settings: a name and a value a row, its meaning shown where it is chosen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from h1224lib.ledger.dictionary import name_list
from h1224lib.ledger.layout import set_up_print
from h1224lib.ledger.validation import date_rule
from h1224lib.ledger.vocabulary import read_words

if TYPE_CHECKING:
    from h1224lib.ledger.template import Sheet

_WIDTHS = (34, 24)


def write_settings(
    sheet: Sheet, page: Any, given: Mapping[str, str], title: str, banner: str
) -> None:
    """Write every setting with what is given for it, or its default.

    Parameters
    ----------
    sheet : Sheet
        The template that is being written.
    page : xlsxwriter worksheet
        Empty.
    given : mapping
        Setting -> what its cell says.
    title, banner : str
        What stands above each printed page; the banner also above the settings.
    """
    head = sheet.write_banner(page, banner)
    for at, (name, width) in enumerate(zip(("name", "value"), _WIDTHS, strict=True)):
        page.set_column(at, at, width)
        page.write_string(head, at, sheet.say(f"setting.{name}"), sheet.formats["needed"])
    for row, (name, default) in enumerate(_list_settings(sheet).items(), start=head + 1):
        page.write_string(row, 0, name_list(sheet, f"setting.{name}"), sheet.formats["wrap"])
        kind = read_words("settings")[name.split(".")[0]]["kind"]
        value = given.get(name, sheet.choices.word(f"setting.{name}", default))
        if value and kind == "date":
            page.write_datetime(row, 1, dt.datetime.fromisoformat(value), sheet.formats["date"])
        elif value:
            page.write_string(row, 1, value, sheet.formats["text"])
        else:
            page.write_blank(row, 1, None, sheet.formats["date" if kind == "date" else "text"])
        _validate(sheet, page, row, name, kind)
    page.freeze_panes(head + 1, 0)
    set_up_print(sheet, page, head, title, banner)


def _validate(sheet: Sheet, page: Any, row: int, name: str, kind: str) -> None:
    """Let a value take only what its setting takes, and say what that is."""
    told = {
        "input_title": name_list(sheet, f"setting.{name}")[:32],
        "input_message": sheet.say(f"setting.{name.split('.')[0]}"),
    }
    source = sheet.choices.source(f"setting.{name}", None, row + 1)
    rule = {"validate": "list", "source": source} if source else date_rule()
    wrong = sheet.say("invalid_date" if kind == "date" else "invalid_list")
    words = {"error_title": sheet.say("invalid"), "error_message": wrong}
    page.data_validation(row, 1, row, 1, {**rule, **told, **words})


def _list_settings(sheet: Sheet) -> dict[str, Any]:
    """Return each setting's default; the counting stage has one for each project type."""
    found: dict[str, Any] = {}
    for name, spec in read_words("settings").items():
        names = [n.removeprefix("setting.") for n in sheet.choices.values]
        parts = [n for n in names if n.startswith(f"{name}.")] or [name]
        found |= dict.fromkeys(parts, spec.get("default", ""))
    return found
