"""Daily work: how records of it earn the points of an item; kept as data."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from h1224lib.assessment.shipped import read_section, read_source, refuse
from h1224lib.findings import Label

# What offices keep of daily work: columns of what they hand in.
RECORDS = ("due", "on_time", "submitted", "used", "done")
OTHER = "other"
EMPTY = ("renormalise", "zero")


class Earned(NamedTuple):
    """Points of a daily item, and the arithmetic of records that earned them."""

    points: Fraction
    working: str


@dataclass(frozen=True)
class Share:
    """A share of a daily item's points, and the records that earn it: `on` out of `of`.

    Where `of` is 0 the share goes to the others (``renormalise``) or earns nothing (``zero``).
    """

    share: Fraction
    on: str
    of: str
    empty: str


@dataclass(frozen=True)
class Formula:
    """How records earn the points of a daily item.

    Attributes
    ----------
    shares : tuple of Share
        They add up to 1.
    source : Label
        Where it is from.
    """

    shares: tuple[Share, ...]
    source: Label


Formulas = dict[str, Formula]


def read_formulas(own: str | Path | Mapping[str, Any] | None = None) -> Formulas:
    """Read the formulas of daily items, those that ship and one's own.

    Parameters
    ----------
    own : str, Path or mapping, optional
        A TOML file, or its content, laid out as ``[daily.*]`` in ``rules.toml``: the last part of
        an item's code (or ``other``), and its `shares` and `source`. What it does not name is as
        it ships.

    Returns
    -------
    dict
        By the last part of an item's code; ``other`` for those that it does not name.

    Raises
    ------
    UnknownNameError
        The file cannot be read, or an entry is no formula.

    Examples
    --------
    >>> [(share.on, share.of) for share in read_formulas()["reporting"].shares]
    [('on_time', 'due'), ('used', 'submitted')]
    """
    given = _load(own) if isinstance(own, (str, Path)) else own or {}
    entries = {**read_section("daily"), **given}
    return {str(name): _make_formula(str(name), entry) for name, entry in entries.items()}


def find_formula(formulas: Formulas, item: str) -> Formula:
    """Find the formula of an item, by the last part of its code.

    Examples
    --------
    >>> find_formula(read_formulas(), "daily.team").shares[0].on
    'done'
    """
    return formulas.get(item.rpartition(".")[2], formulas[OTHER])


def earn_points(
    formula: Formula, full: Fraction, records: Mapping[str, Fraction | None]
) -> Earned | None:
    """Return the points that records earn, with their arithmetic.

    Parameters
    ----------
    formula : Formula
        As `read_formulas` returns it.
    full : Fraction
        The item's points.
    records : mapping
        Each of `RECORDS`, None where it is not known.

    Returns
    -------
    Earned or None
        None where a record is not known, or nothing was due: then there is nothing to judge, and
        no points are known, rather than none got.

    Examples
    --------
    >>> records = dict(zip(RECORDS, map(Fraction, (12, 9, 8, 4, 0)), strict=True))
    >>> earned = earn_points(read_formulas()["reporting"], Fraction(2), records)
    >>> str(earned.points), earned.working
    ('5/4', '2 × (1/2 × 9/12 + 1/2 × 4/8)')
    """
    counted = []
    for part in formula.shares:
        on, of = records[part.on], records[part.of]
        if on is None or of is None:
            return None
        if of or part.empty == "zero":
            counted.append((part.share, on, of))
    whole = sum((share for share, _, _ in counted), Fraction(0))
    if not whole:
        return None
    earned = sum((share * (on / of) for share, on, of in counted if of), Fraction(0)) / whole
    parts = [
        (f"{share / whole} × " if share != whole else "")
        + (f"{_write(on)}/{_write(of)}" if of else "0")
        for share, on, of in counted
    ]
    text = f"({' + '.join(parts)})" if len(parts) > 1 else parts[0]
    return Earned(full * earned, f"{_write(full)} × {text}")


def _write(number: Fraction) -> str:
    return f"{float(number):g}"


def _load(path: str | Path) -> dict[str, Any]:
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise refuse(str(path), str(error)) from error


def _make_formula(name: str, entry: Any) -> Formula:
    """Make a formula of an entry; all that is wrong with it is named at once."""
    if not isinstance(entry, Mapping) or not isinstance(entry.get("shares"), (list, tuple)):
        raise refuse(name, "shares")
    strange = [str(key) for key in entry if key not in ("shares", "source")]
    faults = [*strange, *_find_faults(entry["shares"])]
    if faults:
        raise refuse(name, "; ".join(faults))
    shares = tuple(
        Share(Fraction(str(part["share"])), part["on"], part["of"], part["empty"])
        for part in entry["shares"]
    )
    if not shares or any(part.share <= 0 for part in shares) or sum(s.share for s in shares) != 1:
        raise refuse(name, "shares: Σ = 1")
    return Formula(shares, read_source(entry))


def _find_faults(shares: Any) -> list[str]:
    """Name what is missing, unknown or no number in the shares of a formula."""
    known = {"on": RECORDS, "of": RECORDS, "empty": EMPTY}
    faults = []
    for at, part in enumerate(shares, start=1):
        given = part if isinstance(part, Mapping) else {}
        faults += [f"shares[{at}].{key}" for key in given if key not in ("share", *known)]
        faults += [
            f"shares[{at}].{key}: {', '.join(allowed)}"
            for key, allowed in known.items()
            if given.get(key) not in allowed
        ]
        try:
            Fraction(str(given.get("share")))
        except (ValueError, ZeroDivisionError):
            faults.append(f"shares[{at}].share")
    return faults
