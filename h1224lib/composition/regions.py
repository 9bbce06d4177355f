"""Regions: where the investors of projects come from."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path

import pandas as pd

from h1224lib.composition.result import (
    Composition,
    add_amounts,
    add_credit,
    as_floats,
    divide,
    mark,
)
from h1224lib.findings import Finding
from h1224lib.ledger.count import Count


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
    >>> from h1224lib import load_plan, read_ledger
    >>> from h1224lib.ledger.count import count_ledger
    >>> from h1224lib.resources import data_folder
    >>> path = data_folder() / "demo" / "synthetic-ledger.xlsx"
    >>> regions = list_regions(count_ledger(read_ledger(path, load_plan()))).table
    >>> round(float(regions["share"].sum()), 9)
    1.0
    """
    rows = count.counted
    region = rows["source_region"].astype(object).where(rows["source_region"].notna(), "")
    full = list_provinces()
    named = region.astype(str).str.strip().map(lambda name: full.get(name, name))
    groups = [(str(name), own) for name, own in rows.groupby(named)]
    known = [own for name, own in groups if name]
    projects = sum(map(add_credit, known))
    amount = add_amounts(pd.concat(known)) if known else 0.0
    lines = [
        (
            name,
            add_credit(own),
            divide(add_credit(own), projects) if name else None,
            add_amounts(own),
            divide(add_amounts(own), amount) if name else None,
            add_credit(own[own["investment"].isna()]),
        )
        for name, own in groups
    ]
    columns = ["source_region", "projects", "share", "investment", "investment_share", "unknown"]
    table = as_floats(pd.DataFrame(lines, columns=columns), columns[1:])
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
        "names": first["source_region"].tolist(),
        "projects": float(first["projects"].iloc[0]),
        "share": float(first["share"].iloc[0]),
        "unknown": unknown,
    }
    return Finding("regions", "note", numbers)
