"""Validation: what each cell of the template takes, and what it says to anything else."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from h1224lib.ledger.vocabulary import Field, read_words

if TYPE_CHECKING:
    from h1224lib.ledger.template import Sheet


def rule_for(sheet: Sheet, field: Field, row: int) -> dict[str, Any] | None:
    """Return the validation of one column, None where it takes anything.

    Parameters
    ----------
    sheet : Sheet
        The template that is being written.
    field : Field
        The column.
    row : int
        The first row that it is for, counted from 1.

    Returns
    -------
    dict or None
        As xlsxwriter takes it.
    """
    between = {"criteria": "between"}
    rules: dict[str, dict[str, Any]] = {
        "date": date_rule(),
        "amount": {"validate": "decimal", "criteria": ">", "value": 0},
        "share": {**between, "validate": "decimal", "minimum": 0, "maximum": 1},
        "id": {
            "validate": "custom",
            "value": f"=ISTEXT({sheet.letter('project_id')}{row})",
        },
    }
    told = {"error_title": sheet.say("invalid")}
    if field.kind in rules:
        return {**rules[field.kind], **told, "error_message": sheet.say(f"invalid_{field.kind}")}
    source = sheet.choices.source(field.name, sheet.letter("industry"), row)
    if source is None:
        return None
    open_list = field.kind in ("text", "word")
    return {
        "validate": "list",
        "source": source,
        **told,
        # What is only suggested may be overruled.
        "error_type": "information" if open_list else "stop",
        "error_message": sheet.say("suggested" if open_list else "invalid_list"),
    }


def date_rule() -> dict[str, Any]:
    """Return the validation of a day."""
    days = read_words("words")["days"]
    ends = {"minimum": days["earliest"], "maximum": days["latest"]}
    limits = {name: dt.date.fromisoformat(day) for name, day in ends.items()}
    return {"validate": "date", "criteria": "between", **limits}
