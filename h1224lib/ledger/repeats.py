"""Repeats: one project in several rows, by its identifier for certain, by its name perhaps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from h1224lib.ledger.credits import is_rounded, say_shares, whole
from h1224lib.ledger.headers import is_numbering
from h1224lib.ledger.marks import Mark, Origins
from h1224lib.ledger.vocabulary import word_set
from h1224lib.plan.spelling import plain

Rows = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.int64]
# What a name is compared without.
_BETWEEN = r"[\s\p{P}\p{S}]+"
# Most names have nothing to take away, and are not taken apart.
_PLAIN = r"^[0-9a-z\x{4e00}-\x{9fff}]*$"
# What an identifier may have in several forms, besides letters.
_WIDE = r"[^!-~]"
_FORMS = ((r"\s+", ""), (r"[\x{2010}-\x{2015}\x{2212}]+", "-"))
_AGAIN = re.compile(r" \(\d+\)$")
# What may differ between the rows of a project whose credit is shared.
_OF_SHARE = ["area", "platform", "credit_share"]


@dataclass(frozen=True)
class Repeats:
    """What becomes of rows that name a project again.

    Attributes
    ----------
    first : array of int
        For each row the position of the first one with its identifier.
    joined : array of bool
        Rows that add an area to a project whose credit is shared, and are no project of their own.
    marks : list of Mark
        The problems.
    """

    first: Positions
    joined: Rows
    marks: list[Mark]


def find_repeats(
    frame: pd.DataFrame, shares: npt.NDArray[np.object_] | None, origins: Origins
) -> Repeats:
    """Find rows of one identifier: shared credit, a row repeated, or a contradiction.

    Parameters
    ----------
    frame : DataFrame
        project_id, area and what else a project says, one row a row of the ledger.
    shares : array of object, optional
        For each row its shares of credit, None without.
    origins : Origins
        Where each row stands.

    Returns
    -------
    Repeats
        Rows of one identifier in different areas, each with a share, alike in all else, share
        one project; rows alike in everything are one; of others nobody can tell which holds.
        Running numbers and remarks say nothing of a project, and may differ.
    """
    again = (frame["project_id"].duplicated(keep=False) & frame["project_id"].notna()).to_numpy()
    first: Positions = np.arange(len(frame), dtype=np.int64)
    joined = np.zeros(len(frame), dtype=bool)
    single = None if shares is None else _single(shares)
    marks: list[Mark] = []
    at = np.flatnonzero(again)
    if len(at):
        beside = [name for name in frame if _says_nothing(str(name))]
        rows = frame.drop(columns=beside).iloc[at].reset_index(drop=True)
        heads = _heads(pd.factorize(rows["project_id"])[0])
        first[at] = at[heads]
        own = np.full(len(at), np.nan) if single is None else single[at]
        shared, kinds = _judge(rows, heads, own)
        uneven = kinds["ledger_share_sum"]
        joined[at] = shared & ~uneven & (heads != np.arange(len(at)))
        total = np.bincount(heads, np.nan_to_num(own), len(at))[heads]
        for kind, which in kinds.items():
            if which.any():
                column = "credit_share" if kind.startswith("ledger_share") else "project_id"
                places = [_place(origins, row) for row in first[at[which]]]
                each = {"first": places, "total": total[which].tolist()}
                found = rows["project_id"][which].tolist()
                if column == "credit_share" and shares is not None:
                    found = [say_shares(shares[row]) for row in at[which]]
                marks.append(Mark(kind, column, at[which], found, {}, each))
    return Repeats(first, joined, [*marks, *_mark_alone(single, again)])


def _judge(
    rows: pd.DataFrame, heads: Positions, shares: npt.NDArray[np.float64]
) -> tuple[Rows, dict[str, Rows]]:
    """Return which rows share their project's credit, and which break which rule."""
    alike = _alike(rows.drop(columns=_OF_SHARE, errors="ignore"), heads)
    same = alike & _alike(rows[["area"]], heads)
    areas = pd.factorize(rows["area"])[0]
    distinct = ~pd.DataFrame({"head": heads, "area": areas}).duplicated(keep=False).to_numpy()
    shared = _all_of(heads, alike & distinct & ~np.isnan(shares) & (areas >= 0))
    total = np.bincount(heads, np.nan_to_num(shares), len(heads))[heads]
    sums = [whole(t) for t in total]
    rounded = shared & _are_rounded(heads, shares) & ~np.array(sums, dtype=bool)
    uneven = shared & ~rounded & ~np.array(sums, dtype=bool)
    copied = _all_of(heads, same)
    return shared, {
        "ledger_share_sum": uneven,
        "ledger_share_rounded": rounded,
        "ledger_row_repeated": copied & ~shared & (heads != np.arange(len(heads))),
        "ledger_id_repeated": ~shared & ~copied,
    }


def _are_rounded(heads: Positions, shares: npt.NDArray[np.float64]) -> Rows:
    """Tell which rows have a share that is rounded from equal ones: 33.3 % three times."""
    counts = np.bincount(heads, minlength=len(heads))[heads]
    result: Rows = np.array(
        [is_rounded(share, int(n)) for share, n in zip(shares, counts, strict=True)], dtype=bool
    )
    return result & _all_of(heads, shares == shares[heads])


def _says_nothing(header: str) -> bool:
    """Tell whether a column numbers rows or remarks on them; a second of its name is numbered."""
    name = _AGAIN.sub("", header)
    return is_numbering(name) or plain(name) in word_set("remarks")


def _heads(groups: npt.NDArray[Any]) -> Positions:
    """Return for each row the first row of its group."""
    first = np.full(groups.max() + 1, -1, dtype=np.int64)
    backwards = np.arange(len(groups) - 1, -1, -1)
    first[groups[backwards]] = backwards
    return first[groups]


def _alike(frame: pd.DataFrame, heads: Positions) -> Rows:
    """Tell which rows say the same as the first of their group in every column."""
    same = np.ones(len(frame), dtype=bool)
    for name in frame:
        codes = pd.factorize(frame[name])[0]
        same &= codes == codes[heads]
    return same


def _all_of(heads: Positions, good: Rows) -> Rows:
    """Tell which rows belong to a group of which every row is good."""
    bad = np.bincount(heads, ~good, len(heads))
    result: Rows = bad[heads] == 0
    return result


def _single(shares: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    """Return each row's share where it says one, else NaN."""

    def one(said: tuple[Fraction, ...] | None) -> float:
        return float(said[0]) if said is not None and len(said) == 1 else np.nan

    return np.array([one(said) for said in shares], dtype=np.float64)


def _mark_alone(single: npt.NDArray[np.float64] | None, again: Rows) -> list[Mark]:
    """Mark the rows that have a part of the credit and no other row for the rest."""
    if single is None:
        return []
    at = np.flatnonzero(~again & (single < 1) & ~np.isclose(single, 1))
    found = [f"{100 * share:.4g}%" for share in single[at]]
    return [Mark("ledger_share_alone", "credit_share", at, found)] if len(at) else []


def _place(origins: Origins, row: int) -> str:
    return f"{origins.sheets[origins.sheet[row]]}!{origins.row[row]}"


def mark_likely(frame: pd.DataFrame, rows: Positions, origins: Origins) -> list[Mark]:
    """Mark rows that name the same project as an earlier one under another identifier.

    Parameters
    ----------
    frame : DataFrame
        name, area, investment of the projects.
    rows : array of int
        Their positions among all rows of the ledger.
    origins : Origins
        Where those stand.

    Returns
    -------
    list of Mark
        At most one: a name alike but for spaces, width and punctuation, in the same area and of
        the same amount.
    """
    if frame.empty:
        return []
    keys = {
        "name": plain_codes(frame["name"]),
        "area": np.asarray(frame["area"].cat.codes),
        "amount": pd.factorize(frame["investment"])[0],
    }
    table = pd.DataFrame(keys)
    later = table.duplicated().to_numpy() & (keys["name"] >= 0)
    if not later.any():
        return []
    some = table[table.duplicated(keep=False)]
    groups = some.groupby(list(keys), sort=False).ngroup().to_numpy()
    first = pd.Series(some.index[_heads(groups)], index=some.index)
    at = np.flatnonzero(later)
    places = [_place(origins, rows[first[row]]) for row in at]
    found = frame["name"].iloc[at].tolist()
    return [Mark("ledger_likely_repeated", "name", rows[at], found, {}, {"first": places})]


def mark_alike(ids: pd.Series, rows: Positions, origins: Origins) -> list[Mark]:
    """Mark identifiers that differ from an earlier one in width, case, spaces or dashes alone.

    Parameters
    ----------
    ids : Series of str
        Of the projects.
    rows : array of int
        Their positions among all rows of the ledger.
    origins : Origins
        Where those stand.

    Returns
    -------
    list of Mark
        At most one.
    """
    if ids.empty:
        return []
    texts = _arrow(ids)
    folded = pc.utf8_lower(texts)
    odd = pc.match_substring_regex(folded, _WIDE)
    if pc.any(odd).as_py():
        changed = pc.utf8_lower(pc.utf8_normalize(folded.filter(odd), form="NFKC"))
        for signs, instead in _FORMS:
            changed = pc.replace_substring_regex(changed, signs, instead)
        folded = pc.replace_with_mask(folded, odd, changed)
    elif pc.all(pc.equal(folded, texts)).as_py():
        return []
    codes = pd.Series(np.asarray(folded.dictionary_encode().indices))
    own = np.asarray(texts.dictionary_encode().indices)
    heads = _heads(codes.to_numpy())
    at = np.flatnonzero(own[heads] != own)
    if not len(at):
        return []
    places = [_place(origins, rows[row]) for row in heads[at]]
    found = ids.iloc[at].tolist()
    return [Mark("ledger_id_alike", "project_id", rows[at], found, {}, {"first": places})]


def _arrow(names: pd.Series) -> Any:
    texts = pa.array(names, type=pa.large_string(), from_pandas=True)
    # Of several sheets it comes in pieces.
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def plain_codes(names: pd.Series) -> npt.NDArray[np.int64]:
    """Return numbers of names, the same where they differ in spaces, width and signs alone.

    Parameters
    ----------
    names : Series of str
        As written.

    Returns
    -------
    array of int
        -1 where there is none.

    Examples
    --------
    >>> names = pd.Series(["甲（一期） 项目", "甲(一期)项目", "乙", None], dtype="str")
    >>> plain_codes(names).tolist()
    [0, 0, 1, -1]
    """
    texts = _arrow(names)
    odd = pc.invert(pc.fill_null(pc.match_substring_regex(texts, _PLAIN), True))
    changed = pc.utf8_lower(pc.utf8_normalize(texts.filter(odd), form="NFKC"))
    texts = pc.replace_with_mask(texts, odd, pc.replace_substring_regex(changed, _BETWEEN, ""))
    codes = texts.dictionary_encode().indices
    return np.asarray(pc.fill_null(codes, -1).to_numpy(zero_copy_only=False), dtype=np.int64)
