"""The card of an industry, as views."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from h1224lib.composition import describe_industry
from h1224lib.progress import State
from h1224lib.results import Given
from h1224lib.views.view import View, tell_lacking

# The parts of a card, in the order of a page.
PARTS = ("counts", "besides", "indicators", "landmarks", "directions")


def lay_card(state: State, industry: str, results: Given = ()) -> dict[str, View]:
    """Lay out what a quarter knows of one industry.

    Parameters
    ----------
    state : State
        As `describe_industry` takes it.
    industry : str
        Its code; ``all`` where the plan has no industries.
    results : optional
        What the state was measured from: the status of landmarks is taken from it.

    Returns
    -------
    dict of View
        ``card`` with all statements and no table, then each part that has rows: ``counts``,
        ``besides``, ``indicators``, ``landmarks``, ``directions``.

    Examples
    --------
    >>> from h1224lib import load_plan, measure_progress, read_actuals
    >>> plan = load_plan("dazhou-2019")
    >>> state = measure_progress(plan, read_actuals(None, plan), as_of="2019-03-31")
    >>> [f.kind for f in lay_card(state, "all")["card"].findings]
    ['view_lacks_dimension']
    """
    lacking = tell_lacking(state.plan, ["industry"])
    if lacking:
        return {"card": View(findings=lacking)}
    if industry == "all":
        return {"card": View.without_rows("card_of_all")}
    card = describe_industry(state, industry, find_status(results))
    views = {"card": View(findings=card.findings)}
    for part in PARTS:
        table = getattr(card, part)
        if part == "landmarks":
            # Its unit is said by its name.
            table = table.rename(columns={"status": "landmark_status"}).drop(columns="unit")
        if part == "besides":
            table = _thin_out(table)
        views[f"card-{part}"] = View(table)
    return views


def _thin_out(table: pd.DataFrame) -> pd.DataFrame:
    """Leave out types that repeat the whole; of a target without a result, say that first."""
    sides = ["measure", "horizon"]
    whole = table[table["project_type"] == "all"].set_index(sides)["target"]
    cells = pd.MultiIndex.from_frame(table[sides])
    same = table["target"].to_numpy() == whole.reindex(cells).to_numpy()
    part = table["project_type"] != "all"
    kept = table[~(part & pd.Series(same, index=table.index).fillna(False).astype(bool))]
    missing = kept["actual"].isna() & kept["target"].notna()
    return kept.assign(why=kept["why"].mask(missing, "no_result")).reset_index(drop=True)


def find_status(results: Given) -> pd.DataFrame | None:
    """Return the status of landmarks among results, None where there is none.

    Examples
    --------
    >>> find_status([pd.DataFrame({"area": ["all"]})]) is None
    True
    """
    parts = list(results) if isinstance(results, Sequence) else [results]
    frames = [part for part in parts if isinstance(part, pd.DataFrame)]
    return next((frame for frame in frames if "landmark" in frame), None)
