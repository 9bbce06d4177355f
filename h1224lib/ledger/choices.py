"""Choices: what each drop-down of the template offers, in one language, and the code behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from h1224lib import wording
from h1224lib.hierarchy import children, inside
from h1224lib.ledger.stages import ladders, list_stages
from h1224lib.ledger.vocabulary import list_fields, read_words
from h1224lib.plan.model import Plan

FLAGS = ("headquarters", "new_land")
# Directions are offered by industry: this list stands beside them, a row a direction.
OWNERS = "direction_industry"


@dataclass(frozen=True)
class Choices:
    """What drop-downs offer.

    Attributes
    ----------
    values : dict
        Column, or ``setting.<name>`` -> the words offered, in their order.
    words : dict
        Column or setting -> code -> word.
    """

    values: dict[str, list[str]]
    words: dict[str, dict[Any, str]]

    def word(self, name: str, code: Any) -> str:
        """Return the word for a code; what has none stands as it is.

        Examples
        --------
        >>> from h1224lib.plan import load_plan
        >>> list_choices(load_plan(), "zh").word("area", "deqing")
        '德清县'
        """
        return self.words.get(name, {}).get(code, str(code))

    def source(self, name: str, industry: str | None, row: int) -> str | None:
        """Return where a drop-down finds its values: a formula on the named ranges.

        Parameters
        ----------
        name : str
            Column or setting.
        industry : str, optional
            Letter of the column of industries, on which the directions offered depend.
        row : int
            The first row that the drop-down is for, counted from 1.
        """
        if not self.values.get(name):
            return None
        if name == "direction" and industry and OWNERS in self.values:
            cell, owners = f"${industry}{row}", range_name(OWNERS)
            at = f"MATCH({cell},{owners},0)-1"
            return f"=OFFSET({range_name(name)},{at},0,COUNTIF({owners},{cell}),1)"
        return f"={range_name(name)}"


def range_name(name: str) -> str:
    """Name the range that holds the values of a column or setting.

    Examples
    --------
    >>> range_name("setting.schedule")
    'list_setting_schedule'
    """
    return f"list_{name.replace('.', '_')}"


def list_choices(plan: Plan, lang: str) -> Choices:
    """List what the drop-downs of a plan's template offer.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> list_choices(load_plan(), "zh").values["project_type"]
    ['固投类', '营收类']
    """
    words: dict[str, dict[Any, str]] = {}
    for dimension in plan.dimensions:
        apart = inside(plan, dimension) | {"all", *children(plan, dimension)}
        codes = [str(c) for c in plan.table(dimension).index if c not in apart]
        words[dimension] = {code: plan.label(dimension, code, lang) for code in codes}
    within = [c for codes in children(plan, "area", "within").values() for c in codes]
    words["platform"] = {code: plan.label("area", code, lang) for code in within}
    yes_no = {True: _say("yes", lang), False: _say("no", lang)}
    words |= dict.fromkeys(FLAGS, yes_no)
    words["recognition"] = {n: _say(n, lang) for n in ("recognised", "self_reported")}
    kinds = [k for k in wording.catalogue() if k.startswith("template.investor_kind.")]
    words["investor_kind"] = {k: wording.say(k, lang) for k in kinds}
    if len(plan.landmarks):
        words["landmark"] = dict(
            zip(plan.landmarks["landmark_id"], plan.landmarks[lang], strict=True)
        )
    values = {name: list(dict.fromkeys(own.values())) for name, own in words.items() if own}
    if len(plan.directions):
        directions = sort_directions(plan)
        words["direction"] = dict(zip(directions["direction_id"], directions[lang], strict=True))
        values["direction"] = directions[lang].tolist()
        values[OWNERS] = [plan.label("industry", i, lang) for i in directions["industry"]]
    settings = _list_settings(plan, lang)
    words |= settings
    return Choices(values | {n: list(own.values()) for n, own in settings.items()}, words)


def sort_directions(plan: Plan) -> pd.DataFrame:
    """Return the directions industry by industry, as a drop-down that depends on it needs them."""
    order = {code: n for n, code in enumerate(plan.industries.index)}
    place = plan.directions["industry"].map(order)
    return plan.directions.assign(_place=place).sort_values("_place", kind="stable")


def _list_settings(plan: Plan, lang: str) -> dict[str, dict[Any, str]]:
    """Return for each setting with a drop-down its codes and words."""
    words: dict[str, dict[Any, str]] = {}
    for name, spec in read_words("settings").items():
        if spec["kind"] == "flag":
            words[f"setting.{name}"] = {True: _say("yes", lang), False: _say("no", lang)}
        elif spec["kind"] == "choice":
            choices = spec["choices"].items()
            words[f"setting.{name}"] = {c: also[0] if lang == "zh" else c for c, also in choices}
        elif spec["kind"] == "period":
            words[f"setting.{name}"] = {q: q for q in _list_quarters(plan)}
        elif spec["kind"] == "unit":
            words[f"setting.{name}"] = {0: _say("unit", lang)}
        elif spec["kind"] == "stages":
            own = ladders(plan)
            for kind in list_types(plan):
                ladder = own.get(kind) or list_stages()
                words[f"setting.{name}.{kind}"] = {s: _name_stage(s, lang) for s in ladder}
    return words


def _list_quarters(plan: Plan) -> list[str]:
    """Return the quarters of the years that the plan speaks of."""
    first, last = plan.horizons["first_day"].min(), plan.horizons["last_day"].max()
    years = range(int(first[:4]), int(last[:4]) + 1)
    return [f"{year}Q{quarter}" for year in years for quarter in (1, 2, 3, 4)]


def list_types(plan: Plan) -> list[str]:
    """Return the project types of a plan, ``all`` alone where it has none."""
    types = [str(code) for code in plan.project_types.index if code != "all"]
    return types if "project_type" in plan.dimensions else ["all"]


def _name_stage(stage: str, lang: str) -> str:
    if lang == "en":
        return list_fields()[stage].label.en
    return str(read_words("columns")["date"][stage]["stems"][0])


def _say(key: str, lang: str) -> str:
    return wording.say(f"template.{key}", lang)
