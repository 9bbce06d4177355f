"""Figures: pure functions from a library result to an altair chart, and `save`.

Nothing is imported until it is used. In a notebook, the first use also makes charts show without
network.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from h1224lib.charts.assessment import score_components as score_components
    from h1224lib.charts.burnups import burnup as burnup
    from h1224lib.charts.completion import bullets as bullets
    from h1224lib.charts.crossings import failing_sums as failing_sums
    from h1224lib.charts.effects import effect_bars as effect_bars
    from h1224lib.charts.effects import shift_bars as shift_bars
    from h1224lib.charts.export import save as save
    from h1224lib.charts.funnels import stage_funnel as stage_funnel
    from h1224lib.charts.gaps import gap_bars as gap_bars
    from h1224lib.charts.heatmaps import heat_map as heat_map
    from h1224lib.charts.heatmaps import remaining_map as remaining_map
    from h1224lib.charts.icicles import icicle as icicle
    from h1224lib.charts.indicators import indicator_bars as indicator_bars
    from h1224lib.charts.landmarks import landmark_checklist as landmark_checklist
    from h1224lib.charts.matrices import investor_matrix as investor_matrix
    from h1224lib.charts.mosaics import marimekko as marimekko
    from h1224lib.charts.odds import calibration_curve as calibration_curve
    from h1224lib.charts.odds import odds_bars as odds_bars
    from h1224lib.charts.pairs import dumbbells as dumbbells
    from h1224lib.charts.paths import indicator_paths as indicator_paths
    from h1224lib.charts.phases import phase_steps as phase_steps
    from h1224lib.charts.quotients import quotient_map as quotient_map
    from h1224lib.charts.rankings import rank_ranges as rank_ranges
    from h1224lib.charts.renderer import enable as enable
    from h1224lib.charts.tile_maps import tile_map as tile_map
    from h1224lib.charts.tiles import scoreboard as scoreboard

_HOMES = {
    "heat_map": "heatmaps",
    "icicle": "icicles",
    "remaining_map": "heatmaps",
    "marimekko": "mosaics",
    "quotient_map": "quotients",
    "phase_steps": "phases",
    "indicator_bars": "indicators",
    "indicator_paths": "paths",
    "scoreboard": "tiles",
    "bullets": "completion",
    "gap_bars": "gaps",
    "rank_ranges": "rankings",
    "score_components": "assessment",
    "odds_bars": "odds",
    "calibration_curve": "odds",
    "failing_sums": "crossings",
    "burnup": "burnups",
    "dumbbells": "pairs",
    "effect_bars": "effects",
    "shift_bars": "effects",
    "tile_map": "tile_maps",
    "stage_funnel": "funnels",
    "landmark_checklist": "landmarks",
    "investor_matrix": "matrices",
    "save": "export",
    "enable": "renderer",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'h1224lib.charts' has no attribute {name!r}")
    found = getattr(importlib.import_module(f"h1224lib.charts.{_HOMES[name]}"), name)
    shell = sys.modules.get("IPython")
    if shell is not None and shell.get_ipython() is not None:
        importlib.import_module("h1224lib.charts.renderer").enable()
    return found


def __dir__() -> list[str]:
    return sorted(_HOMES)
