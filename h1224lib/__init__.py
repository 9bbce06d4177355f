"""From a plan's printed numbers to a published quarter: the helper library of h1224.

Nothing is imported until it is used, so that ``h1224 --help`` loads neither pandas nor altair.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from h1224lib import charts as charts
    from h1224lib import views as views
    from h1224lib.actuals import read_actuals as read_actuals
    from h1224lib.assessment.aggregation import aggregate as aggregate
    from h1224lib.assessment.aggregation import distance_to_target as distance_to_target
    from h1224lib.assessment.marginal import value_projects as value_projects
    from h1224lib.assessment.readings import vary as vary
    from h1224lib.assessment.scoring import assess as assess
    from h1224lib.composition import count_activity as count_activity
    from h1224lib.composition import count_sizes as count_sizes
    from h1224lib.composition import describe_industry as describe_industry
    from h1224lib.composition import follow_stages as follow_stages
    from h1224lib.composition import list_regions as list_regions
    from h1224lib.composition import match_investors as match_investors
    from h1224lib.composition import measure_concentration as measure_concentration
    from h1224lib.composition import measure_platforms as measure_platforms
    from h1224lib.composition import score_headline as score_headline
    from h1224lib.exploration import explore_plan as explore_plan
    from h1224lib.gaps import assign_responsibility as assign_responsibility
    from h1224lib.gaps import attribute_gap as attribute_gap
    from h1224lib.gaps import compare as compare
    from h1224lib.gaps import decompose_completion as decompose_completion
    from h1224lib.gaps import decompose_rate as decompose_rate
    from h1224lib.gaps import shift_share as shift_share
    from h1224lib.hierarchy import add_totals as add_totals
    from h1224lib.hierarchy import roll_up as roll_up
    from h1224lib.identities import Identity as Identity
    from h1224lib.identities import derive_identities as derive_identities
    from h1224lib.indicators import for_circular as for_circular
    from h1224lib.indicators import judge_indicators as judge_indicators
    from h1224lib.indicators import rate_indicators as rate_indicators
    from h1224lib.indicators import read_counts as read_counts
    from h1224lib.indicators import read_published as read_published
    from h1224lib.indicators import track_indicators as track_indicators
    from h1224lib.landmark_status import read_landmark_status as read_landmark_status
    from h1224lib.ledger.count import count_ledger as count_ledger
    from h1224lib.ledger.read import read_ledger as read_ledger
    from h1224lib.localisation import explain_plan as explain_plan
    from h1224lib.localisation import locate_errors as locate_errors
    from h1224lib.localisation import plant_misprint as plant_misprint
    from h1224lib.odds import forecast as forecast
    from h1224lib.odds.calibration import calibrate as calibrate
    from h1224lib.overview import describe_plan as describe_plan
    from h1224lib.phasing import compare_phasings as compare_phasings
    from h1224lib.phasing import phase_targets as phase_targets
    from h1224lib.plan import load_plan as load_plan
    from h1224lib.progress import measure_progress as measure_progress
    from h1224lib.progress.movements import compare_ledgers as compare_ledgers
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
    "compare_ledgers": "progress.movements",
    "count_activity": "composition",
    "count_sizes": "composition",
    "describe_industry": "composition",
    "follow_stages": "composition",
    "list_regions": "composition",
    "match_investors": "composition",
    "measure_concentration": "composition",
    "measure_platforms": "composition",
    "score_headline": "composition",
    "attribute_gap": "gaps",
    "compare": "gaps",
    "decompose_rate": "gaps",
    "decompose_completion": "gaps",
    "shift_share": "gaps",
    "assign_responsibility": "gaps",
    "forecast": "odds",
    "calibrate": "odds.calibration",
    "assess": "assessment.scoring",
    "vary": "assessment.readings",
    "value_projects": "assessment.marginal",
    "aggregate": "assessment.aggregation",
    "distance_to_target": "assessment.aggregation",
    "open_run": "record",
    "explore_plan": "exploration",
    "read_counts": "indicators",
    "read_published": "indicators",
    "judge_indicators": "indicators",
    "for_circular": "indicators",
    "rate_indicators": "indicators",
    "track_indicators": "indicators",
    "charts": None,
    "views": None,
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
