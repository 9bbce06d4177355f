"""Labels: codes, units and cells of a plan, named in both languages."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from h1224lib import wording
from h1224lib.findings import Label
from h1224lib.plan.model import Plan

# What a place may name inside a section or an annex.
INNER = ("landmarks", "directions", "notes")
HEADS = ("annex", "table", "footnote", "title", "replaced")


def name_code(plan: Plan, dimension: str, code: str) -> Label:
    """Name a code of a dimension.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> name_code(load_plan(), "area", "deqing")
    Label(zh='德清县', en='Deqing County')
    """
    return Label(plan.label(dimension, code, "zh"), plan.label(dimension, code, "en"))


def name_unit(plan: Plan, measure: str) -> Label:
    """Name a measure's unit."""
    return Label(plan.unit(measure, "zh"), plan.unit(measure, "en"))


def name_title(plan: Plan) -> Label:
    """Return a plan's title."""
    return Label(plan.title("zh"), plan.title("en"))


def name_figure(plan: Plan, codes: Mapping[str, str], skip: Collection[str] = ()) -> Label:
    """Name the cell of a figure: measure, then each dimension that the plan has, then horizon.

    Parameters
    ----------
    plan : Plan
        Gives the names.
    codes : mapping
        Dimension, ``measure`` or ``horizon`` -> code.
    skip : collection of str
        Dimensions to leave out.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> plan = load_plan("dazhou-2019")
    >>> codes = {"measure": "investment", "area": "tongchuan", "horizon": "2019"}
    >>> name_figure(plan, codes, skip=["area"]).en.count(",")
    1
    """
    named = [d for d in ("measure", *plan.dimensions, "horizon") if d not in skip]
    return Label(
        *(
            wording.say("cell_name", lang, parts=[plan.label(d, codes[d], lang) for d in named])
            for lang in wording.LANGUAGES
        )
    )


def name_place(place: str) -> Label:
    """Name a place in both languages, down to the table or the list and no further.

    Examples
    --------
    >>> name_place("annex2/1/finance/all").en, name_place("3.3/landmarks").en
    ('annex 2', 'section 3.3 (landmarks)')
    """
    return Label(*(_say_place(place, lang) for lang in wording.LANGUAGES))


def _say_place(place: str, lang: str) -> str:
    head, *inner = place.split("/")
    kind = next((k for k in HEADS if head.startswith(k)), "section" if head[:1].isdigit() else "")
    name = head.removeprefix(kind)
    outer = wording.say(f"place_name.{kind}", lang, name=name) if kind else head
    if not inner or inner[0] not in INNER:
        return outer
    within = wording.say(f"place_name.{inner[0]}", lang, name="/".join(inner[1:]))
    return wording.say("place_name.within", lang, outer=outer, inner=within)
