"""Hierarchies: who adds up to whom, the leaves, and every total above them.

A code that is a ``member`` adds up to its parent; one that lies ``within`` its parent does not
(an "of which", such as 未来城 in 南太湖新区), and is never summed.
"""

from h1224lib.hierarchy.leaves import find_leaves as find_leaves
from h1224lib.hierarchy.leaves import meet as meet
from h1224lib.hierarchy.totals import add_totals as add_totals
from h1224lib.hierarchy.totals import complete as complete
from h1224lib.hierarchy.totals import complete_targets as complete_targets
from h1224lib.hierarchy.totals import roll_up as roll_up
from h1224lib.hierarchy.totals import target_measures as target_measures
from h1224lib.hierarchy.tree import children as children
from h1224lib.hierarchy.tree import inside as inside
