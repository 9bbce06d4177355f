"""What the projects that count are made of, or why nothing is known of single projects."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from h1224lib import wording
from h1224lib.composition import (
    Composition,
    count_activity,
    count_sizes,
    follow_stages,
    list_regions,
    match_investors,
    measure_concentration,
    measure_platforms,
)
from h1224lib.ledger.count import Count
from h1224lib.progress import State
from h1224lib.provenance import list_marks
from h1224lib.views.view import View

_VIEWS: dict[str, Callable[[Count], Composition]] = {
    "sizes": count_sizes,
    "investors": match_investors,
    "regions": list_regions,
    "stages": follow_stages,
    "platforms": measure_platforms,
    "concentration": measure_concentration,
}

# The same quantity, the same column name; otherwise another.
_NAMES = {
    "stages": {"reached": "projects"},
    "platforms": {"lead_pp": "share_lead_pp"},
    "concentration": {"largest": "largest_area"},
}


def describe_projects(state: State, *names: str, lang: str = "zh") -> dict[str, View]:
    """Describe the projects of the ledger that a state was measured from.

    Parameters
    ----------
    state : State
        Its first ledger is described.
    *names : str
        ``sizes``, ``investors``, ``regions``, ``stages``, ``platforms``, ``concentration``.
    lang : str
        Of the kinds of investors that head the columns of ``investors``.

    Returns
    -------
    dict of View
        One a name; without a ledger a single one, which says so.

    Examples
    --------
    >>> from h1224lib import load_plan, measure_progress, read_actuals
    >>> plan = load_plan("dazhou-2019")
    >>> state = measure_progress(plan, read_actuals(None, plan), as_of="2019-03-31")
    >>> {name: view.findings[0].kind for name, view in describe_projects(state, "sizes").items()}
    {'sizes': 'projects_no_ledger'}
    """
    if not state.counts:
        return {names[0]: View.without_rows("projects_no_ledger")}
    count = state.counts[0]
    views = {}
    for name in names:
        found = _VIEWS[name](count)
        table = cross_investors(found.table, lang) if name == "investors" else found.table
        shown = table[table["area"] == "all"] if name == "sizes" else table
        shown = shown.rename(columns=_NAMES.get(name, {})).reset_index(drop=True)
        views[name] = View(shown, found.findings)
    return views


def cross_investors(table: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Cross directions with kinds of investors; a cell without a project is 0.

    Parameters
    ----------
    table : DataFrame
        As `match_investors` makes it.
    lang : str
        Of names.

    Returns
    -------
    DataFrame
        industry, direction_zh or direction_en, one column a kind, headed by its name, and
        `projects`, their sum (numbers of projects).
    """
    direction, kind = f"direction_{lang}", f"kind_{lang}"
    keys = ["industry", direction]
    wide = table.pivot_table(
        index=keys, columns=kind, values="projects", aggfunc="sum", sort=False, observed=True
    )
    # A kind that invests in nothing is news; that nobody is left unnamed is not.
    none = wording.say("not_named", lang)
    held = wide.loc[:, (wide != 0).any() | (wide.columns != none)].rename(
        columns=lambda name: name[:1].upper() + name[1:]
    )
    total = {"projects": wide.sum(axis=1)}
    # Floats of exact shares: what a sum leaves below a millionth is nobody's.
    flat = held.assign(**total).round(6).reset_index()
    return flat.rename_axis(columns=None).assign(**list_marks(table))


def list_activity(state: State) -> View:
    """List what was held and what was new, quarters first, where the plan counts activities.

    Parameters
    ----------
    state : State
        As `count_activity` takes it.

    Returns
    -------
    View
        `table`: as `count_activity` returns it; without rows where nothing is known of
        activities.
    """
    found = count_activity(state)
    if found.table["activities"].isna().all():
        return View(findings=found.findings)
    order = found.table["grain"].map({"quarter": 0, "month": 1})
    rows = found.table.loc[order.sort_values(kind="stable").index]
    return View(rows.reset_index(drop=True), found.findings)
