"""Which printed figures are most probably wrong, and what they should be."""

from h1224lib.localisation.explanations import (
    Contradiction,
    Explanation,
    Explanations,
    Unexplained,
    locate_errors,
)
from h1224lib.localisation.planting import plant_misprint
from h1224lib.localisation.printed import Suspects, explain_plan
from h1224lib.localisation.repairs import Range

__all__ = [
    "Contradiction",
    "Explanation",
    "Explanations",
    "Range",
    "Suspects",
    "Unexplained",
    "explain_plan",
    "locate_errors",
    "plant_misprint",
]
