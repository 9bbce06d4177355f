"""Phasing: targets spread over years, quarters and months in whole steps."""

from h1224lib.phasing.comparison import Comparison as Comparison
from h1224lib.phasing.comparison import compare_phasings as compare_phasings
from h1224lib.phasing.comparison import list_moves as list_moves
from h1224lib.phasing.result import Phasing as Phasing
from h1224lib.phasing.result import phase_targets as phase_targets
