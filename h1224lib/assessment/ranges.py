"""Ranges: what a set of readings says of ranks and of pairs, and how far each is from another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from h1224lib.assessment.grid import Numbers
from h1224lib.assessment.ranks import count_wins, rank_rows, spread_ranks
from h1224lib.assessment.sheet import Sheet
from h1224lib.assessment.submissions import Key
from h1224lib.provenance import list_marks

QUANTILES = (0.5, 0.05, 0.95)
TABLE = ["area", "nominal", "median", "rank_low", "rank_high", "best", "worst", "readings"]
PAIRS = ["area", "versus", "share", "share_tied", "readings", "holds"]
READINGS = ["rule", "not_applicable", "weights", "industry", "area", "points", "rank"]
LABEL = READINGS[:4]


@dataclass(frozen=True, eq=False)
class Readings:
    """What a set of readings says of ranks.

    Attributes
    ----------
    table : DataFrame
        One row an area, in the order of the nominal ranks: nominal, median, rank_low and rank_high
        (5 % and 95 % of readings), best, worst (ranks; <NA> where never ranked), readings (in which
        it is ranked).
    pairs : DataFrame
        One row a pair, who is ahead more often first: share and share_tied (of the readings
        that rank both: the first is ahead, both are level), readings, holds (the order never
        changes).
        No rows where pairs were not asked for.
    readings : DataFrame
        One row a reading and area: rule, not_applicable, weights, industry (the one left out,
        else ``all``), points, rank; no rows where readings were drawn at random.
    """

    table: pd.DataFrame
    pairs: pd.DataFrame
    readings: pd.DataFrame


def sum_up(
    sheet: Sheet,
    base: Numbers,
    points: Numbers,
    labels: Sequence[tuple[str, ...]],
    pairs: bool,
) -> Readings:
    """Return what readings say of ranks: a row each, whose labels there may be."""
    places = rank_rows(points)
    quantiles, counts = spread_ranks(places, (*QUANTILES, 0.0, 1.0))
    columns = dict(zip(TABLE[2:7], quantiles, strict=True))
    nominal = rank_rows(base)[0]
    table = pd.DataFrame({"area": list(sheet.areas), "nominal": nominal, **columns})
    table["readings"] = counts
    table = table.iloc[np.lexsort((np.arange(len(table)), nominal, nominal == 0))]
    ranks = TABLE[1:7]
    table[ranks] = table[ranks].astype("Float64").round().astype("Int64")
    table["nominal"] = table["nominal"].mask(table["nominal"] == 0)
    found = _pair_up(sheet, points, table["area"].tolist()) if pairs else _no_pairs()
    areas = list(sheet.areas)
    rows = [
        (*label, area, None if np.isnan(p) else float(p), int(r) or None)
        for label, own, place in zip(labels, points, places, strict=False)
        for area, p, r in zip(areas, own, place, strict=True)
    ]
    told = pd.DataFrame(rows, columns=READINGS).astype({"points": "Float64", "rank": "Int64"})
    return Readings(table.reset_index(drop=True), found, told)


def _no_pairs() -> pd.DataFrame:
    types = {"share": "Float64", "share_tied": "Float64", "readings": "Int64", "holds": bool}
    return pd.DataFrame(columns=PAIRS).astype(types)


def _pair_up(sheet: Sheet, points: Numbers, order: list[str]) -> pd.DataFrame:
    """Return a row a pair: who is ahead more often, in which share of the readings."""
    wins, both = count_wins(points)
    at = {area: place for place, area in enumerate(sheet.areas)}
    rows = []
    for place, area in enumerate(order):
        for other in order[place + 1 :]:
            one, two = at[area], at[other]
            if wins[two, one] > wins[one, two]:
                one, two = two, one
            count = int(both[one, two])
            if count:
                ahead, behind = int(wins[one, two]), int(wins[two, one])
                level = (count - ahead - behind) / count
                names = sheet.areas[one], sheet.areas[two]
                rows.append((*names, ahead / count, level, count, ahead == count))
    return pd.DataFrame(rows, columns=PAIRS) if rows else _no_pairs()


def look_up(other: pd.DataFrame, wanted: pd.DataFrame) -> pd.Series:
    """Return in which share of other readings the first of each wanted pair is ahead."""
    shares: dict[Key, float] = {}
    for row in other.itertuples(index=False):
        shares[row.area, row.versus] = row.share
        shares[row.versus, row.area] = 1 - row.share - row.share_tied
    found = [shares.get(key) for key in zip(wanted["area"], wanted["versus"], strict=True)]
    # What is left of 1 after two decimals in binary is rounded back to a share.
    return pd.Series(found, index=wanted.index, dtype="Float64").round(12)


def compare_ranks(sets: list[Readings], base: Numbers, sheet: Sheet) -> pd.DataFrame:
    """Set each reading's ranks against the nominal ones, the farthest first."""
    nominal = dict(zip(sheet.areas, rank_rows(base)[0], strict=True))
    rows = []
    for readings in (one.readings for one in sets):
        for label, own in readings.groupby(LABEL, sort=False):
            kept = own[own["rank"].notna() & own["area"].map(lambda a: nominal[a] > 0)]
            # Among those that both rank, so that nobody moves because another is left out.
            now = _rank_again(kept["rank"].to_numpy(dtype=np.float64))
            then = _rank_again(np.array([nominal[area] for area in kept["area"]], dtype=float))
            sign = np.sign(now[:, None] - now) * np.sign(then[:, None] - then)
            rows.append(
                {
                    **dict(zip(LABEL, label, strict=True)),
                    "leading": ";".join(own.loc[own["rank"] == 1, "area"]),
                    "areas_moved": int((now != then).sum()),
                    "places_moved": int(np.abs(now - then).max(initial=0)),
                    "pairs_reversed": int((sign < 0).sum() // 2),
                }
            )
    columns = [*LABEL, "leading", "areas_moved", "places_moved", "pairs_reversed"]
    table = pd.DataFrame(rows, columns=columns)
    keys = ["pairs_reversed", "areas_moved", "places_moved"]
    table = table.sort_values(keys, ascending=False, kind="stable").reset_index(drop=True)
    return table.assign(**list_marks(sheet.state.table))


def _rank_again(places: Numbers) -> npt.NDArray[np.int32]:
    return rank_rows(-places[None, :])[0]
