"""From a plan's printed numbers to a published quarter: the helper library of h1224.

Nothing is imported until it is used, so that ``h1224 --help`` loads neither pandas nor altair.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from h1224lib import charts as charts
    from h1224lib.actuals import read_actuals as read_actuals
    from h1224lib.exploration import explore_plan as explore_plan
    from h1224lib.gaps import attribute_gap as attribute_gap
    from h1224lib.hierarchy import add_totals as add_totals
    from h1224lib.hierarchy import roll_up as roll_up
    from h1224lib.identities import Identity as Identity
    from h1224lib.identities import derive_identities as derive_identities
    from h1224lib.indicators import for_circular as for_circular
    from h1224lib.indicators import judge_indicators as judge_indicators
    from h1224lib.indicators import read_published as read_published
    from h1224lib.landmark_status import read_landmark_status as read_landmark_status
    from h1224lib.ledger.count import count_ledger as count_ledger
    from h1224lib.ledger.read import read_ledger as read_ledger
    from h1224lib.localisation import explain_plan as explain_plan
    from h1224lib.localisation import locate_errors as locate_errors
    from h1224lib.localisation import plant_misprint as plant_misprint
    from h1224lib.overview import describe_plan as describe_plan
    from h1224lib.phasing import compare_phasings as compare_phasings
    from h1224lib.phasing import phase_targets as phase_targets
    from h1224lib.plan import load_plan as load_plan
    from h1224lib.progress import measure_progress as measure_progress
    from h1224lib.reconciliation import reconcile as reconcile
    from h1224lib.record import open_run as open_run
    from h1224lib.results import read_results as read_results
    from h1224lib.review import review_plan as review_plan
    from h1224lib.review import tell_once as tell_once
    from h1224lib.rounding import apportion as apportion
    from h1224lib.rounding import rake as rake
    from h1224lib.rounding import rake_parts as rake_parts
    from h1224lib.rounding import round_controlled as round_controlled
    from h1224lib.schedules import measure_schedules as measure_schedules

__version__ = "0.1.0"

_HOMES = {
    "load_plan": "plan",
    "describe_plan": "overview",
    "roll_up": "hierarchy",
    "add_totals": "hierarchy",
    "Identity": "identities",
    "derive_identities": "identities",
    "reconcile": "reconciliation",
    "review_plan": "review",
    "tell_once": "review",
    "read_actuals": "actuals",
    "read_ledger": "ledger.read",
    "count_ledger": "ledger.count",
    "read_landmark_status": "landmark_status",
    "read_results": "results",
    "measure_progress": "progress",
    "measure_schedules": "schedules",
    "locate_errors": "localisation",
    "explain_plan": "localisation",
    "plant_misprint": "localisation",
    "apportion": "rounding",
    "rake": "rounding",
    "rake_parts": "rounding",
    "round_controlled": "rounding",
    "phase_targets": "phasing",
    "compare_phasings": "phasing",
    "attribute_gap": "gaps",
    "open_run": "record",
    "explore_plan": "exploration",
    "read_published": "indicators",
    "judge_indicators": "indicators",
    "for_circular": "indicators",
    "charts": None,
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'h1224lib' has no attribute {name!r}")
    home = _HOMES[name]
    if home is None:
        return importlib.import_module(f"h1224lib.{name}")
    return getattr(importlib.import_module(f"h1224lib.{home}"), name)


def __dir__() -> list[str]:
    return sorted([*_HOMES, "__version__"])
