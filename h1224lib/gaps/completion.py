"""Completion split in two: how far other targets, and how far other results, make the difference.

The completion of a whole is the sum over its cells of mix (the cell's share of the target) times
rate (the cell's own completion); E. M. Kitagawa, Components of a difference between two rates,
Journal of the American Statistical Association 50 (1955) 1168-1194.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import pandas as pd

from h1224lib.errors import ComparisonError
from h1224lib.findings import Finding, Label
from h1224lib.gaps.cells import check_codes, list_parts, name_cell
from h1224lib.gaps.comparability import check_comparable, name_sides
from h1224lib.gaps.decomposition import add_all, split_product
from h1224lib.gaps.exactness import Exact, read_column, subtract, to_numbers
from h1224lib.gaps.statements import tell_completion
from h1224lib.plan.model import DIMENSIONS
from h1224lib.progress import State
from h1224lib.progress.ceilings import find_ceilings

Codes = tuple[str, ...]
# A cell (None for the rest) with its shares and rates; its effects.
_Row = tuple[tuple[Codes | None, tuple[Exact, ...]], tuple[Fraction, Fraction, Fraction]]
EFFECTS = ("mix", "rate", "unplanned")


@dataclass(frozen=True, eq=False)
class CompletionSplit:
    """The difference between two completions, by cell; the parts add up exactly.

    Attributes
    ----------
    a, b : State
        What is compared: b less a.
    table : DataFrame
        One row a cell, the largest effect first: a column for each dimension of `by`, share_a,
        share_b (of the whole's target), rate_a, rate_b (completion of the cell; <NA> without a
        target), mix, rate, unplanned (their effects on the completion, as shares), effect (their
        sum), unallocated (True for what the wholes hold beyond cells known on both sides).
    exact : DataFrame
        mix, rate, unplanned of each row as fractions, None where unknown.
    completion_a, completion_b : Fraction
        Of the wholes; None where unknown.
    unknown : list of Label
        Cells that have a target and no result in a or b: they are in no row but the last.
    ceilings : list of Label
        Cells of which less is better in a or b, and so without a completion: in no row but the
        last. Where a whole is a ceiling, the wholes, and there are no rows.
    measure : str
        What is measured.
    names : tuple of Label
        The two wholes.
    """

    a: State
    b: State
    table: pd.DataFrame
    exact: pd.DataFrame
    completion_a: Exact
    completion_b: Exact
    unknown: list[Label]
    measure: str
    names: tuple[Label, Label]
    ceilings: list[Label] = field(default_factory=list)

    @property
    def difference(self) -> Exact:
        """The completion of b less that of a; None where either is unknown."""
        return subtract(self.completion_b, self.completion_a)

    @property
    def effects(self) -> dict[str, Exact]:
        """Mix, rate and unplanned over all cells; None where unknown in one."""
        return {name: add_all(list(self.exact[name])) for name in EFFECTS}

    @property
    def findings(self) -> list[Finding]:
        """What a reader should know: how much is mix, how much is rate, and what is unknown."""
        return tell_completion(self)


@dataclass(frozen=True)
class _Side:
    """Target and actual by cell, and of the whole; cells of which less is better, and if it is."""

    cells: dict[Codes, tuple[Exact, Exact]]
    target: Exact
    actual: Exact
    ceilings: frozenset[Codes] = frozenset()
    down: bool = False

    @property
    def holes(self) -> set[Codes]:
        """Cells with a target and without a result."""
        return {key for key, (target, actual) in self.cells.items() if target and actual is None}


def decompose_completion(
    a: State,
    b: State,
    by: Sequence[str],
    measure: str | None = None,
    within_a: Mapping[str, str] | None = None,
    within_b: Mapping[str, str] | None = None,
) -> CompletionSplit:
    """Split the difference between two completions into mix and rate, cell by cell.

    Parameters
    ----------
    a, b : State
        Of two periods or scenarios; or one state twice, and two areas of it.
    by : list of str
        Dimensions whose cells the completions are made of, such as ``["industry"]``.
    measure : str, optional
        By default what the plan is about.
    within_a, within_b : mapping, optional
        Dimension -> code: the cell that is compared, such as ``{"area": "deqing"}``; by default
        the whole.

    Returns
    -------
    CompletionSplit
        A cell with a target on one side alone is all mix: its rate is taken to be the same on
        both. The actual of a cell without a target has no rate, and is unplanned. Of a ceiling
        there is no completion: such a cell is in the unallocated rest, such a whole not split.

    Raises
    ------
    UnknownDimensionError, UnknownNameError
        `by` or a code is not the plan's.
    ComparisonError
        The states do not have the same measure in the same unit, or no cell in common.

    Examples
    --------
    >>> from h1224lib import load_plan, measure_progress, read_actuals
    >>> plan = load_plan("dazhou-2019")
    >>> done = read_actuals(None, plan)
    >>> cell = ("investment", "dazhu", "all", "all", "2019")
    >>> first = measure_progress(plan, done, "2019-03-31")
    >>> other = measure_progress(plan.replace({cell: 40}), done, "2019-03-31")
    >>> split = decompose_completion(first, other, by=["area"])
    >>> sum(split.effects.values()) == split.difference
    True
    """
    chosen = measure or a.measure
    check_comparable(a, b, chosen)
    sides = []
    for state, within in ((a, within_a or {}), (b, within_b or {})):
        check_codes(state.plan, by, within)
        sides.append(_read_side(state, by, chosen, within))
    if all(side.cells for side in sides) and not sides[0].cells.keys() & sides[1].cells.keys():
        raise ComparisonError("cells_apart", by=list(by))
    split = [d for d in DIMENSIONS if d in by]
    keys = list(dict.fromkeys([*sides[0].cells, *sides[1].cells]))
    holes = [key for key in keys if any(key in side.holes for side in sides)]
    above = [key for key in keys if any(key in side.ceilings for side in sides)]
    kept = [key for key in keys if key not in {*holes, *above}]
    done = [_complete(side) for side in sides]
    rows = _list_rows(sides, kept) if None not in done else []
    unknown, ceilings = (
        [name_cell(b.plan, dict(zip(split, key, strict=True)), split) for key in listed]
        for listed in (holes, above)
    )
    names = _name_wholes(a, b, within_a or {}, within_b or {})
    if any(side.down for side in sides):
        ceilings = [name for name, side in zip(names, sides, strict=True) if side.down]
    exact = pd.DataFrame([row[1] for row in rows], columns=list(EFFECTS), dtype=object)
    table = _lay_out(rows, split)
    return CompletionSplit(a, b, table, exact, done[0], done[1], unknown, chosen, names, ceilings)


def _read_side(state: State, by: Sequence[str], measure: str, within: Mapping[str, str]) -> _Side:
    whole = state.cell(measure, **within)
    if whole.empty:
        return _Side({}, None, None)
    rows = list_parts(state, by, measure, within)
    # Cells of two areas match by what they are split by, not by the area itself.
    keys = list(rows[[d for d in DIMENSIONS if d in by]].itertuples(index=False, name=None))
    amounts = zip(read_column(rows["target"]), read_column(rows["actual"]), strict=True)
    target, actual = read_column([whole["target"], whole["actual"]])
    marks = find_ceilings(rows, state.plan) & rows["target"].notna().to_numpy()
    down = bool(find_ceilings(whole.to_frame().T, state.plan)[0])
    ceilings = frozenset(key for key, marked in zip(keys, marks, strict=True) if marked)
    return _Side(dict(zip(keys, amounts, strict=True)), target, actual, ceilings, down)


def _complete(side: _Side) -> Exact:
    """Return a whole's completion; of a ceiling there is none."""
    if side.down or not side.target or side.actual is None:
        return None
    return side.actual / side.target


def _list_rows(sides: Sequence[_Side], kept: Sequence[Codes]) -> list[_Row]:
    """Return each cell's shares, rates and effects, the largest effect first, the rest last."""
    amounts = [[side.cells.get(key, (None, None)) for side in sides] for key in kept]
    found = [_split_cell(key, pair, sides) for key, pair in zip(kept, amounts, strict=True)]
    found.sort(key=lambda row: -abs(sum(row[1], Fraction(0))))
    rest = [_find_rest(side, kept) for side in sides]
    if any(amount for pair in rest for amount in pair):
        found.append(_split_cell(None, rest, sides))
    return found


def _find_rest(side: _Side, kept: Sequence[Codes]) -> tuple[Exact, Exact]:
    """Return target and actual that the whole holds beyond the cells that are kept."""
    known = [side.cells[key] for key in kept if key in side.cells]
    target = sum((t for t, _ in known if t is not None), Fraction(0))
    actual = sum((x for _, x in known if x is not None), Fraction(0))
    return subtract(side.target, target), subtract(side.actual, actual)


def _split_cell(
    key: Codes | None, amounts: Sequence[tuple[Exact, Exact]], sides: Sequence[_Side]
) -> _Row:
    """Split a cell's contribution; a rate that one side lacks is taken from the other."""
    shares, rates, beyond = [], [], []
    for (target, actual), side in zip(amounts, sides, strict=True):
        total = side.target or Fraction(1)
        shares.append((target or Fraction(0)) / total)
        rates.append((actual or Fraction(0)) / target if target else None)
        beyond.append(Fraction(0) if target else (actual or Fraction(0)) / total)
    if rates == [None, None]:
        mix, rate = Fraction(0), Fraction(0)
    else:
        mix, rate = (
            effect or Fraction(0)
            for effect in split_product((shares[0], rates[0]), (shares[1], rates[1]))
        )
    return (key, (*shares, *rates)), (mix, rate, beyond[1] - beyond[0])


def _lay_out(rows: Sequence[_Row], split: Sequence[str]) -> pd.DataFrame:
    keys = [key or ("all",) * len(split) for (key, _), _ in rows]
    table = pd.DataFrame(keys, columns=list(split), dtype=object, index=range(len(rows)))
    for i, name in enumerate(("share_a", "share_b", "rate_a", "rate_b")):
        table[name] = to_numbers(values[i] for (_, values), _ in rows)
    for i, name in enumerate(EFFECTS):
        table[name] = to_numbers(effects[i] for _, effects in rows)
    table["effect"] = to_numbers(sum(effects, Fraction(0)) for _, effects in rows)
    return table.assign(unallocated=pd.Series([key is None for (key, _), _ in rows], dtype=bool))


def _name_wholes(
    a: State, b: State, within_a: Mapping[str, str], within_b: Mapping[str, str]
) -> tuple[Label, Label]:
    """Name the two wholes by what tells them apart: their cells, else their periods."""
    if dict(within_a) != dict(within_b):
        sides = ((a, within_a), (b, within_b))
        named = [
            name_cell(s.plan, dict.fromkeys(DIMENSIONS, "all") | dict(w), list(w) or ["area"])
            for s, w in sides
        ]
        return named[0], named[1]
    return name_sides(a, b)
