"""Views: what the pages of a quarter show, each a table with the statements above it.

A view that does not apply to a plan or its results has no rows, and says why.
"""

from h1224lib.composition import score_headline as score_headline
from h1224lib.views.areas import explain_completion as explain_completion
from h1224lib.views.areas import list_cells as list_cells
from h1224lib.views.areas import list_duties as list_duties
from h1224lib.views.areas import list_shifts as list_shifts
from h1224lib.views.areas import measure_before as measure_before
from h1224lib.views.areas import split_gap as split_gap
from h1224lib.views.chances import list_chances as list_chances
from h1224lib.views.chances import list_worst_coverage as list_worst_coverage
from h1224lib.views.drawn import list_investors as list_investors
from h1224lib.views.drawn import list_landmarks as list_landmarks
from h1224lib.views.drawn import list_since as list_since
from h1224lib.views.industries import find_status as find_status
from h1224lib.views.industries import lay_card as lay_card
from h1224lib.views.projects import describe_projects as describe_projects
from h1224lib.views.projects import list_activity as list_activity
from h1224lib.views.quarter import list_changes as list_changes
from h1224lib.views.quarter import list_movements as list_movements
from h1224lib.views.quarter import list_shortfalls as list_shortfalls
from h1224lib.views.quarter import list_standing as list_standing
from h1224lib.views.quarter import list_unplanned as list_unplanned
from h1224lib.views.quarter import trace_largest as trace_largest
from h1224lib.views.quarter import trace_rows as trace_rows
from h1224lib.views.scenarios import change_schedule as change_schedule
from h1224lib.views.scenarios import change_stage as change_stage
from h1224lib.views.scenarios import change_target as change_target
from h1224lib.views.view import View as View
