"""Items: what a plan assesses, with which weights and points, and of whom."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from h1224lib.hierarchy import inside
from h1224lib.plan.model import Plan


@dataclass(frozen=True)
class Items:
    """What a plan assesses, as its table of the assessment says.

    Attributes
    ----------
    part : str
        The item that is weighted by industry; "" where there is no assessment.
    points : Fraction
        Its points.
    weighted : tuple of (str, str, Fraction)
        Item, industry and weight (the weights add up to 1).
    daily : tuple of (str, Fraction)
        The other items and their points.
    """

    part: str
    points: Fraction
    weighted: tuple[tuple[str, str, Fraction], ...]
    daily: tuple[tuple[str, Fraction], ...]

    @property
    def industries(self) -> list[str]:
        """The industries, in the order of the items."""
        return [industry for _, industry, _ in self.weighted]

    @property
    def weights(self) -> list[Fraction]:
        """The weights, in the order of the items."""
        return [weight for _, _, weight in self.weighted]


def read_items(plan: Plan) -> Items:
    """Read what a plan assesses.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> items = read_items(load_plan())
    >>> int(items.points), items.industries[0], str(items.weights[0]), len(items.daily)
    (90, 'commerce', '1/5', 5)
    >>> read_items(load_plan("dazhou-2019")).part
    ''
    """
    table = plan.assessment
    parts = table[(table["scoring"] == "weighted") & table["points"].notna()]
    if parts.empty:
        return Items("", Fraction(0), (), ())
    part = parts.iloc[0]
    below = table[(table["parent"] == part["item_id"]) & table["weight_pct"].notna()]
    weights = [Fraction(str(w)) for w in below["weight_pct"]]
    whole = sum(weights)
    weighted = tuple(
        (str(item), str(industry), weight / whole)
        for item, industry, weight in zip(below["item_id"], below["industry"], weights, strict=True)
    )
    leaves = ~table["item_id"].isin(table["parent"])
    others = table[leaves & table["points"].notna() & (table["parent"] != part["item_id"])]
    daily = tuple(
        (str(item), Fraction(str(points)))
        for item, points in zip(others["item_id"], others["points"], strict=True)
    )
    return Items(str(part["item_id"]), Fraction(str(part["points"])), weighted, daily)


def list_assessed(plan: Plan) -> list[str]:
    """List the areas that a plan assesses; all that add up to the whole where it names none.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> list_assessed(load_plan())[-2:]
    ['nantaihu', 'changhe']
    """
    table = plan.areas
    assessed = [str(code) for code in table.index[table["assessed"] == "yes"]]
    own = set(table["parent"]) | inside(plan, "area")
    return assessed or [str(code) for code in table.index if code not in own and code != "all"]
