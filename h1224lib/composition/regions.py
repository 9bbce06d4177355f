"""Regions: where the investors of projects come from."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path

import pandas as pd

from h1224lib import wording
from h1224lib.composition.result import Composition, add_shares, add_up, as_floats, mark
from h1224lib.findings import Finding, Label
from h1224lib.ledger.count import Count

_COLUMNS = ["source_region", "projects", "share", "investment", "investment_share", "unknown"]


def list_regions(count: Count) -> Composition:
    """List source regions by number of projects and by investment.

    Parameters
    ----------
    count : Count
        The projects that count, on the count's day and by its rule.

    Returns
    -------
    Composition
        `table`: one row a region, the most projects first, projects without a region last:
        source_region (as the ledger writes it, a province by its full name whether written so or
        short: 浙江 is 浙江省; ``""`` for none), projects (number), share (of the
        projects whose region is known), investment (亿元), investment_share (of the sum whose
        region is known), unknown (number of projects without an amount). Shares are <NA> in the
        row of those without a region.

    Examples
    --------
    >>> import h1224lib as h
    >>> from h1224lib.resources import demo_file
    >>> ledger = h.read_ledger(demo_file("ledger"), h.load_plan())
    >>> regions = list_regions(h.count_ledger(ledger)).table
    >>> round(float(regions["share"].sum()), 9)
    1.0
    """
    rows = count.counted
    region = rows["source_region"].astype(object).where(rows["source_region"].notna(), "")
    full = list_provinces()
    named = region.astype(str).str.strip().map(lambda name: full.get(name, name))
    known = add_up(rows[named != ""])
    groups = [(str(name), add_up(own)) for name, own in rows.groupby(named)]
    lines = [
        {"source_region": name, **(add_shares(own, known) if name else own)} for name, own in groups
    ]
    table = as_floats(pd.DataFrame(lines, columns=_COLUMNS), _COLUMNS[1:])
    order = table.assign(none=table["source_region"] == "").sort_values(
        ["none", "projects", "investment"], ascending=[True, False, False], kind="stable"
    )
    table = table.loc[order.index].reset_index(drop=True)
    return Composition(mark(table, count), [_tell(table)])


@functools.cache
def list_provinces() -> dict[str, str]:
    """List the full name of each province by its short one.

    Examples
    --------
    >>> list_provinces()["浙江"], list_provinces()["上海"], "杭州" in list_provinces()
    ('浙江省', '上海市', False)
    """
    text = Path(__file__).with_name("provinces.toml").read_text(encoding="utf-8")
    names: dict[str, str] = tomllib.loads(text)["full"]
    return names


def _tell(table: pd.DataFrame) -> Finding:
    known = table[table["source_region"] != ""]
    unknown = float(table.loc[table["source_region"] == "", "projects"].sum())
    if known.empty:
        return Finding(
            "regions_unknown" if unknown else "regions_none", "note", {"unknown": unknown}
        )
    first = known[known["projects"] == known["projects"].max()]
    numbers = {
        "regions": len(known),
        "names": [_name(region) for region in first["source_region"]],
        "projects": float(first["projects"].iloc[0]),
        "share": float(first["share"].iloc[0]),
        "unknown": unknown,
    }
    return Finding("regions", "note", numbers)


def _name(region: str) -> Label:
    key = f"region.{region}"
    return Label(region, wording.say(key, "en") if wording.has(key) else region)
