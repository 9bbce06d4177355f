"""The rulebook: every rule with its severity and reason, and the review that applies them all."""

from __future__ import annotations

import dataclasses
import importlib
import tomllib
from collections.abc import Callable
from pathlib import Path

from h1224lib.findings import SEVERITIES, Finding, Label
from h1224lib.plan.model import Plan

RULES_FILE = Path(__file__).with_name("rules.toml")
# A rule that tests something may also say that it holds.
HOLDS = "_hold"


@dataclasses.dataclass(frozen=True)
class Rule:
    """One rule: its name is the kind of its findings, and ``find_<name>`` finds them.

    Attributes
    ----------
    name, module : str
        ``h1224lib.review.<module>.find_<name>`` is the function, Plan -> list of Finding.
    severity : str
        ``error``, ``warning`` (it changes a result, or how one is counted) or ``note``.
    reason : Label
        Why a reader should know.
    """

    name: str
    module: str
    severity: str
    reason: Label

    def apply(self, plan: Plan) -> list[Finding]:
        """Return what the rule finds, with its severity; what holds is a note."""
        module = importlib.import_module(f"h1224lib.review.{self.module}")
        find: Callable[[Plan], list[Finding]] = getattr(module, f"find_{self.name}")
        return [dataclasses.replace(f, severity=self._severity(f)) for f in find(plan)]

    def _severity(self, finding: Finding) -> str:
        return "note" if finding.kind == self.name + HOLDS else self.severity


def list_rules() -> list[Rule]:
    """Return the rules in the order of ``rules.toml``.

    Examples
    --------
    >>> list_rules()[0].name
    'parts_short_of_total'
    """
    with RULES_FILE.open("rb") as file:
        entries = tomllib.load(file)["rule"]
    return [Rule(e["name"], e["module"], e["severity"], Label(e["zh"], e["en"])) for e in entries]


def tell_once(findings: list[Finding], review: list[Finding]) -> list[Finding]:
    """Return the findings of a reconciliation without those that a review says more fully.

    Parameters
    ----------
    findings : list of Finding
        Of a reconciliation.
    review : list of Finding
        Of the same plan. A total that exceeds its printed parts stands in both; the review
        names the parts and says what the bounds leave open.

    Returns
    -------
    list of Finding
        In their order.

    Examples
    --------
    >>> from h1224lib import load_plan, reconcile
    >>> plan = load_plan()
    >>> [f.kind for f in tell_once(reconcile(plan).findings, review_plan(plan))]
    ['plan_adds_up']
    """
    told = {
        (f.numbers["cell"], f.numbers["along"]) for f in review if f.kind == "parts_short_of_total"
    }
    return [
        f
        for f in findings
        if f.kind != "unallocated" or (f.numbers["where"], f.numbers["along"]) not in told
    ]


def tell_errors(review: list[Finding]) -> list[Finding]:
    """Name the errors of a review in one finding, to stand before what a reconciliation says.

    Parameters
    ----------
    review : list of Finding
        As `review_plan` returns it.

    Returns
    -------
    list of Finding
        One, or none where the review has no error.

    Examples
    --------
    >>> tell_errors([Finding("points_and_weights_hold", "note")])
    []
    """
    errors = [finding for finding in review if finding.severity == "error"]
    if not errors:
        return []
    said = [[finding.say(lang).rstrip("。.") for finding in errors] for lang in ("zh", "en")]
    items = [Label(zh, en) for zh, en in zip(*said, strict=True)]
    places = tuple(dict.fromkeys(place for finding in errors for place in finding.places))
    numbers = {"items": items, "count": len(errors)}
    return [Finding("review_errors", "error", numbers, places)]


def review_plan(plan: Plan) -> list[Finding]:
    """Find by rules what deserves a reader's attention beyond the identities.

    Parameters
    ----------
    plan : Plan
        Any plan; a rule finds nothing where the plan lacks the table or dimension it reads.

    Returns
    -------
    list of Finding
        Errors first, then warnings, then notes; within each in the order of the rules.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> print(review_plan(load_plan())[0].say("en").split(" (")[0])
    New above-scale enterprises, 2023–2025: at least 400 as a whole, 326 in its printed parts
    """
    found = [finding for rule in list_rules() for finding in rule.apply(plan)]
    return sorted(found, key=lambda finding: SEVERITIES.index(finding.severity))
