"""Fates: what became of a project between two states of a ledger, and so why its credit changed."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd

from h1224lib.ledger.count import FLAGS, Count, count_ledger


def tell_fate(count: Count, measure: str, since: dt.date | None) -> pd.Series:
    """Return for each row why it does not count for a measure, ``""`` where it does."""
    rows = count.rows
    fate = rows["left_out"]
    if since is not None:
        fate = fate.mask((fate == "") & (rows["counted_on"] < pd.Timestamp(since)), "outside")
    if measure in FLAGS:
        fate = fate.mask((fate == "") & ~rows[measure].fillna(False).astype(bool), "unflagged")
    return fate


def tell_reasons(
    ids: pd.Series, now: Count, before: Count, measure: str, since: dt.date | None
) -> pd.Series:
    """Return why the credit of projects changed, if it did: a key of `REASONS`."""
    by_now = _count_by_rule_of(now, before)
    own, then, by_rule = (_map_fate(ids, c, measure, since) for c in (now, before, by_now))
    days = now.rows.drop_duplicates("project_id").set_index("project_id")["counted_on"]
    late = (ids.map(days) > pd.Timestamp(before.as_of)).to_numpy()
    here, was = own == "", then == ""
    arrived = {
        "entered": late & np.isin(then, ["absent", "refused"]),
        "backdated": then == "absent",
        "mended": then == "refused",
        "rule": by_rule == "",
        "reflagged": then == "unflagged",
        "recognised": then == "not_recognised",
        "reinstated": then == "withdrawn",
        "redated": then == "outside",
    }
    departed = {
        "gone": own == "absent",
        "refused": own == "refused",
        "rule": by_rule != "",
        "reflagged": own == "unflagged",
        "withdrawn": own == "withdrawn",
        "unrecognised": own == "not_recognised",
        "taken_back": own == "not_reached",
        "redated": own == "outside",
    }
    tests = [("moved", here & was)]
    tests += [(reason, here & ~was & holds) for reason, holds in arrived.items()]
    # What is left had not got so far: it counts from after the earlier ledger's day, or before.
    tests += [("entered", here & ~was & late), ("backdated", here & ~was)]
    tests += [(reason, was & ~here & holds) for reason, holds in departed.items()]
    chosen = np.select([holds for _, holds in tests], [reason for reason, _ in tests], "")
    return pd.Series(chosen, index=ids.index)


def _map_fate(ids: pd.Series, count: Count, measure: str, since: dt.date | None) -> np.ndarray:
    """Return what became of each project: as `_tell_fate`, or ``refused``, or ``absent``."""
    fate = tell_fate(count, measure, since).set_axis(count.rows["project_id"])
    fate = fate[~fate.index.duplicated()]
    refused = ids.isin(count.ledger.rejected["project_id"])
    known = ids.isin(fate.index)
    found = fate.reindex(ids[known]).to_numpy(dtype=object)
    whole = np.where(refused, "refused", "absent").astype(object)
    whole[known.to_numpy()] = found
    return whole


def _count_by_rule_of(now: Count, before: Count) -> Count:
    """Count the earlier ledger on its own day as the later one's settings say."""
    names = ("counting_stage", "count_withdrawn", "recognised_only")
    rule = {name: getattr(now.ledger.settings, name) for name in names}
    own = before.ledger.settings
    if all(getattr(own, name) == rule[name] for name in names):
        return before
    settings = dataclasses.replace(own, **rule)
    return count_ledger(dataclasses.replace(before.ledger, settings=settings), before.as_of)
