"""Pages: the texts around a drawing of a plan or of a state, worded in one way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from h1224lib import wording
from h1224lib.charts import theme
from h1224lib.findings import Finding
from h1224lib.plan.model import Plan
from h1224lib.progress import State


def of_plan(
    plan: Plan,
    finding: Finding,
    key: str,
    lang: str,
    notes: Sequence[str] = (),
    measure: str = "",
    horizon: str = "",
    **more: Any,
) -> theme.Page:
    """Word the page of a drawing that shows what a plan prints.

    Parameters
    ----------
    plan : Plan
        Is the source, and names the codes.
    finding : Finding
        Its title is the figure's.
    key : str
        Words the subtitle, from measure, unit, horizon (as far as given) and `more`.
    lang : str
        ``zh`` or ``en``.
    notes : sequence of str
        Worded.
    measure, horizon : str
        Codes.
    """
    named = {}
    if measure:
        named = {"measure": plan.label("measure", measure, lang), "unit": plan.unit(measure, lang)}
    if horizon:
        named["horizon"] = plan.label("horizon", horizon, lang)
    return theme.Page(
        title=finding.title(lang),
        subtitle=wording.say(key, lang, **named, **more),
        source=cite(plan, lang),
        notes=notes,
    )


def cite(plan: Plan, lang: str) -> str:
    """Word a plan as a source line."""
    return theme.word_source(plan.cite(lang), lang)


def of_state(
    state: State, finding: Finding, key: str, lang: str, notes: Sequence[str] = (), **more: Any
) -> theme.Page:
    """Word the page of a drawing that shows a state: its sources, its rules, its mark.

    Parameters
    ----------
    state : State
        Is the source; made-up results are marked.
    finding : Finding
        Its title is the figure's.
    key : str
        Words the subtitle, from measure, unit, horizon, as_of, schedule and `more`.
    lang : str
        ``zh`` or ``en``.
    notes : sequence of str
        Worded; the rules by which ledgers were counted come after them.
    """
    plan, measure = state.plan, state.measure
    own = state.table.loc[state.table["measure"] == measure, "horizon"]
    codes = own if len(own) else state.table["horizon"]
    named = {
        "measure": plan.label("measure", measure, lang),
        "unit": plan.unit(measure, lang),
        "horizon": plan.label("horizon", str(codes.iloc[0]), lang),
        "as_of": state.as_of.isoformat(),
        "schedule": state.schedule,
    }
    return theme.Page(
        title=finding.title(lang),
        subtitle=wording.say(key, lang, **{**named, **more}),
        source=theme.word_source(state.cite(lang), lang),
        notes=[*notes, *state.rules(lang)],
        mark=state.mark(lang),
    )
