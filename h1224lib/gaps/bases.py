"""Bases: on what different assumptions the two sides of a comparison rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from h1224lib.findings import Finding, Label
from h1224lib.gaps.comparability import name_schedules, same_schedule
from h1224lib.labels import name_code
from h1224lib.progress import State

if TYPE_CHECKING:
    from h1224lib.gaps.comparison import Comparison


def tell_bases(comparison: Comparison) -> list[Finding]:
    """State where the two rest on different assumptions, or on made-up results."""
    a, b = comparison.a, comparison.b
    if not isinstance(a, State) or not isinstance(b, State):
        return []
    found = _tell_horizons(comparison, a, b)
    if not same_schedule(a, b):
        first, second = name_schedules(a, b)
        numbers = {"first": first, "second": second}
        found.append(Finding("comparison_schedules", "warning", numbers))
    if a.small_base != b.small_base:
        bases = {"first": float(a.small_base), "second": float(b.small_base)}
        found.append(Finding("comparison_small_base", "warning", bases))
    if a.rule != b.rule:
        labels = {"first": a.rule.label, "second": b.rule.label}
        found.append(Finding("comparison_rules", "warning", labels))
    found += _tell_counting(a, b)
    told = [f for f in (*a.basis, *b.basis) if f.severity != "note"]
    return [*found, *{(f.kind, f.say("en")): f for f in told}.values()]


def _tell_horizons(comparison: Comparison, a: State, b: State) -> list[Finding]:
    rows = comparison.table.dropna(subset=["horizon_a", "horizon_b"])
    rows = rows[rows["horizon_a"] != rows["horizon_b"]]
    if rows.empty:
        return []
    pairs = ((a, "horizon_a"), (b, "horizon_b"))
    named = [name_code(s.plan, "horizon", str(rows[name].iloc[0])) for s, name in pairs]
    return [Finding("comparison_horizons", "warning", {"named": named})]


def _tell_counting(a: State, b: State) -> list[Finding]:
    """State that ledgers were counted by different rules, and by which."""
    rules = [[f for f in s.basis if f.kind == "ledger_counting_rule"] for s in (a, b)]
    worded = [{f.say("en") for f in found} for found in rules]
    # A state without a ledger counts nothing: that is another source, and not another rule.
    if not all(worded) or worded[0] == worded[1]:
        return []
    labels = [[Label(f.say("zh"), f.say("en")) for f in found] for found in rules]
    return [Finding("comparison_counting", "warning", {"first": labels[0], "second": labels[1]})]
