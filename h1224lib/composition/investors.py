"""Investors: which kinds of investor came for which directions, and where nobody did (招商图谱)."""

from __future__ import annotations

from typing import Any

import pandas as pd

from h1224lib import wording
from h1224lib.composition.result import Composition, add_credit, as_floats, list_codes, mark
from h1224lib.findings import Finding, Label
from h1224lib.ledger.count import Count
from h1224lib.plan.model import Plan

_OFFERED = "template.investor_kind."
# As many directions without a project are named.
MOST = 8


def match_investors(count: Count) -> Composition:
    """Count projects by kind of investor and direction, cells without any kept.

    Parameters
    ----------
    count : Count
        The projects that count, on the count's day and by its rule.

    Returns
    -------
    Composition
        `table`: one row an industry, direction and kind: industry, direction (the plan's
        direction_id, ``""`` where the ledger names none of the plan's), sub_of (the direction
        that it is a part of), direction_zh, direction_en, investor_kind (a kind that the ledger
        template offers, or as the ledger writes it; ``""`` where it names none), kind_zh,
        kind_en, projects (number). The numbers sum to all that count. Of a plan without
        directions, the ledger's own.

    Examples
    --------
    >>> import h1224lib as h
    >>> from h1224lib.resources import demo_file
    >>> ledger = h.read_ledger(demo_file("ledger"), h.load_plan())
    >>> count = h.count_ledger(ledger)
    >>> table = match_investors(count).table
    >>> bool(table["projects"].sum() == count.counted["credit_share"].sum())
    True
    """
    plan = count.ledger.plan
    offered = _list_offered()
    known = {word: code for code, words in offered.items() for word in (words.zh, words.en)}
    rows = _plain(count.counted, known)
    kinds = [*offered, *sorted(set(rows["investor_kind"]) - {*offered, ""}), ""]
    directions = _list_directions(plan, rows)
    credit = {
        key: add_credit(own)
        for key, own in rows.groupby(["industry", "direction", "investor_kind"])
    }
    none = Label(*(wording.say("not_named", lang) for lang in wording.LANGUAGES))
    lines = []
    for direction in directions:
        for kind in kinds:
            words = offered.get(kind) or (Label(kind, kind) if kind else none)
            value = credit.get((direction["industry"], direction["direction"], kind), 0.0)
            named = {"investor_kind": kind, "kind_zh": words.zh, "kind_en": words.en}
            lines.append({**direction, **named, "projects": value})
    names = ["industry", "direction", "sub_of", "direction_zh", "direction_en", "investor_kind"]
    table = pd.DataFrame(lines, columns=[*names, "kind_zh", "kind_en", "projects"])
    table = as_floats(table, ["projects"])
    return Composition(mark(table, count), _tell(table))


def list_empty(table: pd.DataFrame) -> pd.DataFrame:
    """Return the directions without a project, of their own or of a part of them.

    Parameters
    ----------
    table : DataFrame
        As `match_investors` makes it.

    Returns
    -------
    DataFrame
        industry, direction, sub_of, direction_zh, direction_en.
    """
    keys = ["industry", "direction", "sub_of", "direction_zh", "direction_en"]
    held = table.groupby(keys, sort=False, as_index=False)["projects"].sum()
    own = set(held.loc[held["projects"] > 0, "direction"])
    above = set(held.loc[held["projects"] > 0, "sub_of"])
    named = held[held["direction"] != ""]
    return named.loc[~named["direction"].isin(own | above), keys].reset_index(drop=True)


def _list_cells(table: pd.DataFrame) -> pd.Series:
    """Return the projects of each direction and kind, those of a direction's parts included."""
    keys = ["industry", "direction", "investor_kind"]
    named = table[(table["direction"] != "") & (table["investor_kind"] != "")]
    parts = named[named["sub_of"] != ""].assign(direction=named["sub_of"])
    own = named.groupby(keys)["projects"].sum()
    return own.add(parts.groupby(keys)["projects"].sum(), fill_value=0).loc[own.index]


def _list_offered() -> dict[str, Label]:
    """Return the kinds that the template offers, by code."""
    keys = [key for key in wording.catalogue() if key.startswith(_OFFERED)]
    return {
        k.removeprefix(_OFFERED): Label(wording.say(k, "zh"), wording.say(k, "en")) for k in keys
    }


def _plain(rows: pd.DataFrame, known: dict[str, str]) -> pd.DataFrame:
    """Return industry, direction, investor_kind and credit_share, nothing as ``""``."""
    plain = {
        name: rows[name].astype(object).where(rows[name].notna(), "").astype(str)
        for name in ("industry", "direction", "investor_kind")
    }
    plain["investor_kind"] = plain["investor_kind"].map(lambda word: known.get(word, word))
    return pd.DataFrame(plain).assign(credit_share=rows["credit_share"])


def _list_directions(plan: Plan, rows: pd.DataFrame) -> list[dict[str, Any]]:
    """List directions by industry: the plan's, others found, and none."""
    listed: dict[tuple[str, str], dict[str, Any]] = {}
    for line in plan.directions.to_dict("records"):
        key = (str(line["industry"]), str(line["direction_id"]))
        zh, en = str(line["zh"]), str(line["en"])
        sub_of = str(line["sub_of"]) if isinstance(line["sub_of"], str) else ""
        listed[key] = {"sub_of": sub_of, "direction_zh": zh, "direction_en": en}
    found = rows[["industry", "direction"]].drop_duplicates()
    for industry, direction in found.itertuples(index=False):
        words = (
            [direction] * 2
            if direction
            else [wording.say("not_named", x) for x in wording.LANGUAGES]
        )
        # A direction of another industry stands with its own name.
        own = next(
            (said for key, said in listed.items() if key[1] == direction and direction), None
        )
        plain = {"sub_of": "", "direction_zh": words[0], "direction_en": words[1]}
        listed.setdefault((industry, direction), own or plain)
    order = {code: at for at, code in enumerate([*list_codes(plan, "industry"), "all"])}
    keys = sorted(listed, key=lambda key: (order.get(key[0], len(order)), key[1] == ""))
    return [{"industry": i, "direction": d, **listed[i, d]} for i, d in keys]


def _tell(table: pd.DataFrame) -> list[Finding]:
    total = float(table["projects"].sum())
    named = table[table["investor_kind"] != ""]
    unknown = float(table.loc[table["investor_kind"] == "", "projects"].sum())
    elsewhere = float(table.loc[table["direction"] == "", "projects"].sum())
    empty = list_empty(table)
    directions = table.loc[table["direction"] != "", "direction"].nunique()
    numbers = {
        "projects": total,
        "unknown": unknown,
        "elsewhere": elsewhere,
        "directions": directions,
        "empty": len(empty),
        "names": [
            Label(zh, en)
            for zh, en in zip(empty["direction_zh"], empty["direction_en"], strict=True)
        ][:MOST],
        "more": max(len(empty) - MOST, 0),
    }
    if not directions:
        return [Finding("investors_no_directions", "note", numbers)]
    told = [Finding("directions_empty" if len(empty) else "directions_all", "note", numbers)]
    if not total:
        return [*told, Finding("investors_none", "note")]
    by = named.groupby(["kind_zh", "kind_en"], sort=False)["projects"].sum()
    most = by[by == by.max()] if len(by) and by.max() > 0 else by.iloc[:0]
    if most.empty:
        return [*told, Finding("investors_unknown", "note", numbers)]
    numbers |= {"kinds": [Label(*words) for words in most.index], "largest": float(most.iloc[0])}
    cells = _list_cells(table)
    pairs = {"cells": len(cells), "empty": int((cells == 0).sum())}
    return [
        *told,
        Finding("investors", "note", numbers),
        Finding("investors_cells", "note", pairs),
    ]
