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
    >>> print(review_plan(load_plan())[0].say("en").split(";")[0])
    New above-scale enterprises, 2023–2025: at least 400 as a whole, 326 in its printed parts
    """
    found = [finding for rule in list_rules() for finding in rule.apply(plan)]
    return sorted(found, key=lambda finding: SEVERITIES.index(finding.severity))
